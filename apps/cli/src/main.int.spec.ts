import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { sourceCommand, spawned, spawnedSource } from '@roomwire/testkit';

const main = join(import.meta.dirname, 'main.ts');

describe('roomwire, told to stop', () => {
  let silent: Server;
  let url: string;
  beforeAll(async () => {
    // Takes connections and says nothing: the command waits for its greeting.
    silent = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    url = `nats://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  afterAll(() => void silent.close());

  // A code of its own, and no signal: as a container's first process it has to end itself.
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('by %s ends with %i', async (signal, code) => {
    const waits = once(silent, 'connection');
    const roomwire = spawnedSource(main, { args: ['dlq', 'ls'], env: { NATS_URL: url }, name: 'roomwire' });
    await waits;

    roomwire.signal(signal);

    expect(await roomwire.exited).toEqual({ code, signal: null });
    expect(roomwire.output()).toBe('');
  });
});

it('roomwire, whose reader has gone, ends well and says nothing', async () => {
  const { command, args = [], ...more } = sourceCommand(main, { args: ['--help'], name: 'roomwire' });
  const piped = spawned({ ...more, command: 'sh', args: ['-c', '{ "$@"; echo "code $?" >&2; } | :', 'sh', command, ...args] });

  await piped.exited;

  expect(piped.lines).toEqual(['code 0']);
});
