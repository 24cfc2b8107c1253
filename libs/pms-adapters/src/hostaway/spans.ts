const DAY_MS = 86_400_000;
/** Longer spans are a mistake of whoever asks: calendars end before. */
const NIGHTS_MAX = 1_500;

/** What becomes of a night, by the calendar's field; a field that is not there stays as it is. */
export type Change = Readonly<Record<string, number>>;
/** Nights from the first to the last, local dates, both included. */
export type Span = { from: string; until: string; change: Change };

/** The same changes without overlaps, in order of time, each as long as can be: a later one of the same night and field counts. */
export function spansOf(spans: readonly Span[]): Span[] {
  const nights = new Map<number, Change>();
  for (const { from, until, change } of spans)
    for (const night of nightsOf(from, until)) nights.set(night, { ...nights.get(night), ...change });
  const merged: Span[] = [];
  for (const [night, change] of [...nights].sort(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    const continues = last?.until === dateOf(night - DAY_MS) && isSame(last.change, change);
    if (continues) last.until = dateOf(night);
    else merged.push({ from: dateOf(night), until: dateOf(night), change });
  }
  return merged;
}

function nightsOf(from: string, until: string): number[] {
  const [first, last] = [Date.parse(from), Date.parse(until)];
  const count = (last - first) / DAY_MS + 1;
  if (!(count >= 1 && count <= NIGHTS_MAX)) throw new RangeError('no such span of nights');
  return Array.from({ length: count }, (_night, index) => first + index * DAY_MS);
}

function isSame(one: Change, other: Change): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

function dateOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
