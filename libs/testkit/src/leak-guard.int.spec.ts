import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawned } from './spawned.ts';

const root = join(import.meta.dirname, '../../..');

/** Runs jest, with our own configuration, on one planted spec file. */
async function jestOn(body: string): Promise<{ code: number | null; said: string }> {
  const folder = await mkdtemp(join(import.meta.dirname, 'planted-'));
  try {
    await writeFile(join(folder, 'planted.spec.ts'), `import { spawned, Spawned } from '../index.ts';\n${body}\n`);
    const jest = ['--experimental-vm-modules', join(root, 'node_modules/jest/bin/jest.js')];
    await using run = spawned({
      command: process.execPath,
      args: [...jest, '--selectProjects', 'unit', '--runTestsByPath', join(folder, 'planted.spec.ts')],
      cwd: root,
      env: { ROOMWIRE_TOTALS: undefined },
    });
    const { code } = await run.exited;
    return { code, said: run.output() };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const STAYS = `const child = spawned({ command: process.execPath, args: ['-e', 'console.log("up"); setInterval(() => 0, 1e6)'], name: 'left-over' });`;

describe('the leak guard', () => {
  it('fails a file that leaves a process running, names it and kills it', async () => {
    const { code, said } = await jestOn(`it('leaks', async () => { ${STAYS} await child.line(/up/); });`);

    expect(code).toBe(1);
    const pid = /this file left running: left-over \(pid (\d+)\)/.exec(said)?.[1];
    expect(pid).toBeDefined();
    expect(() => process.kill(Number(pid), 0)).toThrow(/ESRCH/);
  });

  it('lets pass a file that closes what it opened, in a test or after all', async () => {
    const { code, said } = await jestOn(
      `let kept: Spawned; afterAll(() => kept.kill());
       it('closes', async () => { ${STAYS} kept = child; await child.line(/up/); });
       it('holds', async () => { await using it = (() => { ${STAYS} return child; })(); await it.line(/up/); });`,
    );

    expect({ code, said }).toMatchObject({ code: 0 });
  });

  it('shows the last lines of what is running while a test fails', async () => {
    const { code, said } = await jestOn(
      `let kept: Spawned; afterAll(() => kept.kill());
       it('fails', async () => { ${STAYS} kept = child; await child.line(/up/); expect(1).toBe(2); });`,
    );

    expect(code).toBe(1);
    expect(said).toMatch(/--- left-over \(pid \d+\), last lines ---\nup/);
  });
});
