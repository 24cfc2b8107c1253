import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { MUTATIONS } from './mutations.ts';
import { mutated, verdictOf } from './patch.ts';

/**
 * Breaks one rule after the other in a copy of the sources, and tells generated histories to the registry that comes of it: each must
 * be noticed. `npm run lab:mutations`, or `npm run lab:mutations -- tombstone clock` for those whose name has one of the words in it.
 */
const root = join(import.meta.dirname, '../..');
const HISTORIES = 800;
const SEED = 20_261_121;
/** A registry that never comes to rest is given up: after so many times what the unbroken one took, and what a spec waits for rest. */
const TIMES_MAX = 3;
const REST_MS_MAX = 150_000;

function copyOfSources(): string {
  const copy = mkdtempSync(join(tmpdir(), 'roomwire-mutations-'));
  const isSource = (path: string): boolean => !['node_modules', 'dist', '.cache'].includes(basename(path));
  for (const name of ['apps', 'libs', 'scripts', 'jest.config.mjs', 'package.json'])
    cpSync(join(root, name), join(copy, name), { recursive: true, filter: isSource });
  for (const name of ['e2e', 'tools', 'bench', 'node_modules']) mkdirSync(join(copy, name));
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@roomwire') symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name));
  // Ours lead to the sources beside them, so that it is the copy's that are run.
  cpSync(join(root, 'node_modules/@roomwire'), join(copy, 'node_modules/@roomwire'), { recursive: true, verbatimSymlinks: true });
  return copy;
}

function histories(copy: string, withinMs?: number): Promise<{ exitCode: number | null; output: string }> {
  const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const child = spawn('node', [...options, '--selectProjects', 'int', '--runInBand', 'histories'], {
    cwd: copy,
    env: { ...process.env, ROOMWIRE_SEED: String(SEED), ROOMWIRE_HISTORIES: String(HISTORIES), ROOMWIRE_LAB: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: withinMs,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, output }));
  });
}

async function main(words: readonly string[]): Promise<number> {
  const chosen = MUTATIONS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  const copy = copyOfSources();
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  let unnoticed = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      rmSync(copy, { recursive: true, force: true });
      process.exit(1);
    });
  try {
    const began = performance.now();
    const whole = await histories(copy);
    const withinMs = Math.round(TIMES_MAX * (performance.now() - began)) + REST_MS_MAX;
    say(`${whole.exitCode === 0 ? 'green' : 'RED  '}  nothing broken`);
    if (whole.exitCode !== 0) throw new Error(`red before anything is broken:\n${whole.output.slice(-4000)}`);
    for (const mutation of chosen) {
      const files = mutated(mutation, read);
      for (const [file, text] of files) writeFileSync(join(copy, file), text);
      const { exitCode, output } = await histories(copy, withinMs);
      for (const file of files.keys()) writeFileSync(join(copy, file), read(file));
      const { isRed, why } = verdictOf(exitCode, output);
      if (!isRed) unnoticed++;
      say(`${isRed ? 'red  ' : 'GREEN'}  ${mutation.name} (${mutation.breaks}): ${why}`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  say(`${chosen.length - unnoticed} of ${chosen.length} mutations red, ${HISTORIES} histories each, seed ${SEED}`);
  return unnoticed === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
