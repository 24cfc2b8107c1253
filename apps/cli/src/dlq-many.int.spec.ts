import { recordChange } from '@roomwire/events';
import { readState } from '@roomwire/jetstream';
import { eventually, spawnedSource } from '@roomwire/testkit';
import { loadavg } from 'node:os';
import { passwordOf } from './testing/broker.ts';
import { isLab } from './testing/environment.ts';
import { bodyOf, NOW, ReplayWorld } from './testing/replay-world.ts';

/** Half of them are of one cause, and are replayed. */
const LETTERS = isLab ? 100_000 : 1_000;
/** A letter takes some 8 ms of the processors of all who deal with it, half of them the registry's: of two cores this leaves half free. */
const RATE = isLab ? 100 : 250;
/** What is made good (`core/pace.ts`), and what a busy machine is late to hear. */
const MADE_GOOD_MS = 1_050;
const OTHER_CAUSES = 20;
const LIVE_EVERY_MS = isLab ? 20 : 50;
/** Of those that come while letters are replayed, the slowest in a hundred, from the gateway's store to the announced record. */
const LIVE_MS_MAX = 100;
/** Of the hundred thousand, those of another connection. */
const RARE = 4;
/** The bound of the issue; what `npm test` asserts is what it counts. */
const LOOK_MS_MAX = isLab ? 2_000 : 30_000;
const WAIT = { withinMs: 600_000, everyMs: 50 };

type Stats = { letters: number; causes: { cause: string; letters: number; path: string }[] };

describe(`${LETTERS} dead letters`, () => {
  let world: ReplayWorld;
  let main: string;
  let slowest = 0;
  const figures: string[] = [];
  beforeAll(async () => {
    world = await ReplayWorld.open(['acme']);
    for (let from = 0; from < LETTERS; from += 500)
      await Promise.all(Array.from({ length: 500 }, (_, index) => bury(from + index)));
  }, 300_000);
  afterAll(async () => {
    process.stderr.write(figures.map((line) => `${line}\n`).join(''));
    await world?.[Symbol.asyncDispose]();
  });

  function bury(index: number): Promise<void> {
    if (index % 2 === 0) return world.bury('acme', { entity: `u${index}`, body: telling(`u${index}`, index / 2, NOW) });
    return world.bury('acme', {
      entity: `u${index}`,
      connection: index % (LETTERS / RARE) === 1 ? 'acme-c2' : 'acme-c1',
      reason: 'schema',
      pointer: `/data/${index}/field${'x'.repeat(index % OTHER_CAUSES)}`,
    });
  }
  /** The quickest of three: what others do on this machine is not what is looked at. */
  async function timed(what: string, ...args: string[]): Promise<string> {
    let [best, out] = [Infinity, ''];
    for (let i = 0; i < 3; i++) {
      const begun = performance.now();
      ({ out } = await world.roomwire('dlq', ...args, '--json'));
      best = Math.min(best, performance.now() - begun);
    }
    figures.push(`${what}: ${Math.round(best)} ms`);
    slowest = Math.max(slowest, best);
    return out;
  }

  it('are counted by cause', async () => {
    const { letters, causes } = JSON.parse(await timed('stats', 'stats')) as Stats;

    main = causes[0]!.cause;
    expect(letters).toBe(LETTERS);
    expect(causes.map((cause) => cause.letters).slice(0, 2)).toEqual([LETTERS / 2, LETTERS / OTHER_CAUSES]);
    expect(causes).toHaveLength(1 + OTHER_CAUSES / 2);
  }, 120_000);

  it.each([
    ['by reason', ['--reason', 'schema']],
    ['by service and provider', ['--stage', 'normalizer', '--provider', 'memory']],
    ['by time', ['--since', '1h']],
    ['by connection', ['--connection', 'acme-c1']],
    ['by a connection of few', ['--connection', 'acme-c2']],
    ['by a kind of none', ['--kind', 'rate']],
    ['by a reason of none', ['--reason', 'poison']],
  ])(
    'are found %s',
    async (how, args) => {
      const { letters } = JSON.parse(await timed(`ls ${how}`, 'ls', ...args)) as { letters: unknown[] };

      expect(letters).toHaveLength(how.endsWith('none') ? 0 : how.endsWith('few') ? RARE : 50);
    },
    120_000,
  );

  it('are looked at without a wait', () => {
    expect(slowest).toBeLessThan(LOOK_MS_MAX);
  });

  it('are replayed at their rate, cut short and gone on with, while others go on as ever', async () => {
    const heard = world.heard('acme');
    const replayed = () => heard.filter(({ replay }) => replay !== '');
    const env = { NATS_URL: world.nats.url, NATS_USER: 'operator', NATS_PASSWORD: passwordOf('operator') };
    // Not through its starter, of which the command would be left over; nor in here, where what is late is measured.
    const begin = (...args: string[]) =>
      spawnedSource('apps/cli/src/main.ts', {
        args: ['dlq', 'replay', '--tenant', 'acme', ...args, '--json'],
        ...{ env, name: 'roomwire' },
      });
    const first = begin('--cause', main, '--rate', String(RATE));
    const [line] = await first.line(/replay r[0-9a-f]{8}/, 60_000);
    const cutAt = Math.floor((LETTERS / 2) * (0.1 + Math.random() * 0.4));
    await using live = new Live(world);
    await eventually(() => expect(replayed().length).toBeGreaterThan(cutAt), WAIT);
    await first.kill();
    const lateBefore = live.take();
    const { letters: left } = JSON.parse((await world.roomwire('dlq', 'stats', '--json')).out) as Stats;
    // Last: what it had written when it died the broker may read a little later.
    await world.nc.flush();
    const sentBefore = replayed().length;
    const underWay = sentBefore - (LETTERS - left);
    live.take();

    const rest = begin('--resume', /r[0-9a-f]{8}/.exec(line)![0]);
    const { code } = await rest.exited;
    const lateAfter = live.take();

    expect(code).toBe(0);
    await world.nc.flush();
    const parts = [replayed().slice(0, sentBefore), replayed().slice(sentBefore)].map((times) => ({
      tookMs: times.at(-1)!.at - times[0]!.at,
      gaps: times.length - 1,
    }));
    const rates = parts.map(({ tookMs, gaps }) => (gaps / tookMs) * 1_000);
    figures.push(
      `replay: cut after ${sentBefore} with ${underWay} under way; copies ${replayed().length} of ${LETTERS / 2} letters`,
      `rate: ${rates.map((each) => each.toFixed(1)).join(' before and ')} after, wanted ${RATE}; load ${loadavg()[0]!.toFixed(0)}`,
      `live meanwhile, one each ${LIVE_EVERY_MS} ms: ${shown(lateBefore)} before, ${shown(lateAfter)} after`,
    );
    expect(replayed().length).toBeLessThanOrEqual(LETTERS / 2 + underWay);
    for (const { tookMs, gaps } of parts) expect(tookMs + MADE_GOOD_MS).toBeGreaterThan((gaps / RATE) * 1_000);
    expect(await revisions()).toEqual(new Map([[1, LETTERS / 2]]));
    if (!isLab) return;
    for (const rate of rates) expect(Math.abs(rate / RATE - 1)).toBeLessThan(0.05);
    for (const late of [lateBefore, lateAfter]) expect(atShare(late, 0.99)).toBeLessThan(LIVE_MS_MAX);
  }, 1_200_000);

  /** How many units are at which revision. */
  async function revisions(): Promise<Map<number, number>> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const found = new Map<string, number>();
    const reader = readState(world.nc, 'acme', {
      onMessage: ({ subject, data }) => {
        if (!/\.change\.unit\..*\.u\d+$/.test(subject)) return;
        found.set(subject, recordChange.parse(JSON.parse(new TextDecoder().decode(data))).revision);
      },
      onCaughtUp: () => resolve(),
    });
    await promise;
    await reader.stop();
    const counts = new Map<number, number>();
    for (const revision of found.values()) counts.set(revision, (counts.get(revision) ?? 0) + 1);
    return counts;
  }
});

