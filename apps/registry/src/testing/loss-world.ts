import { connectRedis } from '@roomwire/chassis';
import { recordChangeOf, roomChange, subjectOf, unitKey, firstCatalogId, type Cause, type RoomChange } from '@roomwire/events';
import { readState, stateOf } from '@roomwire/jetstream';
import { createLog } from '@roomwire/telemetry';
import {
  eventually,
  faultProxy,
  natsServer,
  redisServer,
  type FaultProxy,
  type Spawned,
  type NatsServer,
  type RedisServer,
} from '@roomwire/testkit';
import { atOnce } from '../at-once.ts';
import { keysOf } from '../keys.ts';
import type { Redis } from '../redis-scripts.ts';
import { Bookings } from './bookings.ts';
import { provision, replica, type Replica } from './redis-replica.ts';
import { registry } from './registry-process.ts';

const cause: Cause = { tenant: 't1', provider: 'hostaway', lane: 'live', receivedAt: new Date().toISOString() };
/** Bookings that are told of again and again, of rooms all over the house. */
const RESTLESS = 200;
const TOLD_AT_ONCE = 16;
/** As the broker delivers again what was not taken; a rebuild of many takes its time. */
const AGAIN = { withinMs: 120_000, everyMs: 50 };

/** Two replicas of the registry before a Redis that can be taken from them, and a STATE full of bookings. */
export class LossWorld implements AsyncDisposable {
  readonly bookings: Bookings;
  nats!: NatsServer;
  redis!: RedisServer;
  /** After a failover, at the address of the one that was: before it there is none, which would share the time of what is measured. */
  private way: FaultProxy | undefined;
  replicas: Replica[] = [];
  private turn = 0;

  private constructor(count: number) {
    this.bookings = new Bookings(count);
  }

