import { eventOf, facet, subjectOf, type EventMessage, type RoomChange } from '@roomwire/events';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer, type Spawned } from '@roomwire/testkit';
import { keysOf } from './keys.ts';
import { announced, provision, replica, told, type Replica } from './testing/redis-replica.ts';
import { listeningUrl, registry } from './testing/registry-process.ts';

/** As many as are in hand at most (libs/jetstream): nothing new is before what comes back. */
const MONTHS = 4;
/** No room may be wrong for longer (I6); a handler that hangs is given up after thirty seconds. */
const WRONG_MS_MAX = 6_000;
const HANG = { ROOMWIRE_FAULT_HANG_PIPELINE: 'pricing' };

describe('a registry whose pricing hangs for ever', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  /** Not asked to do anything: what it shows is what the service did. */
  let witness: Replica;
  let service: Spawned;

  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    service = registry(nats.url, redis.url, HANG);
    await listeningUrl(service);
    witness = await replica(nats.url, redis.url);
    await Promise.all(Array.from({ length: MONTHS }, (_, month) => send(rates(month))));
    await eventually(async () => expect(await pricingInHand()).toBe(MONTHS));
  }, 60_000);
  afterEach(async () => {
    await service?.kill();
    await witness?.dispose();
    await Promise.all([nats?.[Symbol.asyncDispose](), redis?.[Symbol.asyncDispose]()]);
  });

  const send = (event: EventMessage) =>
    witness.bus.publish(
      subjectOf({ tenant: 't1', family: 'event', lane: event.lane, pipeline: event.pipeline, property: event.data.entity }),
      event,
      { id: `ev:${event.id}` },
    );
  const pricingInHand = async (): Promise<number> =>
    (await (await witness.bus.jsm()).consumers.info('WORK_t1', 'registry-live-pricing')).num_ack_pending;
  /** Of which a start was counted. */
  const suspects = async (): Promise<number> => (await witness.redis.keys('rwj:{t1}:message:WORK_t1:*')).length;
  const guests = async (): Promise<unknown[]> =>
    (await announced(witness.bus, '.change.room.')).map(({ body }) => (body as RoomChange).data.current?.guest);

  it('goes on with bookings and with what is left owing', async () => {
    await send(told({ second: 1 }));
    await eventually(async () => expect(await guests()).toEqual(['Ada']), { withinMs: WRONG_MS_MAX });

    const { record, owed } = keysOf('t1');
    await witness.redis.hset(record('reservation/c1/1'), { announced: 0, stateSeq: 0 });
    await witness.redis.zadd(owed, 0, 'reservation/c1/1');
    await eventually(async () => expect(await witness.redis.zcard(owed)).toBe(0), { withinMs: WRONG_MS_MAX });
  }, 40_000);

  it('goes on with bookings at once after a kill -9, though all that hung comes back under suspicion', async () => {
    await service.kill();
    service = registry(nats.url, redis.url, HANG);
    await listeningUrl(service);
    await eventually(async () => expect(await suspects()).toBeGreaterThan(0), { withinMs: 15_000 });

    for (const second of [1, 2, 3]) await send(told({ second, guest: `Guest ${second}` }));

    await eventually(async () => expect((await guests()).at(-1)).toBe('Guest 3'), { withinMs: WRONG_MS_MAX });
  }, 60_000);
});

/** A month of prices, as a poll tells of it. */
function rates(month: number): EventMessage {
  const stamp = { epoch: 0, modifiedAt: 1_000_000, rank: 1 as const, observedAt: 1_000_000, mapping: 1 };
  const night = facet({ price: { amountMinor: 10_000, currency: 'EUR' }, minimumStay: null }, stamp);
  return eventOf(
    { kind: 'rate', connection: 'c1', entity: `type:${month}`, facets: { '2027-01-01': night } },
    {
      ...{ tenant: 't1', provider: 'hostaway', lane: 'live', receipt: `receipt-of-rates-${month}` },
      receivedAt: new Date().toISOString(),
    },
  );
}
