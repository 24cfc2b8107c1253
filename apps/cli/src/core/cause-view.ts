import type { Letter } from './letter-view.ts';
import { age, table } from './table.ts';

export type Cause = { tenant: string; cause: string; count: number; oldest: Letter; newest: Letter };
export type Share = { name: string; letters: number };

export function shownCause({ tenant, cause, count, oldest, newest }: Cause) {
  const { stage, provider, reason, errorClass, path, detail } = newest;
  return {
    ...{ tenant, cause, letters: count, stage, provider, reason, errorClass, path, detail },
    ...{ oldest: { id: oldest.id, at: oldest.lastAt }, newest: { id: newest.id, at: newest.lastAt } },
  };
}

/** Letters by what `of` says of their cause, most first. */
export function sharesOf(causes: readonly Cause[], of: (cause: Cause) => string): Share[] {
  const counts = new Map<string, number>();
  for (const cause of causes) counts.set(of(cause), (counts.get(of(cause)) ?? 0) + cause.count);
  return [...counts].map(([name, letters]) => ({ name, letters })).sort((a, b) => b.letters - a.letters);
}

const AGES = ['younger than an hour', 'younger than a day', 'younger than a week', 'older'];

/** From what was stored since an hour, a day, a week ago, and ever, of each tenant. */
export function agesOf(since: readonly (readonly number[])[]): Share[] {
  const sums = AGES.map((_, index) => since.reduce((sum, counts) => sum + (counts[index] ?? 0), 0));
  return AGES.map((name, index) => ({ name, letters: sums[index]! - (sums[index - 1] ?? 0) }));
}

export function causesText(causes: readonly Cause[], shares: Record<string, readonly Share[]>, nowMs: number): string {
  if (causes.length === 0) return 'no dead letters';
  const list = table(causes, [
    { title: 'letters', of: ({ count }) => count },
    { title: 'cause', of: ({ cause }) => cause },
    { title: 'tenant', of: ({ tenant }) => tenant },
    { title: 'stage', of: ({ newest }) => newest.stage },
    { title: 'provider', of: ({ newest }) => newest.provider },
    { title: 'reason', of: ({ newest }) => newest.reason },
    { title: 'error', of: ({ newest }) => newest.errorClass },
    { title: 'path', of: ({ newest }) => newest.path },
    { title: 'oldest', of: ({ oldest }) => age(Date.parse(oldest.lastAt), nowMs) },
    { title: 'newest', of: ({ newest }) => age(Date.parse(newest.lastAt), nowMs) },
    { title: 'for instance', of: ({ newest }) => newest.id },
  ]);
  const parts = Object.entries(shares).map(([title, rows]) =>
    table(
      rows.filter(({ letters }) => letters > 0),
      [
        { title, of: ({ name }) => name },
        { title: 'letters', of: ({ letters }) => letters },
      ],
    ),
  );
  return [list, ...parts].join('\n\n');
}
