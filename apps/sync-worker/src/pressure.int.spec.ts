import type { FetchJob } from '@roomwire/events';
import { elapsed, eventually, median } from '@roomwire/testkit';
import { isLab } from './testing/environment.ts';
import { ENTERPRISE, said, Stopwatch, type Times, type Way } from './testing/stopwatch.ts';
import { WorkerFleet } from './testing/worker-fleet.ts';

/** `npm run lab:sync`; the short form of what is only there is named beside it. */
const inLab = isLab ? it : it.skip;
const LATENCY_MS = 100;
const [POLLS, LIVE_MS, LIVE_EVERY_MS, ROUNDS] = isLab ? [10_000, 30_000, 400, 3] : [500, 2_000, 100, 1];
/** Slow enough that two cores, busy otherwise, are not what bounds it. */
const SLOW_MS = 2_000;
const COUNT_MS = isLab ? 12_000 : 4_000;
/** Of a worker more, as a part of the first: in four seconds chance has its share. */
const WORTH = isLab ? 0.75 : 0.65;
const FAIR_MS = 150_000;
/** Of Mews: calls of a token in any half minute. */
const LIMIT = 200;
/** Of Hostaway: calls of an address in a second, in the long run. */
const ADDRESS_PER_SECOND = 1.5;
/** Below it a ratio tells of the machine: four processes on two cores. Of a few in two seconds only the middle one tells anything. */
const [NOISE_MS, RANK] = isLab ? ([50, 'p99'] as const) : ([250, 'p50'] as const);

