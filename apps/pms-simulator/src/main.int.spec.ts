import { spawnedSource, type Spawned } from '@roomwire/testkit';

const run = (args: string[], env: Record<string, string>): Spawned =>
  spawnedSource('apps/pms-simulator/src/main.ts', { args, env: { NODE_OPTIONS: '', ...env }, name: 'pms-simulator' });

describe('main', () => {
  it('says in one line where it listens, serves, and ends within two seconds of SIGTERM with webhooks under way', async () => {
    const accounts = [{ accountId: 1, clientSecret: 's', webhook: { url: 'http://127.0.0.1:1/' } }];
    await using simulator = run([], { PORT: '0', SIMULATOR_ACCOUNTS: JSON.stringify(accounts), SIMULATOR_RATE: '50' });

    const [line] = await simulator.line(/^\{"event":"listening","url":"http:\/\/127\.0\.0\.1:\d+"\}$/);
    const { url } = JSON.parse(line) as { url: string };
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await simulator.line(/"failure":"network","verdict":"again"/);

    expect(await simulator.stop(2_000)).toEqual({ code: 0, signal: null });
  });

  it('says all that is wrong with its environment', async () => {
    await using simulator = run([], { PORT: 'x', SIMULATOR_ACCOUNTS: '{' });

    expect(await simulator.exited).toEqual({ code: 1, signal: null });
    expect(simulator.lines).toEqual([
      'environment:',
      expect.stringMatching(/PORT/),
      expect.stringMatching(/SIMULATOR_ACCOUNTS: expected JSON/),
    ]);
  });

  it('explains itself with --help', async () => {
    await using simulator = run(['--help'], {});

    expect(await simulator.exited).toEqual({ code: 0, signal: null });
    expect(simulator.output()).toContain('/__simulator/ledger');
  });
});
