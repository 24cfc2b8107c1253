import { eventually } from '@roomwire/testkit';
import { SocketProvider } from '../testing/socket-provider.ts';
import { WebSocket, type NotOpen } from './web-socket.ts';

const TEXT = 0x1;
const CONTINUATION = 0x0;
const [CLOSE, PING, PONG] = [0x8, 0x9, 0xa];

describe('a WebSocket that is listened to', () => {
  let provider: SocketProvider;
  const heard: string[] = [];
  const ends: string[] = [];
  const opened: WebSocket[] = [];
  const open = async (pings?: { everyMs: number; deadMs: number }): Promise<WebSocket | NotOpen> => {
    const url = `${provider.url.replace('http', 'ws')}/ws/connector`;
    const listener = {
      message: (bytes: Uint8Array) => void heard.push(Buffer.from(bytes).toString()),
      closed: (reason: string) => void ends.push(reason),
    };
    const socket = await WebSocket.open({ url, headers: { cookie: 'AccessToken=placeholder' } }, listener, pings);
    if (socket instanceof WebSocket) opened.push(socket);
    return socket;
  };
  beforeEach(async () => {
    provider = await SocketProvider.start();
  });
  afterEach(async () => {
    for (const socket of opened.splice(0)) socket.close();
    await provider[Symbol.asyncDispose]();
    heard.length = ends.length = 0;
  });

  it('is opened with our headers, and hears what is said, in parts too', async () => {
    await open();
    provider.send(TEXT, 'one');
    provider.send(TEXT, 'tw', { isLast: false });
    provider.send(PING, 'are you there');
    provider.send(CONTINUATION, 'o');
    provider.send(TEXT, 'x'.repeat(60_000));

    await eventually(() => expect(heard).toEqual(['one', 'two', 'x'.repeat(60_000)]));
    expect(provider.asked).toMatchObject([{ url: '/ws/connector', headers: { cookie: 'AccessToken=placeholder' } }]);
    await eventually(() => expect(provider.said).toContain(PONG));
  });

  it('says good-bye', async () => {
    const socket = (await open()) as WebSocket;
    socket.close();
    expect(ends).toEqual(['closed-by-us']);
    await eventually(() => expect([provider.said, provider.open.size]).toEqual([[CLOSE], 0]));
  });

  it.each<[string, string, (of: SocketProvider) => void]>([
    ['closed-by-peer', 'the provider says good-bye', (of) => of.send(CLOSE, '')],
    ['broken-off', 'the line is cut', (of) => of.cut()],
    ['broken', 'a part follows nothing', (of) => of.send(CONTINUATION, 'x')],
    ['broken', 'a message begins inside another', (of) => (of.send(TEXT, 'x', { isLast: false }), of.send(TEXT, 'y'))],
  ])('ends once, as %s, where %s', async (reason, _what, harm) => {
    await open();
    harm(provider);
    await eventually(() => expect(ends).toEqual([reason]));
    await eventually(() => expect(provider.open.size).toBe(0));
    expect(ends).toHaveLength(1);
  });

  it('ends where the parts of one message are more than anybody wants', async () => {
    await open();
    for (let n = 0; n < 18; n++) provider.send(n === 0 ? TEXT : CONTINUATION, 'x'.repeat(60_000), { isLast: false });
    await eventually(() => expect(ends).toEqual(['too-large']));
    expect(heard).toEqual([]);
  });

  it('asks whether anybody is there, and ends where nobody answers', async () => {
    await open({ everyMs: 20, deadMs: 5_000 });
    await eventually(() => expect(provider.said.filter((opcode) => opcode === PING).length).toBeGreaterThan(2));
    expect(ends).toEqual([]);
    provider.isDumb = true;
    await open({ everyMs: 20, deadMs: 100 });
    await eventually(() => expect(ends).toEqual(['silent']));
  });

  it('is not read while it is paused, and no less alive', async () => {
    const socket = (await open({ everyMs: 20, deadMs: 100 })) as WebSocket;
    socket.pause();
    provider.send(TEXT, 'later');
    const pings = (): number => provider.said.filter((opcode) => opcode === PING).length;
    await eventually(() => expect(pings()).toBeGreaterThan(8));
    expect([heard, ends]).toEqual([[], []]);
    socket.resume();
    await eventually(() => expect(heard).toEqual(['later']));
  });

  it.each<[NotOpen, (of: SocketProvider) => void]>([
    [{ kind: 'refused', status: 401 }, (of) => void (of.refusal = 401)],
    [{ kind: 'failed', reason: 'bad-handshake' }, (of) => void (of.isConfused = true)],
  ])('is not opened: %j', async (expected, harm) => {
    harm(provider);
    expect(await open()).toEqual(expected);
  });

  it('is not opened where nobody listens', async () => {
    const away = { url: 'ws://127.0.0.1:1/ws', headers: {} };
    const nobody = { message: () => undefined, closed: () => undefined };
    expect(await WebSocket.open(away, nobody)).toEqual({ kind: 'failed', reason: 'network' });
  });
});
