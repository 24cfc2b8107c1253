import { elapsed, eventually } from '@roomwire/testkit';
import { isLab } from './testing/environment.ts';
import { LossWorld } from './testing/loss-world.ts';
import { setBack, snapshot } from './testing/redis-snapshot.ts';

const ENTITIES = isLab ? 100_000 : 2_000;
/**
 * The promise is 15 s per 10^5 entities, of the service itself. In a context of jest's every global name is looked up the slow way, which
 * makes a rebuild half as slow again. What few take is mostly what a process takes to connect, and is not judged; nor is its start.
 */
const READY_MS_MAX = isLab ? 15_000 : Infinity;
const READY_HERE_MS_MAX = 2 * READY_MS_MAX;
/** Of tellings while Redis is well, and of what it loses. */
const MANY = isLab ? 5_000 : 300;
const FEW = isLab ? 500 : 100;
const AWAY_MS = isLab ? 10_000 : 1_000;

type Loss = (world: LossWorld) => Promise<void>;

const wiped: Loss = async ({ one }) => void (await one.redis.flushall());

const restored =
  (lost: number): Loss =>
  async (world) => {
    const copy = await snapshot(world.redis, world.one.redis);
    await world.tell(lost);
    await setBack(world.redis, copy);
  };

const restoredWhileAllWereDown: Loss = async (world) => {
  const copy = await snapshot(world.redis, world.one.redis);
  await world.tell(FEW);
  await world.close();
  await setBack(world.redis, copy);
  await world.open();
};

/** To the one that takes the master's place the last tellings did not come. */
const failedOver: Loss = async (world) => {
  const replica = await world.replicate();
  replica.link.mode = 'blackhole';
  await world.tell(FEW);
  await world.failOver(replica);
};

const stopped: Loss = async ({ one, redis }) => {
  await one.redis.shutdown('SAVE').catch(() => undefined);
  await redis.kill();
  await elapsed(AWAY_MS);
  await redis.start();
};

describe(`Redis loses its memory, ${ENTITIES} bookings`, () => {
  let world!: LossWorld;

  beforeAll(
    async () => {
      world = await LossWorld.start(ENTITIES);
      say(`first: ready after ${Math.round(await world.untilReady())} ms`);
      world.sweep();
      await world.tell(MANY);
    },
    isLab ? 600_000 : 60_000,
  );
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });

  it.each<[string, Loss]>([
    ['wiped', wiped],
    ['restored from a moment ago', restored(FEW)],
    ['restored from long ago', restored(MANY)],
    ['restored from a moment ago while every registry was down', restoredWhileAllWereDown],
    ['failed over to a replica that lacks the last moment', failedOver],
    ['stopped for a while', stopped],
  ])(
    '%s: no room is announced that differs from the model’s',
    async (title, lose) => {
      await world.tell(FEW);
      const before = await world.heardTo();
      const known = new Map<string, [number, number]>();
      for (let room = 0; room < world.bookings.rooms; room++) known.set(world.unitOf(room), world.bookings.expected(room));

      // The load goes on while it happens.
      let over = false;
      const load = (async () => {
        while (!over) await world.tell(16);
      })();
      await lose(world);
      const readyMs = await world.untilReady();
      over = true;
      await load;
      await eventually(async () => expect(await world.owing()).toBe(0), { withinMs: isLab ? 60_000 : 15_000 });

      const announced = await world.roomsAfter(before);
      const different: string[] = [];
      for (const { data, revision } of announced) {
        const shown = world.bookings.shown(data);
        const last = known.get(data.unit)!;
        // Each guest's as they were then, or newer; never nobody, never an older one.
        if (shown.some((version, index) => version < last[index]!))
          different.push(`${data.unit} revision ${revision}: ${String(shown)} after ${String(last)}`);
        known.set(data.unit, shown);
      }
      for (let room = 0; room < world.bookings.rooms; room++)
        if (String(known.get(world.unitOf(room))) !== String(world.bookings.expected(room)))
          different.push(
            `${world.unitOf(room)}: ${String(known.get(world.unitOf(room)))}, the model has ${String(world.bookings.expected(room))}`,
          );
      say(`${title}: ready after ${Math.round(readyMs)} ms; ${announced.length} rooms announced, ${different.length} different`);
      expect(different).toEqual([]);
      expect(await world.wrongRecords()).toEqual([]);
      expect(readyMs).toBeLessThan(READY_HERE_MS_MAX);
    },
    isLab ? 300_000 : 60_000,
  );

  it(
    'the service itself takes all of it up in time, at its start and after a wipe',
    async () => {
      await world.close();
      await using service = await world.serve();
      const rebuilt = () => service.lines.filter((line) => line.includes('"msg":"rebuilt from STATE"'));
      const untilRebuilt = async (times: number): Promise<number> => {
        const started = performance.now();
        await eventually(() => expect(rebuilt()).toHaveLength(times), { withinMs: isLab ? 120_000 : 20_000, everyMs: 50 });
        return performance.now() - started;
      };

      const first = await untilRebuilt(1);
      await world.wipe();
      const wiped = await untilRebuilt(2);

      say(`a process of its own: ready after ${Math.round(first)} ms, its start included; wiped: after ${Math.round(wiped)} ms`);
      expect(JSON.parse(rebuilt()[1]!)).toMatchObject({ rooms: world.bookings.rooms });
      expect(wiped).toBeLessThan(READY_MS_MAX);
    },
    isLab ? 300_000 : 60_000,
  );
});

const say = (line: string): void => void process.stderr.write(`· ${line}\n`);
