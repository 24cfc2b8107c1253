import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LIMITS = { timeout: 240_000, maxBuffer: 64 << 20 };
const KEYRINGS = ['gpg', 'pgp'].map((ending) => `/usr/share/keyrings/debian-archive-keyring.${ending}`);

export async function hasApt() {
  return run('apt-get', ['--version'], LIMITS).then(
    () => true,
    () => false,
  );
}

/**
 * Downloads packages with an apt state of their own below `work` and unpacks them into `dest`. No root, nothing is installed, the
 * machine's apt is read and never written, and it need never have been updated. `suite` names another Debian suite of the archive
 * that the machine already uses (no address is written here); without it the machine's own sources are used, whatever they are.
 */
export async function unpackPackages({ suite, packages, optional = [], work, dest }) {
  for (const folder of ['lists/partial', 'cache/archives/partial', 'sources', 'state', 'debs'])
    mkdirSync(join(work, folder), { recursive: true });
  writeFileSync(join(work, 'state/status'), '');
  const options = [...privateState(work), ...(suite ? await sourcesOf(suite, work) : [])];

  await run('apt-get', [...options, '-qq', 'update'], LIMITS);
  const download = (name) => run('apt-get', [...options, '-qq', 'download', name], { ...LIMITS, cwd: join(work, 'debs') });
  for (const name of packages) await download(name);
  for (const name of optional) await download(name).catch(() => undefined); // not every suite has them

  mkdirSync(dest, { recursive: true });
  for (const deb of readdirSync(join(work, 'debs'))) await run('dpkg-deb', ['-x', join(work, 'debs', deb), dest], LIMITS);
  rmSync(work, { recursive: true, force: true });
}

function privateState(work) {
  const settings = {
    'Dir::State': join(work, 'state'),
    'Dir::State::lists': join(work, 'lists'),
    'Dir::State::status': join(work, 'state/status'),
    'Dir::Cache': join(work, 'cache'),
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
    'APT::Sandbox::User': '', // the sandbox user may not write into our folder
    'APT::Get::List-Cleanup': '0',
  };
  return Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
}

async function sourcesOf(suite, work) {
  // Printed, not fetched; unlike `indextargets` it answers also where apt was never updated.
  const { stdout } = await run('apt-get', [...privateState(work), '--print-uris', 'update'], LIMITS);
  const archive = /^'(\S+\/debian)\/dists\//m.exec(stdout)?.[1];
  const keyring = KEYRINGS.find((file) => existsSync(file));
  if (!archive || !keyring) throw new Error('no Debian archive among the apt sources of this machine');

  const source = { Types: 'deb', URIs: archive, Suites: suite, Components: 'main', 'Signed-By': keyring };
  writeFileSync(
    join(work, 'sources/suite.sources'),
    `${Object.entries(source)
      .map(([key, value]) => `${key}: ${value}`)
      .join('\n')}\n`,
  );
  const settings = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(work, 'sources'),
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': join(work, 'state'),
  };
  return Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
}
