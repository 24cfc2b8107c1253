/** npm run bench:applies: see HELP. What an apply is, and how to read the figures: bench/README.md. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { missed, report, rowsOf, type Figures, type Round } from './figures.ts';
import { FilledMemory } from './redis-memory.ts';
import { wholeTellings } from './redis-whole.ts';
import { rateOf } from './rounds.ts';

const HELP = `npm run bench:applies -- [options]

How many tellings a registry applies per second, by how much its Redis holds, beside a bare EVALSHA that compares and sets.

  --quick         1,000 and 10,000 entities, short rounds: half a minute
  --sizes A,B     entities (1000,100000,1000000)
  --rounds N      of each size (5)
  --ms N          of one stretch (1000)
  --json FILE     where the figures go
  --help

Ends with 0 when the targets are met, 1 when not; --quick always with 0, since it tells nothing.
`;
const IN_FLIGHT = [1, 64];
const say = (line: string): void => void process.stderr.write(`· ${line}\n`);

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const { values } = parseArgs({ options: { quick: flag, sizes: text, rounds: text, ms: text, json: text, help: flag } });
if (values.help) process.stdout.write(HELP);
else process.exitCode = await main(values.quick ?? false);

async function main(quick: boolean): Promise<number> {
  const sizes = (values.sizes ?? (quick ? '1000,10000' : '1000,100000,1000000')).split(',').map((size) => whole('sizes', size));
  const rounds = whole('rounds', values.rounds ?? (quick ? '2' : '5'));
  const ms = whole('ms', values.ms ?? (quick ? '200' : '1000'));
  const figures = await measure(sizes, rounds, ms);
  const rows = rowsOf(figures.rounds);
  process.stdout.write(`${report(figures)}\n`);
  if (values.json) {
    mkdirSync(dirname(values.json), { recursive: true });
    writeFileSync(values.json, `${JSON.stringify({ at: new Date().toISOString(), rows, ...figures }, null, 2)}\n`);
  }
  return quick || missed(rows).length === 0 ? 0 : 1;
}

/** All memories are up at once, and take turns in every round: what else the machine does falls on all of them alike. */
async function measure(sizes: readonly number[], count: number, ms: number): Promise<Figures> {
  await using stack = new AsyncDisposableStack();
  const memories: FilledMemory[] = [];
  for (const size of sizes) memories.push(stack.use(await FilledMemory.fill(size, say)));
  const rounds: Round[] = [];
  for (const inFlight of IN_FLIGHT)
    for (let round = 0; round <= count; round++)
      for (const memory of memories) {
        const { entities } = memory;
        await memory.forgetDebts();
        const rates = {
          applies: await rateOf(entities, inFlight, ms, (index) => memory.apply(index)),
          bare: await rateOf(entities, inFlight, ms, (index) => memory.bare(index)),
          copies: await rateOf(entities, inFlight, ms, (index) => memory.copy(index)),
        };
        const said = Object.entries(rates).map(([what, rate]) => `${Math.round(rate)} ${what}/s`);
        say(`${entities}, ${inFlight} in flight, round ${round}: ${said.join(', ')}`);
        // The first runs code that is not compiled yet.
        if (round > 0) rounds.push({ entities, inFlight, ...rates });
      }
  const bytesPerEntity = Object.fromEntries(memories.map(({ entities, bytesPerEntity }) => [entities, bytesPerEntity]));
  return { rounds, bytesPerEntity, tells: await wholeTellings(IN_FLIGHT, 3 * ms) };
}

function whole(name: string, given: string): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: expected whole numbers above 0, got "${given}"`);
  return value;
}
