/** npm run bench: see HELP in options.ts, and README.md for what the figures mean. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { startFloor } from './floor.ts';
import { idleCost } from './idle.ts';
import { warmUp } from './measure.ts';
import { HELP, parse, type Options } from './options.ts';
import { checkPins, repin } from './pins.ts';
import { startProduct } from './product.ts';
import { program, say } from './program.ts';
import { report } from './report.ts';
import { measureInTurn } from './rounds.ts';
import { FLOOR_REACHES, floorReaches, highestOf } from './sustained.ts';
import type { Running } from './target.ts';
import { vaultLease } from './vault-lease.ts';
import { verdictOf, type Figures, type Verdict } from './verdict.ts';

const CODES: Record<Verdict['outcome'], number> = { met: 0, 'not compared': 0, missed: 1, inconclusive: 3 };

/** Of each of the vault's rounds. */
const VAULT_SECONDS = 3;

await program(main);

async function main(signal: AbortSignal): Promise<number> {
  const wanted = parse(process.argv.slice(2));
  if (wanted.kind === 'help') return write(HELP);
  if (wanted.kind === 'repin') {
    repin();
    return 0;
  }
  checkPins();
  if (wanted.kind === 'idle') return write(await idleCost({ signal, say }));
  if (wanted.kind === 'vault') return write(await vaultLease({ seconds: VAULT_SECONDS, signal, say }));
  const began = { at: new Date().toISOString(), loadAverage: loadavg() };
  const figures = await run(wanted.options, signal);
  const verdict = verdictOf(figures);
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, node: process.version, ended: { loadAverage: loadavg() } };
  mkdirSync(dirname(wanted.options.json), { recursive: true });
  writeFileSync(wanted.options.json, `${JSON.stringify({ ...began, machine, ...wanted, verdict, figures }, null, 2)}\n`);
  write(report(figures, verdict));
  return CODES[verdict.outcome];
}

function write(text: string): number {
  process.stdout.write(text);
  return 0;
}

async function run(options: Options, signal: AbortSignal): Promise<Figures> {
  const { only, rooms, sync } = options;
  await using stack = new AsyncDisposableStack();
  const targets: Running[] = [];
  if (only !== 'fleet') targets.push(stack.use(await startFloor({ rooms, sync })));
  if (only !== 'floor') targets.push(stack.use(await startProduct({ rooms, sync, say })));
  for (const target of targets) {
    say(`${target.name}: warming up …`);
    await warmUp(target, signal);
  }
  const figures: Figures = { latency: [], sustained: {}, floorReached: undefined };
  for (const rate of options.rates) figures.latency.push(...(await measureInTurn(targets, { ...options, rate, signal, say })));
  if (options.search)
    for (const target of targets) {
      const { rate } = await highestOf(target, { ...options, confirmSeconds: options.seconds, signal, say });
      figures.sustained[target.name] = rate;
    }
  const floor = targets.find(({ name }) => name === 'floor');
  if (floor) {
    const found = figures.sustained.floor ?? 0;
    figures.floorReached = found >= FLOOR_REACHES || (await floorReaches(floor, { seconds: options.probeSeconds, signal, say }));
    if (!figures.floorReached) say(`THE FLOOR DOES NOT REACH ${FLOOR_REACHES}/s HERE: nothing can be compared with it`);
  }
  return figures;
}