/** Webhooks of others, as they come all the time: how long each is on its way from the gateway's store to the announced record. */
class Live implements AsyncDisposable {
  private readonly sent = new Map<string, number>();
  private readonly tookMs: number[] = [];
  private readonly timer: NodeJS.Timeout;
  private readonly reader: ReturnType<typeof readState>;
  private count = 0;

  constructor(private readonly world: ReplayWorld) {
    this.reader = readState(world.nc, 'acme', {
      onMessage: ({ subject }) => {
        const entity = subject.slice(subject.lastIndexOf('.') + 1);
        const at = this.sent.get(entity);
        if (at !== undefined && this.sent.delete(entity)) this.tookMs.push(performance.now() - at);
      },
    });
    this.timer = setInterval(() => void this.send(), LIVE_EVERY_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.timer);
    await this.reader.stop();
  }

  /** How long each took since this was asked last, ms, the quickest first. */
  take(): number[] {
    return this.tookMs.splice(0).sort((a, b) => a - b);
  }

  private async send(): Promise<void> {
    const entity = `live-${++this.count}`;
    this.sent.set(entity, performance.now());
    await this.world.webhook('acme', telling(entity, this.count, new Date().toISOString()));
  }
}

/** What is told of one house is told in turn, and nobody has a hundred thousand doors in one. */
const HOUSES = 500;
const telling = (entity: string, index: number, modifiedAt: string): string =>
  bodyOf(entity, entity, modifiedAt, `p${index % HOUSES}`);

const atShare = (sorted: readonly number[], share: number): number =>
  Math.round(sorted[Math.floor(sorted.length * share)] ?? NaN);
const shown = (sorted: readonly number[]): string =>
  `${sorted.length} told, p50 ${atShare(sorted, 0.5)} ms, p99 ${atShare(sorted, 0.99)} ms`;
