/**
 * Finds or obtains nats-server and redis-server. Plain Node 20, no packages: it runs before anything is installed.
 * As a command it prints where they are as JSON: node scripts/servers.mjs
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { hasApt, unpackPackages } from './debian-package.mjs';
import { withLock } from './lock.mjs';

/** `sources` are tried in turn; a source without `suite` takes the machine's own (a later suite's build needs a newer glibc). */
const SERVERS = {
  natsServer: {
    name: 'nats-server',
    variable: 'NATS_SERVER_BIN',
    minimum: [2, 14],
    sources: [
      { suite: 'forky', packages: ['nats-server'] },
      { suite: 'sid', packages: ['nats-server'] },
    ],
    binary: 'usr/sbin/nats-server:usr/bin/nats-server',
    hints: ['brew install nats-server', "the binary from the NATS project's release page, or out of the image nats:2.14-alpine"],
  },
  redisServer: {
    name: 'redis-server',
    variable: 'REDIS_SERVER_BIN',
    minimum: [7, 0],
    // redis-server's binary is in redis-tools under another name; the others are libraries that a slim machine lacks.
    sources: [
      {
        packages: ['redis-tools', 'redis-server'],
        optional: ['libjemalloc2', 'liblzf1', 'libatomic1', 'liblua5.1-0', 'lua-cjson'],
      },
    ],
    binary: 'usr/bin/redis-server:usr/bin/redis-check-rdb',
    hints: ['brew install redis', 'apt-get install redis-server', 'docker run -p 6379:6379 redis:7 with REDIS_URL for npm start'],
  },
};

const cacheFolder = () => join(process.env.ROOMWIRE_CACHE || fileURLToPath(new URL('../.cache', import.meta.url)), 'servers');

/** → `{ natsServer: { command, env }, redisServer: { command, env } }`; only those named in `wanted`. Throws with what to do. */
export async function obtainServers({ wanted = Object.keys(SERVERS), log = (line) => process.stderr.write(`${line}\n`) } = {}) {
  const found = wanted.map(async (key) => {
    const command = await obtain(SERVERS[key], log);
    return [key, { command, env: { [SERVERS[key].variable]: command } }];
  });
  return Object.fromEntries(await Promise.all(found));
}

async function obtain(server, log) {
  const named = process.env[server.variable];
  if (named) {
    const problem = whyUnfit(named, server);
    if (problem) throw new Error(`$${server.variable} is ${named}, but ${problem}.`);
    return named;
  }
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, server.name))
    .find((file) => existsSync(file));
  if (onPath && !whyUnfit(onPath, server)) return onPath;

  const cached = join(cacheFolder(), server.name, server.name);
  if (fits(cached, server)) return cached;
  if (onPath) log(`${onPath}: ${whyUnfit(onPath, server)}; looking for another`);
  return withLock(
    join(cacheFolder(), `${server.name}.lock`),
    async () => (fits(cached, server) ? cached : download(server, log)),
    () => log(`${server.name}: another process is obtaining it; waiting`),
  );
}

async function download(server, log) {
  if (!(await hasApt())) throw new Error(howToGet(server, 'this machine has no apt-get'));
  const problems = [];
  for (const source of server.sources) {
    const from = source.suite ? `Debian ${source.suite}` : "the machine's own apt sources";
    log(`${server.name}: unpacking it from ${from} (a few seconds, nothing is installed in the system)`);
    try {
      return await unpack(server, source);
    } catch (error) {
      problems.push(
        `${from}: ${String(error.stderr || error.message)
          .trim()
          .split('\n')
          .slice(-2)
          .join(' ')}`,
      );
    }
  }
  throw new Error(howToGet(server, problems.join('; ')));
}

/** Made beside its final place and renamed into it, so that an interrupted run leaves nothing that looks whole. */
async function unpack(server, source) {
  mkdirSync(cacheFolder(), { recursive: true });
  const folder = mkdtempSync(join(cacheFolder(), `.${server.name}-`));
  try {
    await unpackPackages({ ...source, work: join(folder, 'apt'), dest: join(folder, 'root') });
    const wrapper = join(folder, server.name);
    writeFileSync(wrapper, wrapperScript(server.binary.split(':').find((path) => existsSync(join(folder, 'root', path))) ?? ''));
    chmodSync(wrapper, 0o755);
    const problem = whyUnfit(wrapper, server);
    if (problem) throw new Error(problem);

    const home = join(cacheFolder(), server.name);
    rmSync(home, { recursive: true, force: true });
    renameSync(folder, home);
    return join(home, server.name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One path that runs the unpacked binary with the libraries beside it. `exec`: signals must reach the server itself. */
const wrapperScript = (binary) => `#!/bin/sh
root=$(dirname "$(readlink -f "$0")")/root
for folder in "$root"/usr/lib/*-linux-* "$root"/lib/*-linux-*; do
  [ -d "$folder" ] && LD_LIBRARY_PATH="$folder\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
done
export LD_LIBRARY_PATH
exec "$root/${binary}" "$@"
`;

const fits = (command, server) => existsSync(command) && whyUnfit(command, server) === undefined;

/** Undefined if it runs and is new enough, else the reason as the end of a sentence. */
function whyUnfit(command, server) {
  const { minimum } = server;
  try {
    const said = execFileSync(command, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 15_000 });
    const [, major, minor] = /v=?(\d+)\.(\d+)/.exec(said) ?? [];
    if (!major) return 'it does not tell its version';
    const enough = Number(major) > minimum[0] || (Number(major) === minimum[0] && Number(minor) >= minimum[1]);
    return enough ? undefined : `it is ${major}.${minor} and ${minimum.join('.')} is the least that will do`;
  } catch (error) {
    return `it does not run (${
      String(error.stderr || error.message)
        .trim()
        .split('\n')[0]
    })`;
  }
}

const howToGet = (server, why) =>
  [
    `${server.name} ${server.minimum.join('.')} or newer was not found and could not be obtained (${why}).`,
    'Any of these will do:',
    ...server.hints.map((hint) => `  - ${hint}`),
    `then put it on the PATH or name it: export ${server.variable}=/path/to/${server.name}`,
  ].join('\n');

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    process.stdout.write(`${JSON.stringify(await obtainServers(), null, 2)}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
