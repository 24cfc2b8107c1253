import { run } from './program.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';

describe('roomwire', () => {
  it.each([
    ['--help'],
    ['dlq', '--help'],
    ['dlq', 'ls', '--help'],
    ['dlq', 'show', '--help'],
    ['provision', '--help'],
    ['tenant', '--help'],
    ['tenant', 'export', '--help'],
    ['tenant', 'erase', '--help'],
  ])('%s explains itself', async (...args) => {
    const terminal = memoryTerminal();

    expect(await run(args, terminal)).toBe(0);
    expect(terminal.written.out).toMatch(/Usage: roomwire/);
    expect(terminal.written.out).toMatch(/--json/);
  });

  it('says what a choice does, and what it does not', async () => {
    const terminal = memoryTerminal();

    await run(['review', 'choose', '--help'], terminal);

    expect(terminal.written.out).toMatch(/Nothing is written to a provider/);
    expect(terminal.written.out).toMatch(/until a side changes/);
  });

  it('names variables and exit codes', async () => {
    const terminal = memoryTerminal();

    await run(['--help'], terminal);

    expect(terminal.written.out).toMatch(/NATS_PASSWORD/);
    expect(terminal.written.out).toMatch(/4 +NATS or a service cannot be reached/);
  });

  it.each([
    [['dlq', 'lst']],
    [['dlq', 'show']],
    [['dlq', 'ls', '--limit', '0']],
    [['dlq', 'ls', '--limit', 'many']],
    [['dlq', 'ls', '--all', '--tenant', 'acme']],
    [['provision']],
    [['tenant', 'erase', 'acme', '--reason', 'r']],
    [['tenant', 'pause']],
    [['redrive']],
  ])('%j is wrong usage', async (args) => {
    const terminal = memoryTerminal();

    expect(await run(args, terminal)).toBe(2);
    expect(terminal.written.err).not.toBe('');
  });

  it('names what is wrong with the environment', async () => {
    const terminal = memoryTerminal({ env: { NATS_URL: 'http://planted' } });

    expect(await run(['dlq', 'ls'], terminal)).toBe(2);
    expect(terminal.written.err).toMatch(/NATS_URL: expected/);
    expect(terminal.written.err).not.toMatch(/planted/);
  });
});
