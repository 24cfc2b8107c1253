const DAY_MS = 86_400_000;

/** Local dates, both included. */
export type Span = { from: string; until: string };

/** The dates of a span, which schemas have bounded. */
export function nightsOf({ from, until }: Span): string[] {
  const first = Date.parse(from);
  const count = (Date.parse(until) - first) / DAY_MS + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => dateOf(first + index * DAY_MS));
}

/** Nights that follow each other and bear the same become one span: the fewest there can be, in order of time. */
export function spansOf<V>(
  nights: Iterable<readonly [night: string, value: V]>,
  same: (a: V, b: V) => boolean,
): (Span & { value: V })[] {
  const merged: (Span & { value: V })[] = [];
  for (const [night, value] of [...nights].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const last = merged.at(-1);
    if (last && nightAfter(last.until) === night && same(last.value, value)) last.until = night;
    else merged.push({ from: night, until: night, value });
  }
  return merged;
}

export function nightAfter(night: string, nights = 1): string {
  return dateOf(Date.parse(night) + nights * DAY_MS);
}

/** The oldest night that is still anybody's: it is yesterday somewhere for half a day longer than here. */
export function oldestNight(nowMs: number): string {
  return dateOf(nowMs - DAY_MS);
}

function dateOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}
