import { subjectOf, type EventMessage, type RoomChange } from '@roomwire/events';
import { listDeadLetters, type DeadLetter } from '@roomwire/jetstream';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer, type Spawned } from '@roomwire/testkit';
import { announced, provision, replica, told, type Replica } from './testing/redis-replica.ts';
import { listeningUrl, registry } from './testing/registry-process.ts';

const within = { withinMs: 30_000 };

describe('a registry in adversity', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  /** Not asked to do anything: what it shows is what the service did. */
  let witness: Replica;
  let service: Spawned;

  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    service = registry(nats.url, redis.url);
    await listeningUrl(service);
    witness = await replica(nats.url, redis.url);
    await send(told({ second: 1, guest: 'Before' }));
    await eventually(async () => expect(await guests()).toEqual(['Before']), within);
  }, 60_000);
  afterEach(async () => {
    await service?.kill();
    await witness?.dispose();
    await Promise.all([nats?.[Symbol.asyncDispose](), redis?.[Symbol.asyncDispose]()]);
  });

  const send = (event: EventMessage, more: object = {}) =>
    witness.bus.publish(
      subjectOf({ tenant: 't1', family: 'event', lane: event.lane, pipeline: event.pipeline, property: 'house' }),
      { ...event, ...more },
      { id: `ev:${event.id}` },
    );
  const guests = async (): Promise<unknown[]> =>
    (await announced(witness.bus, '.change.room.')).map(({ body }) => (body as RoomChange).data.current?.guest);
  const letters = async (): Promise<DeadLetter[]> => {
    const found: DeadLetter[] = [];
    for await (const letter of listDeadLetters(witness.bus, 't1')) found.push(letter);
    return found;
  };
  /** Handed out and come back, or put off: it was tried, and is kept. */
  const isKept = async (): Promise<boolean> => {
    const { streams, consumers } = await witness.bus.jsm();
    const { delivered } = await consumers.info('WORK_t1', 'registry-live-booking');
    const { state } = await streams.info('WORK_t1');
    return delivered.consumer_seq > 1 && state.messages > 0;
  };

  it('keeps what it cannot write to a Redis that is full, and applies it when there is room', async () => {
    await witness.redis.config('SET', 'maxmemory', '1');
    await send(told({ second: 2, guest: 'Meanwhile' }));
    await eventually(async () => expect(await isKept()).toBe(true), within);
    expect(await guests()).toEqual(['Before']);

    await witness.redis.config('SET', 'maxmemory', '0');

    await eventually(async () => expect((await guests()).at(-1)).toBe('Meanwhile'), within);
    expect(await letters()).toEqual([]);
  }, 90_000);

  it('keeps what comes while Redis is down, and applies it when it is back', async () => {
    await redis.stop();
    await send(told({ second: 2, guest: 'Meanwhile' }));
    await eventually(async () => expect(await isKept()).toBe(true), within);

    await redis.start();

    await eventually(async () => expect((await guests()).at(-1)).toBe('Meanwhile'), within);
    expect(await letters()).toEqual([]);
  }, 90_000);

  it('keeps as a dead letter what a newer release has told with a word that this one does not know', async () => {
    await send(told({ second: 2, guest: 'Newer release' }), { sinceNextRelease: true });
    await send(told({ second: 3, guest: 'After' }));

    await eventually(async () => expect((await guests()).at(-1)).toBe('After'), within);
    await eventually(
      async () => expect(await letters()).toMatchObject([{ stage: 'registry-live-booking', reason: 'schema' }]),
      within,
    );
    expect(JSON.parse(new TextDecoder().decode((await letters())[0]!.data))).toMatchObject({ sinceNextRelease: true });
  }, 60_000);
});
