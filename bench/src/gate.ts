/**
 * npm run gate, and a step of npm test: is a webhook on the client's screen in time? Open loop, floor and fleet in turn; no retries
 * but the rounds themselves. Exit code 0 green, 1 red, 3 inconclusive: this machine, now, was too slow to tell.
 */
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startFloor } from './floor.ts';
import { gateVerdict, LIMITS, type GateVerdict } from './gate-verdict.ts';
import { warmUp } from './measure.ts';
import { mergeCost } from './merge-cost.ts';
import { checkPins } from './pins.ts';
import { startProduct } from './product.ts';
import { program, say } from './program.ts';
import { measureInTurn } from './rounds.ts';
import { floorReaches } from './sustained.ts';

const HELP = `npm run gate -- [options]: red if the p99 of a webhook's way to the client is over ${LIMITS.p99Ms} ms, or over
${LIMITS.timesFloor} times the floor's (bench/README.md), by the median of the rounds; or if a merge costs over ${LIMITS.mergeToParsing} of parsing its record.

  --rate N      webhooks per second (200)
  --seconds N   of each round (10)
  --rounds N    pairs of rounds (5)
  --help
`;
const CODES: Record<GateVerdict['outcome'], number> = { green: 0, red: 1, inconclusive: 3 };
const ROOMS = 200;
/** How long the floor has to keep up. */
const FLOOR_SECONDS = 4;

await program(main);

async function main(signal: AbortSignal): Promise<number> {
  const numeric = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { rate: numeric, seconds: numeric, rounds: numeric, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const verdict = await run({ rate: positive('rate', values.rate, 200), signal, ...lengths(values) });
  count(verdict.outcome);
  const { outcome, p99Ms, timesFloor, mergeToParsing, reasons } = verdict;
  const figures = `p99 ${p99Ms.toFixed(1)} ms (limit ${LIMITS.p99Ms}), ${timesFloor.toFixed(2)} times the floor's (limit ${LIMITS.timesFloor}), a merge ${mergeToParsing.toFixed(2)} of parsing its record (limit ${LIMITS.mergeToParsing})`;
  process.stdout.write(`latency gate: ${outcome.toUpperCase()}: ${[figures, ...reasons].join('; ')}\n`);
  return CODES[outcome];
}

type GateOptions = { rate: number; seconds: number; rounds: number; signal: AbortSignal };

async function run(options: GateOptions): Promise<GateVerdict> {
  const { signal } = options;
  checkPins();
  const merge = mergeCost();
  await using stack = new AsyncDisposableStack();
  const floor = stack.use(await startFloor({ rooms: ROOMS, sync: 'interval' }));
  const fleet = stack.use(await startProduct({ rooms: ROOMS, sync: 'interval', say }));
  say('floor and fleet: warming up …');
  await Promise.all([floor, fleet].map((running) => warmUp(running, signal)));
  const floorReached = await floorReaches(floor, { seconds: FLOOR_SECONDS, signal, say });
  const [floorDid, fleetDid] = await measureInTurn([floor, fleet], { ...options, say });
  const pairs = fleetDid!.rounds.map(({ p99 }, index) => ({ fleet: p99, floor: floorDid!.rounds[index]!.p99 }));
  return gateVerdict(pairs, floorReached, merge);
}

function lengths({ seconds, rounds }: { seconds?: string | undefined; rounds?: string | undefined }) {
  return { seconds: positive('seconds', seconds, 10), rounds: positive('rounds', rounds, 5) };
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  const value = Number(text ?? otherwise);
  if (!(value > 0)) throw new Error(`--${name}: expected a number above 0, got "${text}"`);
  return value;
}

/** One test more in the totals of `npm test`. */
function count(outcome: GateVerdict['outcome']): void {
  const file = process.env.ROOMWIRE_TOTALS;
  const totals = { passed: +(outcome === 'green'), failed: +(outcome === 'red'), skipped: +(outcome === 'inconclusive') };
  if (file) appendFileSync(file, `${JSON.stringify(totals)}\n`);
}
