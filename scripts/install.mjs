import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { withLock } from './lock.mjs';

/** Installs what the lock says if it is not what is there. Compared by content: a checkout gives an unchanged lock a new date. */
export async function installPackages(root, log) {
  if (isInstalled(root)) return;
  await withLock(
    join(root, '.cache/install.lock'),
    async () => {
      if (isInstalled(root)) return;
      log('installing packages (npm ci, about half a minute)');
      // Without node_modules/.bin: npm must not run on the Node that it is about to replace.
      const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !/node_modules[\\/]\.bin$/.test(folder));
      const npm = spawn('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
        cwd: root,
        stdio: ['ignore', process.stderr, process.stderr],
        env: { ...process.env, PATH: path.join(delimiter) },
        shell: process.platform === 'win32',
      });
      // It would go on beside whoever installs next; what it leaves is no whole installation, and is made anew.
      const end = () => npm.kill('SIGKILL');
      process.once('exit', end);
      const [code, why] = await once(npm, 'exit').catch((error) => [null, error.message]);
      process.off('exit', end);
      if (code !== 0) throw new Error(`npm ci failed (${why ?? `exit code ${code}`}); its output is above.`);
    },
    () => log('another process is installing packages; waiting'),
  );
}

function isInstalled(root) {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  try {
    const there = packagesOf(installed);
    return Object.entries(packagesOf(join(root, 'package-lock.json')))
      .filter(([path, entry]) => path.startsWith('node_modules/') && !entry.optional)
      .every(([path, entry]) => there[path]?.version === entry.version && there[path].resolved === entry.resolved);
  } catch {
    return false; // an interrupted npm left half a file
  }
}

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
