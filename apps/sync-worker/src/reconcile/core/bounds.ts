import type { Reconciling } from '@roomwire/events';

/** How long a divergence may stand until it is found, and from then until it is repaired, ms. */
export type Bounds = { foundMs: number; repairedMs: number };

/** A divergence that nobody has found can have stood for so long, ms: the last pass that has ended saw everything after its begin. */
export function unseenMs({ since, last }: Reconciling, now: number): number {
  return Math.max(0, now - (last?.startedAt ?? since));
}

/** So long the oldest that was found has not been repaired, ms; 0: there is none. */
export function unrepairedMs({ open }: Reconciling, now: number): number {
  return open.length === 0 ? 0 : Math.max(0, now - Math.min(...open.map(({ foundAt }) => foundAt)));
}

/** Which bound is exceeded. */
export function lateOf(held: Reconciling, { foundMs, repairedMs }: Bounds, now: number): Reconciling['late'] {
  if (unrepairedMs(held, now) > repairedMs) return 'repaired';
  return unseenMs(held, now) > foundMs ? 'found' : null;
}

/** A pass begins when half of the bound is over since the begin of the last: so long as it takes no longer than that, the bound holds. */
export function nextPassAt({ last }: Reconciling, { foundMs }: Bounds): number {
  return last ? last.startedAt + foundMs / 2 : 0;
}
