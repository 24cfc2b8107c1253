#!/usr/bin/env node
/**
 * Starts the command line with the Node that the lock brings (26), whatever Node npx was started with, and with the loader that
 * reads TypeScript: nothing has to be built first.
 */
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(realpathSync(fileURLToPath(import.meta.url))), '../../..');
const loader = join(root, 'scripts/register-swc.mjs');
if (!existsSync(join(root, 'node_modules'))) {
  console.error('roomwire: the packages are not installed: run npm ci in the root of the repository first');
  process.exit(1);
}

/** The loader needs synchronous module hooks: Node 22.15. */
const [major, minor] = process.versions.node.split('.').map(Number);
const own = join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node.exe' : 'node');
const node = existsSync(own) ? own : process.execPath;
if (node === process.execPath && (major < 22 || (major === 22 && minor < 15))) {
  console.error(`roomwire: needs Node 22.15 or newer, this is ${process.versions.node}`);
  process.exit(1);
}

const args = ['--import', pathToFileURL(loader).href, '--conditions=@roomwire/source', join(root, 'apps/cli/src/main.ts')];
const child = spawn(node, [...args, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`roomwire: could not start ${node}: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});
