import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connectNats, ensureFleet, type NatsConnection } from '@roomwire/jetstream';
import { eventually, natsServer, sseClient, type NatsServer, type Spawned } from '@roomwire/testkit';
import { listeningUrl, propagator } from './testing/propagator-process.ts';
import { revisionsOf, type Received } from './testing/received.ts';
import { TenantPublisher } from './testing/tenant-publisher.ts';

/** Far more than what the sockets' buffers of both sides hold. */
const MESSAGE_BYTES = 100_000;
const UNITS = ['u0', 'u1', 'u2', 'u3'];
const ROUNDS = 150;

let nats: NatsServer;
let nc: NatsConnection;
let service: Spawned;
let url: string;

beforeAll(async () => {
  nats = await natsServer();
  nc = await connectNats({ servers: nats.url, service: 'registry' });
  await ensureFleet(nc);
  service = propagator(nats.url);
  url = await listeningUrl(service);
});

afterAll(async () => {
  await service?.kill();
  await nc?.close();
  await nats?.[Symbol.asyncDispose]();
});

/** A client that has connected and reads nothing. */
async function connectedAndDeaf(tenant: TenantPublisher): Promise<IncomingMessage> {
  const request = get(`${url}/v1/stream`, { headers: tenant.headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response.pause();
}

async function metric(name: string, labels = ''): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((each) => each.startsWith(name) && each.includes(labels));
  return Number(line?.split(' ')[1] ?? 0);
}

function parsed(text: string): Received[] {
  return text
    .split('\n\n')
    .filter((frame) => frame.includes('data: '))
    .map((frame) => Object.fromEntries(frame.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2))) as Received);
}

it('a client that does not read costs one message per entity, delays nobody, and has the newest of each when it reads', async () => {
  const tenant = await TenantPublisher.make(nc);
  const deaf = await connectedAndDeaf(tenant);
  await using quick = await sseClient(`${url}/v1/stream`, { headers: tenant.headers });
  await quick.next(({ event }) => event === 'live');

  const name = 'x'.repeat(MESSAGE_BYTES);
  for (let round = 0; round < ROUNDS; round += 1) await Promise.all(UNITS.map((unit) => tenant.room({ unit, name })));

  const last = new Map(UNITS.map((unit) => [`room/${unit}`, ROUNDS]));
  await eventually(() => expect(revisionsOf(quick.events)).toEqual(last));
  expect(await metric('roomwire_stream_waiting', tenant.id)).toBe(UNITS.length);
  expect(await metric('roomwire_stream_conflated_total')).toBeGreaterThan(0);

  let text = '';
  deaf
    .setEncoding('utf8')
    .on('data', (part: string) => (text += part))
    .resume();
  await eventually(() => expect(revisionsOf(parsed(text))).toEqual(last), { withinMs: 10_000 });
  const frames = parsed(text).filter(({ event }) => event === 'change');
  expect(frames.length).toBeLessThan(ROUNDS * UNITS.length);
  expect(await metric('roomwire_stream_waiting', tenant.id)).toBe(0);
  expect(await metric('roomwire_stream_latency_seconds_count')).toBeGreaterThan(0);
  deaf.destroy();
});
