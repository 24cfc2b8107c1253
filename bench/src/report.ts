import { LEGS } from './hops.ts';
import type { Measured } from './measure.ts';
import { cpuOf, medianOf, ratioOf, rssOf, type AtRate } from './rounds.ts';
import { pairAt, ratesOf, type Figures, type Verdict } from './verdict.ts';

type Column = { title: string; of: (measured: Measured) => number; digits: number };

const COLUMNS: readonly Column[] = [
  { title: 'p50 ms', of: ({ p50 }) => p50, digits: 1 },
  { title: 'p95 ms', of: ({ p95 }) => p95, digits: 1 },
  { title: 'p99 ms', of: ({ p99 }) => p99, digits: 1 },
  { title: 'max ms', of: ({ max }) => max, digits: 1 },
  { title: 'CPU %', of: cpuOf, digits: 0 },
  { title: 'RSS MiB', of: rssOf, digits: 0 },
  { title: 'load CPU %', of: ({ loadCpuPercent }) => loadCpuPercent, digits: 0 },
  { title: 'late p99', of: ({ lateness }) => lateness.p99, digits: 1 },
  { title: 'missing', of: ({ missing, refused }) => missing + refused, digits: 0 },
];

/** The figures as lines for people. */
export function report(figures: Figures, verdict: Verdict): string {
  const { latency, sustained } = figures;
  const parts = [latencyTable(latency), ...latency.map(wayTable), ...busiest(latency).map(processTable)];
  const { floor, fleet } = sustained;
  const rates = Object.entries(sustained).map(([target, rate]) => `${target} ${rate}/s`);
  if (floor && fleet !== undefined) rates.push(`ratio ${(fleet / floor).toFixed(2)}`);
  if (rates.length > 0) parts.push(`Highest sustained rate: ${rates.join(', ')}`);
  parts.push([`${verdict.outcome.toUpperCase()}`, ...verdict.reasons.map((reason) => `  ${reason}`)].join('\n'));
  return `${parts.join('\n\n')}\n`;
}

function latencyTable(latency: readonly AtRate[]): string {
  const rows = ratesOf(latency).flatMap((rate) => {
    const own = latency.filter((each) => each.rate === rate);
    const cells = own.map(({ target, rounds }) => [
      ...[`${rate}/s`, target],
      ...COLUMNS.map(({ of, digits }) => medianOf(rounds, of).toFixed(digits)),
    ]);
    const pair = pairAt(latency, rate);
    const ratio = pair && ['', 'ratio', ...COLUMNS.slice(0, 6).map(({ of }) => ratioOf(pair.floor, pair.fleet, of).toFixed(2))];
    return ratio ? [...cells, ratio] : cells;
  });
  return `Latency from the instant due to the client's sight; medians of rounds\n${table(['rate', '', ...COLUMNS.map(({ title }) => title)], rows)}`;
}

function wayTable({ target, rate, way }: AtRate): string {
  const rows = LEGS.map((leg) => {
    const { p50, p95, p99 } = way.legs[leg];
    return [leg, ...[p50, p95, p99].map((ms) => ms.toFixed(1))];
  });
  return `Where each millisecond goes: ${target} at ${rate}/s (${way.of} webhooks)\n${table(['', 'p50', 'p95', 'p99'], rows)}`;
}

/** Of each target the highest rate. */
function busiest(latency: readonly AtRate[]): AtRate[] {
  const highest = Math.max(...latency.map(({ rate }) => rate));
  return latency.filter(({ rate }) => rate === highest);
}

function processTable({ target, rate, rounds }: AtRate): string {
  const rows = (rounds[0]?.processes ?? []).map(({ name }) => {
    const of = (figure: 'cpuPercent' | 'rssMib') =>
      medianOf(rounds, ({ processes }) => processes.find((each) => each.name === name)?.[figure] ?? NaN);
    return [name, of('cpuPercent').toFixed(1), of('rssMib').toFixed(0)];
  });
  return `Processes: ${target} at ${rate}/s\n${table(['', 'CPU %', 'RSS MiB'], rows)}`;
}

/** Columns as wide as their widest; numbers to the right. */
export function table(head: string[], rows: string[][]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const isText = (column: number): boolean => column === 0 || head[column] === '';
  return all
    .map((row) =>
      row
        .map((cell, column) => (isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
