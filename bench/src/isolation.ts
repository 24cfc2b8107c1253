/**
 * A step of npm run lab: does trouble in one pipeline reach another? Bookings are told to the whole fleet in an open loop while (a) no
 * event of pricing is ever answered, (b) 100,000 rate nights are poured in. Medians of paired rounds; exit code 1 where a target is missed.
 */
import assert from 'node:assert';
import { parseArgs } from 'node:util';
import { eventually, median } from '@roomwire/testkit';
import { above, Burners, Course } from './burners.ts';
import { measure, warmUp, type Measured } from './measure.ts';
import { startProduct } from './product.ts';
import { program, say } from './program.ts';
import { HANGS_MS, Rates, type Message } from './rates.ts';
import type { Running } from './target.ts';

/** Of the issue: the p99 of a booking, as a multiple of what it is without the trouble. */
const LIMITS = { hung: 1.2, poured: 2 };
const ROOMS = 200;
const LOAD = { rate: 200, seconds: 10 };
const NIGHTS = 100_000;
/** Months handled at once by a process (libs/jetstream, ADR 0035). With more, those in hand behind them would hang after them. */
const AT_ONCE = 2;
const HUNG_NIGHTS = 31 * AT_ONCE;

const { values } = parseArgs({ options: { only: { type: 'string' }, pairs: { type: 'string', default: '5' } } });
const pairs = Number(values.pairs);
assert(pairs > 0 && ['a', 'b', undefined].includes(values.only), 'npm run isolation -- [--only a|b] [--pairs N]');

await program(async (signal) => {
  const reached: boolean[] = [];
  if (values.only !== 'b') {
    const times = await hungPricing(signal);
    say(`isolation (a): booking p99 ${times.toFixed(2)} times what it is before, pricing hanging; the target is ${LIMITS.hung}`);
    reached.push(times <= LIMITS.hung);
  }
  if (values.only !== 'a') {
    const times = await pouredRates(signal);
    say(
      `isolation (b): booking p99 ${times.toFixed(2)} times what it is beside burners, rates poured; the target is ${LIMITS.poured}`,
    );
    reached.push(times <= LIMITS.poured);
  }
  return reached.every(Boolean) ? 0 : 1;
});

async function hungPricing(signal: AbortSignal): Promise<number> {
  await using fleet = await startProduct({ rooms: ROOMS, sync: 'interval', env: { ROOMWIRE_FAULT_HANG_PIPELINE: 'pricing' } });
  await warmUp(fleet, signal);
  const rates = await Rates.connect(fleet);
  const ratios: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const before = await bookings(fleet, signal);
    await rates.pour(rates.prepare(HUNG_NIGHTS));
    await eventually(async () => assert((await rates.inHand()) >= AT_ONCE), { withinMs: 2 * HANGS_MS });
    const during = await bookings(fleet, signal);
    assert((await rates.inHand()) >= AT_ONCE, 'pricing does not hang');
    say(
      `${await rates.inHand()} months in hand for ever: p99 ${before.p99.toFixed(1)} ms before, ${during.p99.toFixed(1)} ms during`,
    );
    ratios.push(during.p99 / before.p99);
    await rates.discard();
    await new Promise((given) => setTimeout(given, HANGS_MS));
  }
  await rates.close();
  return median(ratios);
}

async function pouredRates(signal: AbortSignal): Promise<number> {
  await using fleet = await startProduct({ rooms: ROOMS, sync: 'interval' });
  await warmUp(fleet, signal);
  const rates = await Rates.connect(fleet);
  const ratios: number[] = [];
  // The first round runs code that is not compiled yet.
  for (let pair = 0; pair <= pairs; pair++) {
    const messages = rates.prepare(NIGHTS);
    const [quiet, evenly] = await withCourse(fleet, signal);
    let pouring: Promise<number> | undefined;
    const [during, course] = await withCourse(fleet, signal, () => (pouring = pourAll(rates, messages)));
    const seconds = (await pouring!) / 1000;
    const taken = above(course, evenly);
    const burners = new Burners(taken);
    const control = await bookings(fleet, signal, () => burners.start());
    const burnt = burners.stop();
    say(
      `${NIGHTS} nights in ${seconds.toFixed(1)} s, ${(taken.at(-1)! / 1000).toFixed(1)} CPU seconds meanwhile: p99 ${quiet.p99.toFixed(1)} ms in quiet, ${during.p99.toFixed(1)} ms during, ${control.p99.toFixed(1)} ms beside burners that took ${burnt.toFixed(1)}`,
    );
    if (pair > 0) ratios.push(during.p99 / control.p99);
  }
  await rates.close();
  return median(ratios);
}

async function withCourse(
  running: Running,
  signal: AbortSignal,
  onBegun = (): unknown => undefined,
): Promise<[Measured, readonly number[]]> {
  let course: Course | undefined;
  const measured = await bookings(running, signal, () => {
    course = new Course(running.processes());
    onBegun();
  });
  return [measured, course!.stop()];
}

/** Milliseconds until all of it is applied. */
async function pourAll(rates: Rates, messages: readonly Message[]): Promise<number> {
  const began = performance.now();
  await rates.pour(messages);
  while ((await rates.left()) > 0) await new Promise((again) => setTimeout(again, 100));
  return performance.now() - began;
}

async function bookings(running: Running, signal: AbortSignal, onBegun = (): unknown => undefined): Promise<Measured> {
  const measured = await measure({ running, ...LOAD, signal, onBegun: () => void onBegun() });
  if (measured.missing + measured.refused > 0)
    throw new Error(`${measured.missing} bookings were not shown, ${measured.refused} were refused`);
  return measured;
}