  static async start(count: number): Promise<LossWorld> {
    const world = new LossWorld(count);
    [world.nats, world.redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(world.nats.url);
    await world.connect();
    await world.seed();
    return world;
  }

  get one(): Replica {
    return this.replicas[0]!;
  }

  async open(): Promise<void> {
    await this.connect();
    this.sweep();
  }

  sweep(): void {
    for (const { sweep } of this.replicas) sweep.start();
  }

  /** The service as it is in production, before an empty Redis. */
  async serve(): Promise<Spawned> {
    await this.wipe();
    return registry(this.nats.url, this.redis.url);
  }

  async wipe(): Promise<void> {
    const client = await connectRedis(this.redis.url, { log: createLog('registry', 'silent'), role: 'test' });
    await client.flushall();
    client.disconnect();
  }

  private async connect(): Promise<void> {
    const { nats, redis, way } = this;
    const url = `redis://127.0.0.1:${way?.port ?? redis.port}`;
    this.replicas = await Promise.all([replica(nats.url, url), replica(nats.url, url)]);
  }

  /** A replica as Redis has them; `link` is what its bytes come through. */
  async replicate(): Promise<{ server: RedisServer; client: Redis; link: FaultProxy }> {
    const link = await faultProxy({ host: '127.0.0.1', port: this.redis.port });
    const server = await redisServer({ name: 'redis-server, the replica' });
    const client = await connectRedis(server.url, { log: createLog('registry', 'silent'), role: 'test' });
    await client.replicaof('127.0.0.1', link.port);
    await eventually(async () => expect(await client.info('replication')).toContain('master_link_status:up'), {
      withinMs: 30_000,
    });
    return { server, client, link };
  }

  /** The master is gone, and another one in its place: at its address. */
  async failOver({ server, client, link }: Awaited<ReturnType<LossWorld['replicate']>>): Promise<void> {
    await this.redis[Symbol.asyncDispose]();
    await link[Symbol.asyncDispose]();
    await client.replicaof('NO', 'ONE');
    client.disconnect();
    const { port } = this.redis;
    this.redis = server;
    this.way = await faultProxy({ host: '127.0.0.1', port: server.port }, port);
  }

  async close(): Promise<void> {
    await Promise.all(this.replicas.map((each) => each.dispose()));
    this.replicas = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await this.way?.[Symbol.asyncDispose]();
    await Promise.all([this.nats?.[Symbol.asyncDispose](), this.redis?.[Symbol.asyncDispose]()]);
  }

  /** So many tellings, each until it is done, as the broker delivers: whoever is there gets it. */
  async tell(count: number): Promise<void> {
    await atOnce(TOLD_AT_ONCE, Array.from({ length: count }), async () => {
      const turn = this.turn++;
      const { rooms, count: all } = this.bookings;
      // Of the guests who are in the house and of those who come next: what rooms show.
      const booking = ((turn * 7) % Math.min(RESTLESS, rooms)) + (turn % 2 === 0 || all < 2 * rooms ? 0 : rooms);
      const event = this.bookings.next(booking);
      await eventually(async () => {
        const { gate, teller } = this.replicas[turn % 2]!;
        await gate.within('t1', () => teller.tell(event, () => Promise.resolve()));
      }, AGAIN);
    });
  }

  /** Milliseconds until each replica has taken something up again. */
  async untilReady(): Promise<number> {
    const started = performance.now();
    await Promise.all(
      this.replicas.map((each) =>
        eventually(() => each.gate.within('t1', () => each.records.read('t1', 'reservation/c1/b0')), AGAIN),
      ),
    );
    return performance.now() - started;
  }

  heardTo = async (): Promise<number> => (await stateOf(this.one.nc, 't1')).lastSeq;

  /** Rooms that were announced after a sequence of STATE, in order. */
  roomsAfter(seq: number): Promise<RoomChange[]> {
    return new Promise((resolve, reject) => {
      const found: RoomChange[] = [];
      const reader = readState(
        this.one.nc,
        't1',
        {
          onMessage: ({ subject, data }) => {
            if (subject.includes('.change.room.')) found.push(roomChange.parse(JSON.parse(new TextDecoder().decode(data))));
          },
          onCaughtUp: () => reader.stop().then(() => resolve(found), reject),
        },
        seq,
      );
    });
  }

  async owing(): Promise<number> {
    const { owed, dirty } = keysOf('t1');
    return (await this.one.redis.zcard(owed)) + (await this.one.redis.zcard(dirty));
  }

  /** Bookings of which Redis' record is not in the provider's version. */
  async wrongRecords(): Promise<string[]> {
    const wrong: string[] = [];
    await atOnce(64, Array.from({ length: this.bookings.count }).keys(), async (booking) => {
      const held = await this.one.records.readAnyway('t1', `reservation/c1/b${booking}`);
      const version = (held?.record.facets['core']?.version.modifiedAt ?? 0) / 1_000_000;
      if (version !== this.bookings.version(booking)) wrong.push(`b${booking}: ${version}`);
    });
    return wrong;
  }

  unitOf = (room: number): string => firstCatalogId('unit', 'c1', this.bookings.roomName(room));

  /** STATE as it would be after the first version of every booking was told; no room was derived yet. */
  private async seed(): Promise<void> {
    const { bookings, one } = this;
    const { catalogue, tables, bus } = one;
    await atOnce(32, Array.from({ length: bookings.rooms }).keys(), async (room) => {
      const name = bookings.roomName(room);
      await catalogue.learn('t1', 'c1', bookings.houseName(room), [{ entity: name, name }]);
    });
    await atOnce(64, Array.from({ length: bookings.count }).keys(), async (booking) => {
      const record = bookings.record(booking);
      const unit = this.unitOf(booking % bookings.rooms);
      const place = { property: tables.units.get(unitKey('t1', unit))!.property, units: [unit] };
      const change = recordChangeOf(record, 1, place, cause, { confirmed: false });
      const subject = subjectOf({ tenant: 't1', family: 'change', kind: 'reservation', scope: 'c1', entity: record.entity });
      await bus.publish(subject, change, { id: change.id });
    });
  }
}
