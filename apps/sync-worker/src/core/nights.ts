const DAY_MS = 86_400_000;

/** Local dates, both included. */
export type Nights = { from: string; until: string };

/** The nights that matter. `now`: epoch ms; the others in days. */
export function nightsAround(now: number, { before, after }: { before: number; after: number }): Nights {
  const dateIn = (days: number): string => new Date(now + days * DAY_MS).toISOString().slice(0, 10);
  return { from: dateIn(-before), until: dateIn(after) };
}
