import { canonicalJson } from '@roomwire/events';
import { z } from 'zod';
import { nightsOf, spansOf } from './nights.ts';
import type { Cell, Standing } from './standing.ts';

const span = { from: z.iso.date(), until: z.iso.date() };
const cell = z.strictObject({
  fields: z.record(z.string(), z.strictObject({ value: z.unknown(), at: z.iso.datetime(), order: z.string() })),
  held: z.literal(true).optional(),
  told: z.string().nullable().optional(),
  refused: z.strictObject({ code: z.string(), detail: z.string() }).optional(),
});

/** A standing as it is kept: nights that bear the same are one run, and a year of one price takes no more room than a night. */
export const standingEntry = z.strictObject({
  runs: z.array(z.strictObject({ ...span, cell })),
  /** Of what has no nights. */
  single: cell.optional(),
  holds: z.record(z.string(), z.strictObject({ n: z.int().min(1), spans: z.array(z.strictObject(span)), end: z.string() })),
});
export type StandingEntry = z.infer<typeof standingEntry>;

export function entryOf({ cells, holds }: Standing): StandingEntry {
  const { '': single, ...nights } = cells;
  const runs = spansOf(Object.entries(nights), (a, b) => canonicalJson(a) === canonicalJson(b));
  return { runs: runs.map(({ value, ...run }) => ({ ...run, cell: value })), ...(single ? { single } : {}), holds };
}

export function standingOf({ runs, single, holds }: StandingEntry): Standing {
  const nights = runs.flatMap((run) => nightsOf(run).map((night): [string, Cell] => [night, run.cell as Cell]));
  return { cells: { ...Object.fromEntries(nights), ...(single ? { '': single as Cell } : {}) }, holds };
}
