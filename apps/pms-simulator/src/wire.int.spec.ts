import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { eventually, httpSink, testClock, type HttpSink, type TestClock } from '@roomwire/testkit';
import { startSimulator, type Simulator } from './simulator.ts';

type Json = Record<string, unknown>;

const ACCOUNT = { provider: 'mews', accountId: 5, clientToken: 'client', accessToken: 'access', listings: 2 } as const;
const TOKENS = { ClientToken: 'client', AccessToken: 'access' };

describe('the wire', () => {
  let clock: TestClock;
  let simulator: Simulator;
  let receiver: HttpSink;

  beforeEach(async () => {
    clock = testClock();
    receiver = await httpSink();
    const integrationWebhook = { url: `${receiver.url}/integration?Token=shared` };
    simulator = await startSimulator({
      clock,
      accounts: [{ ...ACCOUNT, webhook: { url: `${receiver.url}/mews?Token=shared` }, integrationWebhook }],
    });
  });
  afterEach(async () => {
    await simulator.stop();
    await receiver[Symbol.asyncDispose]();
  });

  const post = (path: string, body: unknown, signal?: AbortSignal): Promise<Response> =>
    fetch(`${simulator.url}${path}`, { method: 'POST', body: JSON.stringify(body), ...(signal ? { signal } : {}) });
  const services = (signal?: AbortSignal): Promise<Response> => post('/api/connector/v1/services/getAll', TOKENS, signal);
  const faults = (knobs: Json): Promise<Response> => post('/__simulator/faults', knobs);

  const upgrade = async (cookie: string): Promise<{ status: number | undefined; socket: Duplex }> => {
    const headers = {
      cookie,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    const asking = request(`${simulator.url}/ws/connector`, { headers }).end();
    const [message, socket] = (await Promise.race([once(asking, 'upgrade'), once(asking, 'response')])) as [
      IncomingMessage,
      Duplex,
    ];
    return { status: message.statusCode, socket };
  };

  it('answers over a socket with what changes, to who shows both tokens as cookies', async () => {
    const { status, socket } = await upgrade('ClientToken=client; AccessToken=access');
    const heard: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => heard.push(chunk));

    await post('/__simulator/act', { act: 'unitStatus', status: 'clean' });

    expect(status).toBe(101);
    await eventually(() => expect(Buffer.concat(heard).toString()).toContain('"Type":"Resource"'));
    // A whole text frame, not masked: RFC 6455, §5.2.
    const bytes = Buffer.concat(heard);
    expect([bytes[0], bytes[1]]).toEqual([0x81, bytes.length - 2]);
    expect(bytes.subarray(2).toString()).toMatch(/^\{"Events":\[.*"State":"Clean"\}\]\}$/);
    socket.destroy();
  });

  it('answers a ping, and says good-bye', async () => {
    const { socket } = await upgrade('ClientToken=client; AccessToken=access');
    const heard: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => heard.push(chunk));
    const masked = (opcode: number): Buffer => Buffer.from([0x80 | opcode, 0x81, 1, 2, 3, 4, 'x'.charCodeAt(0) ^ 1]);

    socket.write(masked(0x9));
    await eventually(() => expect(Buffer.concat(heard).toString('latin1')).toBe('\x8a\x01x'));
    socket.write(masked(0x8));

    await once(socket, 'end');
    socket.destroy();
  });

  it('opens no socket for wrong tokens', async () => {
    expect((await upgrade('ClientToken=client; AccessToken=another')).status).toBe(401);
  });

  it('never answers the next call with hang', async () => {
    await faults({ hang: 1 });
    const waiting = new AbortController();
    const answer = services(waiting.signal).then(
      () => 'answered',
      () => 'aborted',
    );

    // The second call is answered while the first still waits.
    await eventually(async () => expect((await services()).status).toBe(200));
    waiting.abort();

    expect(await answer).toBe('aborted');
  });

  it('ends in the middle of a body with cut', async () => {
    await faults({ cut: 1 });
    const answer = await services();

    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    expect((await services()).status).toBe(200);
  });

  it('holds the second half of a body back with slowBodyMs', async () => {
    await faults({ slowBodyMs: 900 });
    const answer = await services();
    const text = answer.text();

    await eventually(() => expect(clock.sleepers).toEqual([900]));
    await clock.advance(900);

    expect(JSON.parse(await text)).toHaveProperty('Services');
  });

  it('sends webhooks for what is written over the API, and follows a redirect', async () => {
    receiver.answer({ status: 307, headers: { location: `${receiver.url}/moved?Token=shared` } });
    const resources = (await (
      await post('/api/connector/v1/resources/getAll', { ...TOKENS, Limitation: { Count: 1 } })
    ).json()) as { Resources: { Id: string }[] };
    const ResourceUpdates = [{ ResourceId: resources.Resources[0]!.Id, State: { Value: 'Clean' } }];

    await post('/api/connector/v1/resources/update', { ...TOKENS, ResourceUpdates });

    expect((await receiver.next()).path).toBe('/mews?Token=shared');
    const moved = await receiver.next();
    expect([moved.method, moved.path]).toEqual(['POST', '/moved?Token=shared']);
    expect(moved.json()).toMatchObject({ Events: [{ Discriminator: 'ResourceUpdated' }] });
  });

  it('tells of a new token and of its end by the integration webhook', async () => {
    await post('/__simulator/accounts', { ...ACCOUNT, accessToken: 'renewed' });
    await faults({ revokeTokens: true });

    const [one, other] = [await receiver.next(), await receiver.next()];

    const bodies = [one, other].map((sent) => sent.json() as { Action: string });
    expect(bodies.map(({ Action }) => Action).sort()).toEqual(['IntegrationApiKeyCreated', 'IntegrationDeleted']);
  });
});
