import { join } from 'node:path';
import { spawned, type Spawned, type SpawnOptions } from './spawned.ts';

const root = join(import.meta.dirname, '../../..');

export type SourceOptions = Omit<SpawnOptions, 'command' | 'cwd'>;

/** How a program of ours runs from its sources, without a build; `file` is absolute, or relative to the repository. */
export function sourceCommand(file: string, { args = [], ...more }: SourceOptions = {}): SpawnOptions {
  const loader = ['--import', './scripts/register-swc.mjs', '--conditions=@roomwire/source'];
  return { command: process.execPath, args: [...loader, file, ...args], cwd: root, ...more };
}

export function spawnedSource(file: string, options?: SourceOptions): Spawned {
  return spawned(sourceCommand(file, options));
}
