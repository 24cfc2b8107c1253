import type { RoomChange } from '@roomwire/events';
import { eventually, natsServer, redisServer, spreadOf, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { atOnce } from './at-once.ts';
import { isLab } from './testing/environment.ts';
import { announced, provision, replica, tell, type Replica } from './testing/redis-replica.ts';

const ROOMS = isLab ? 1_000 : 30;

describe(`the rooms of a connection that does not deliver, on real servers (${ROOMS} rooms)`, () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let replicas: Replica[];

  beforeEach(
    async () => {
      [nats, redis] = await Promise.all([natsServer(), redisServer()]);
      await provision(nats.url);
      replicas = [await replica(nats.url, redis.url), await replica(nats.url, redis.url)];
      const rooms = Array.from({ length: ROOMS }).keys();
      await atOnce(16, rooms, async (room) => {
        await tell(replicas[room % 2]!, { entity: `e${room}`, unit: `u${room}`, second: 1 });
      });
      await tell(replicas[0]!, { connection: 'c2', entity: 'other', unit: 'other', second: 1 });
    },
    isLab ? 120_000 : 30_000,
  );
  afterEach(async () => {
    await Promise.all(replicas.map((each) => each.dispose()));
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
  });

  /** As `roomwire` and the vault do. */
  async function becomes(status: 'active' | 'paused' | 'lapsed', id = 'c1'): Promise<void> {
    const { connections } = replicas.at(-1)!.tables;
    await connections.put(id, { ...connections.get(id)!, status });
  }
  /** Of each room what it was last told to be suspect of, and when. */
  async function suspectsOfRooms(): Promise<Map<string, { suspect: string; toldMs: number }>> {
    const found = new Map<string, { suspect: string; toldMs: number }>();
    for (const { time, body } of await announced(replicas.at(-1)!.bus, '.change.room.')) {
      const { name, freshness } = (body as RoomChange).data;
      found.set(name, { suspect: freshness.suspect.join(), toldMs: time.getTime() });
    }
    return found;
  }
  /** Resolves when every room says so, with the instants at which each was told. */
  const all = (suspect: string): Promise<number[]> =>
    eventually(
      async () => {
        const found = await suspectsOfRooms();
        expect(found.get('other')?.suspect).toBe('');
        found.delete('other');
        expect([...found.values()].filter((each) => each.suspect !== suspect)).toEqual([]);
        expect(found.size).toBe(ROOMS);
        return [...found.values()].map(({ toldMs }) => toldMs);
      },
      { withinMs: isLab ? 60_000 : 15_000, everyMs: isLab ? 1_000 : 50 },
    );

  it(
    'say so when it lapses, and no more when it delivers again; other connections’ rooms do not',
    async () => {
      for (const { sweep } of replicas) sweep.start();
      const began = Date.now();

      await becomes('lapsed');

      const { p50, p99, max } = spreadOf(Float64Array.from(await all('c1'), (toldMs) => (toldMs - began) / 1000));
      const seconds = `p50 ${p50.toFixed(1)} s, p99 ${p99.toFixed(1)} s, the last ${max.toFixed(1)} s`;
      process.stderr.write(`· a connection lapsed: its ${ROOMS} rooms show it after ${seconds}\n`);

      await becomes('active');
      await all('');
    },
    isLab ? 180_000 : 30_000,
  );

  it('say so though nobody was there when it lapsed', async () => {
    await becomes('lapsed');
    await Promise.all(replicas.map((each) => each.dispose()));
    replicas = [await replica(nats.url, redis.url)];

    replicas[0]!.sweep.start();

    await all('c1');
  }, 60_000);
});
