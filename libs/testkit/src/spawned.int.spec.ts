import { spawned } from './spawned.ts';

const node = (script: string) => spawned({ command: process.execPath, args: ['-e', script], name: 'child' });
const STAYS = 'setInterval(() => undefined, 1e6);';

describe('spawned', () => {
  it('resolves with the first line that matches, also one said before', async () => {
    await using child = node(`console.log('port 4711'); ${STAYS}`);

    expect((await child.line(/port (\d+)/))[1]).toBe('4711');
    expect((await child.line(/port (\d+)/))[1]).toBe('4711');
  });

  it('shows what was said when the process ends before the line', async () => {
    await using child = node(`console.error('no such key'); process.exit(3)`);

    await expect(child.line(/ready/)).rejects.toThrow(/ended \(exit code 3\)[^]*no such key/);
  });

  it('shows what was said when the line does not come in time', async () => {
    await using child = node(`console.log('still busy'); ${STAYS}`);
    await child.line(/busy/);

    await expect(child.line(/ready/, 50)).rejects.toThrow(/within 50 ms did not say[^]*still busy/);
  });

  it('says that a command is not there', async () => {
    await using child = spawned({ command: '/no/such/command' });

    await expect(child.line(/x/)).rejects.toThrow(/ENOENT/);
  });

  it('ends by SIGTERM if the process listens, by kill -9 after the deadline if not', async () => {
    await using polite = node(`process.on('SIGTERM', () => process.exit(7)); console.log('up'); ${STAYS}`);
    await using deaf = node(`process.on('SIGTERM', () => undefined); console.log('up'); ${STAYS}`);
    await Promise.all([polite.line(/up/), deaf.line(/up/)]);

    expect(await polite.stop()).toEqual({ code: 7, signal: null });
    expect(await deaf.stop(50)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('holds a process still and lets it go on', async () => {
    await using child = node(`process.on('SIGUSR2', () => console.log('heard')); console.log('up'); ${STAYS}`);
    await child.line(/up/);

    child.pause();
    child.signal('SIGUSR2');
    await expect(child.line(/heard/, 100)).rejects.toThrow(/did not say/);
    child.resume();
    await child.line(/heard/);
  });

  it('is over although a grandchild holds its pipes', async () => {
    await using child = node(
      `const { spawn } = require('node:child_process');
       const { pid } = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30_000)'], { stdio: 'inherit' });
       process.on('SIGTERM', () => process.exit(0)); console.log('pid ' + pid); ${STAYS}`,
    );
    const [, pid] = await child.line(/^pid (\d+)$/);
    child.signal('SIGTERM');
    expect(await child.exited).toEqual({ code: 0, signal: null });
    process.kill(Number(pid), 'SIGKILL');
  }, 15_000);

  it('adds to the environment, and takes from it', async () => {
    await using child = spawned({
      command: process.execPath,
      args: ['-e', 'console.log(process.env.PLANTED, typeof process.env.PATH)'],
      env: { PLANTED: 'yes', PATH: undefined },
    });

    await child.line(/^yes undefined$/);
  });
});