type World = { fleet: WorkerFleet; watch: Stopwatch } & AsyncDisposable;
async function world(workers: number, latencyMs: number): Promise<World> {
  const fleet = await WorkerFleet.start(workers, { status: 200 }, { POLLING: 'off', LOG_LEVEL: 'warn' });
  const watch = new Stopwatch(fleet, latencyMs);
  const end = async () => {
    await watch[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
  };
  return { fleet, watch, [Symbol.asyncDispose]: end };
}
const mews = (fleet: WorkerFleet) => fleet.connected({ provider: 'mews', account: ENTERPRISE });
const allTold = (ways: readonly Way[], withinMs = 120_000) =>
  eventually(() => expect(ways.filter(({ toldAt }) => toldAt === undefined)).toEqual([]), { withinMs });
function withinHalfAgain(alone: number, beside: number): void {
  if (isLab) process.stdout.write(`${RANK} ${alone.toFixed(0)} and ${beside.toFixed(0)} ms: ${(beside / alone).toFixed(2)}\n`);
  expect(beside).toBeLessThanOrEqual(1.5 * Math.max(alone, NOISE_MS));
}

describe('a live read', () => {
  it('waits no longer beside polls that want all that there is', async () => {
    await using here = await world(2, LATENCY_MS);
    const { fleet, watch } = here;
    const connection = await mews(fleet);
    const live = async (): Promise<Times> => {
      const ways = await watch.stream([connection], LIVE_EVERY_MS, LIVE_MS);
      await allTold(ways);
      return watch.times(ways);
    };
    const [alone, beside]: [Times[], Times[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      alone.push(await live());
      said('live alone', alone.at(-1)!);
      const polls = await watch.pile(POLLS, () => ({ connection, lane: 'poll' }));
      await eventually(() => expect(watch.read(polls)).toBeGreaterThan(0), { withinMs: 60_000 });
      beside.push(await live());
      said(`live beside ${POLLS} polls, of which ${watch.read(polls)} were read`, beside.at(-1)!);
      expect(watch.read(polls)).toBeLessThan(POLLS / 2);
      await fleet.forget('poll');
    }
    expect(watch.peak).toBeLessThanOrEqual(LIMIT);
    for (const way of ['toRequest', 'toOutcome'] as const)
      withinHalfAgain(median(alone.map((times) => times[way][RANK])), median(beside.map((times) => times[way][RANK])));
  }, 600_000);

  // Short: `parked.int.spec.ts` of libs/jetstream.
  inLab(
    'waits no longer beside a thousand jobs of a lapsed connection, which all run after its repair',
    async () => {
      await using here = await world(2, LATENCY_MS);
      const { fleet, watch } = here;
      const [healthy, lapsed] = [
        await mews(fleet),
        await fleet.connected({ provider: 'mews', account: ENTERPRISE, status: 'lapsed' }),
      ];
      fleet.vault.lapsed.add(lapsed);
      const live = async (): Promise<Times> => {
        const ways = await watch.stream([healthy], LIVE_EVERY_MS, LIVE_MS);
        await allTold(ways);
        return watch.times(ways);
      };
      const alone = await live();
      said('live alone', alone);
      const waiting = await watch.pile(1_000, () => ({ connection: lapsed, kind: 'unit-status', reason: 'hint' }));
      // In the same lane, it is behind them until they are parked.
      const behind = await watch.send(healthy);
      await allTold([behind]);
      said('one right behind a thousand of a lapsed connection', watch.times([behind]));
      const beside = await live();
      said('live while these are parked', beside);
      withinHalfAgain(alone.whole.p99, beside.whole.p99);
      expect(watch.read(waiting)).toBe(0);

      const [before, calls] = [performance.now(), watch.calls];
      fleet.vault.lapsed.delete(lapsed);
      await fleet.connections.put(lapsed, { ...(await fleet.connections.fromLeader(lapsed))!, status: 'active' });
      await allTold(waiting);
      const seconds = ((performance.now() - before) / 1_000).toFixed(1);
      process.stdout.write(`repaired: ${waiting.length} jobs read after ${seconds} s, by ${watch.calls - calls} calls\n`);
    },
    300_000,
  );
});

describe('tenants behind one address', () => {
  // Short, on a clock of its own: `lanes.int.spec.ts` of libs/rate.
  inLab(
    'do not wait longer for a tenant who has a hundred times the work',
    async () => {
      await using here = await world(2, LATENCY_MS);
      const { fleet, watch } = here;
      const [flooder, ...others] = await Promise.all(
        ['t1', 't2', 't3', 't4'].map(async (tenant) => {
          if (tenant !== 't1') await fleet.addTenant(tenant);
          return { tenant, connection: await fleet.connected({ tenant }) };
        }),
      );
      let made = 0;
      const job = (of: { tenant: string; connection: string }): Partial<FetchJob> & { connection: string } => ({
        ...{ ...of, provider: 'hostaway', kind: 'reservation', lane: 'poll', reason: 'hint', entity: String(++made) },
      });
      const asking = async (flood: number): Promise<Times> => {
        const end = performance.now() + FAIR_MS;
        await watch.pile(flood, () => job(flooder!));
        const twice = [...others, ...others, flooder!, flooder!];
        const ways = twice.map((of) =>
          watch.keepAsking(
            () => watch.send(of.connection, job(of)),
            () => performance.now() > end,
          ),
        );
        const theirs = (await Promise.all(ways)).slice(0, 2 * others.length).flat();
        await fleet.forget('poll');
        return watch.times(theirs.filter(({ toldAt }) => toldAt !== undefined));
      };
      const equal = await asking(0);
      said('three of four equal tenants', equal);
      const flooded = await asking(200);
      said('the same three beside a hundred times the work', flooded);
      withinHalfAgain(equal.whole.p99, flooded.whole.p99);
    },
    600_000,
  );
});

describe('another worker', () => {
  const perSecond = async (watch: Stopwatch): Promise<number> => {
    const before = watch.calls;
    await elapsed(COUNT_MS);
    return ((watch.calls - before) * 1_000) / COUNT_MS;
  };

  it('makes for as many more calls, where a provider is slow', async () => {
    await using here = await world(1, SLOW_MS);
    const { fleet, watch } = here;
    const connections = await Promise.all(Array.from({ length: isLab ? 12 : 4 }, () => mews(fleet)));
    let next = 0;
    await watch.pile(isLab ? 2_000 : 600, () => ({ connection: connections[++next % connections.length]! }));
    const rates = [await perSecond(watch)];
    for (let workers = 2; workers <= (isLab ? 3 : 2); workers++) {
      await fleet.add().line(/"event":"listening"/, 30_000);
      await elapsed(SLOW_MS);
      rates.push(await perSecond(watch));
    }
    if (isLab) process.stdout.write(`a slow provider, calls a second with 1, 2, 3 workers: ${shown(rates)}\n`);
    rates.slice(1).forEach((rate, index) => expect(rate).toBeGreaterThan(WORTH * (index + 2) * rates[0]!));
    expect(watch.peak).toBeLessThanOrEqual(LIMIT);
  }, 300_000);

  // Short: `sync-worker.int.spec.ts` for never more, `pressure.int.spec.ts` of libs/rate for hardly less.
  inLab(
    'makes for no more, where the provider’s limit is the bound',
    async () => {
      await using here = await world(1, LATENCY_MS);
      const { fleet, watch } = here;
      const connections = await Promise.all([1, 2, 3].map(() => fleet.connected()));
      let made = 0;
      await watch.pile(400, () => ({
        ...{
          connection: connections[made % 3]!,
          provider: 'hostaway',
          kind: 'reservation',
          reason: 'hint',
          entity: String(++made),
        },
      }));
      await elapsed(15_000);
      const rates: number[] = [];
      for (let workers = 1; workers <= 3; workers++) {
        if (workers > 1) await fleet.add().line(/"event":"listening"/, 30_000);
        const before = watch.calls;
        await elapsed(40_000);
        rates.push((watch.calls - before) / 40);
      }
      process.stdout.write(`a limit of ${ADDRESS_PER_SECOND} a second, calls a second with 1, 2, 3 workers: ${shown(rates)}\n`);
      for (const rate of rates) {
        expect(rate).toBeGreaterThan(0.85 * ADDRESS_PER_SECOND);
        expect(rate).toBeLessThan(1.1 * ADDRESS_PER_SECOND);
      }
    },
    300_000,
  );
});

const shown = (rates: readonly number[]): string => rates.map((rate) => rate.toFixed(1)).join(', ');
