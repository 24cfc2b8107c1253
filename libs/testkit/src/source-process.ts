import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { spawned, type Spawned, type SpawnOptions } from './spawned.ts';

const root = join(import.meta.dirname, '../../..');

export type SourceOptions = Omit<SpawnOptions, 'command' | 'cwd'>;

/**
 * How a program of ours runs from its sources, without a build; `file` is absolute, or relative to the repository. With
 * ROOMWIRE_BUNDLES=1 an app runs as `npm run build` has made it, which takes a third of the time to start.
 */
export function sourceCommand(file: string, { args = [], ...more }: SourceOptions = {}): SpawnOptions {
  const bundle = process.env.ROOMWIRE_BUNDLES === '1' && bundleOf(resolve(root, file));
  const loader = ['--import', './scripts/register-swc.mjs', '--conditions=@roomwire/source', file];
  return { command: process.execPath, args: [...(bundle ? [bundle] : loader), ...args], cwd: root, ...more };
}

function bundleOf(file: string): string | undefined {
  const app = /\/apps\/([^/]+)\/src\/main\.ts$/.exec(file)?.[1];
  const bundle = app && join(root, 'dist', app, 'main.mjs');
  return bundle && existsSync(bundle) ? bundle : undefined;
}

export function spawnedSource(file: string, options?: SourceOptions): Spawned {
  return spawned(sourceCommand(file, options));
}
