import { Bus, connectNats, ensureFleet, ensureTenant, streamOf, type NatsConnection } from '@roomwire/jetstream';
import { eventually, natsServer, sseClient, type NatsServer, type Spawned } from '@roomwire/testkit';
import { listeningUrl, propagator } from './testing/propagator-process.ts';
import { brief, revisionsOf } from './testing/received.ts';
import { TenantPublisher } from './testing/tenant-publisher.ts';

let nats: NatsServer;
let nc: NatsConnection;
let service: Spawned;
let url: string;

beforeAll(async () => {
  nats = await natsServer({ config: 'jetstream { sync_interval: always }' });
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

const watch = (tenant: TenantPublisher) => sseClient(`${url}/v1/stream`, { headers: tenant.headers });

it('goes on without gap or repeat when the broker was killed and has come back', async () => {
  const tenant = await TenantPublisher.make(nc);
  await tenant.room({ unit: 'u1' });
  await using client = await watch(tenant);
  await client.next(({ event }) => event === 'live');

  await nats.kill();
  const unknown = await fetch(`${url}/v1/stream`, { headers: { authorization: `Bearer rw_nobody_${'A'.repeat(43)}` } });
  await nats.start();
  await eventually(() => nc.flush(), { withinMs: 10_000 });
  await tenant.room({ unit: 'u1' });
  await tenant.room({ unit: 'u2' });

  // Unknown is not absent: while the leader cannot be asked, nobody is told that a token is wrong.
  expect([unknown.status, unknown.headers.get('retry-after')]).toEqual([503, '2']);
  await eventually(() => expect(revisionsOf(client.events)).toEqual(new Map(Object.entries({ 'room/u1': 2, 'room/u2': 1 }))), {
    withinMs: 15_000,
  });
  expect(brief(client.events)).toEqual(['snapshot room/u1:1', 'live', 'change room/u1:2', 'change room/u2:1']);
});

it('says must-refetch to who watches, and to who comes back, when the stream was made anew', async () => {
  const tenant = await TenantPublisher.make(nc);
  for (const unit of ['u1', 'u2', 'u3']) await tenant.room({ unit });
  await using client = await watch(tenant);
  const { id } = await client.next(({ event }) => event === 'live');

  await (await new Bus(nc).jsm()).streams.delete(streamOf('STATE', tenant.id));
  await ensureTenant(nc, tenant.id);
  tenant.revisions.clear();
  await tenant.room({ unit: 'u9' });

  // Whoever is first, the propagator at the new stream or the room in it: it is in the picture, or comes after that.
  const either = [
    ['must-refetch', 'snapshot room/u9:1', 'live'],
    ['must-refetch', 'live', 'change room/u9:1'],
  ];
  await eventually(() => expect(either).toContainEqual(brief(client.events).slice(4)), { withinMs: 20_000 });
  await using back = await sseClient(`${url}/v1/stream`, {
    headers: tenant.headers,
    ...(id === undefined ? {} : { lastEventId: id }),
  });
  await back.next(({ event }) => event === 'live');
  expect(brief(back.events)).toEqual(['must-refetch', 'snapshot room/u9:1', 'live']);
});
