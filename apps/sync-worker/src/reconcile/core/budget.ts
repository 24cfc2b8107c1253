import type { Limit } from '@roomwire/pms-port';

/** What a call is taken to cost of a limit in credits, as long as nothing else is said: as much as a permit takes at first. */
const PART_OF_LIMIT = 50;

/** Between two calls of one connection, ms, so that they are at most `share` of each of the provider's limits. */
export function stepMsOf(limits: readonly Limit[], share: number): number {
  const steps = limits.map(({ limit, windowMs, unit, dearest }) => {
    const price = unit === 'credits' ? (dearest ?? limit / PART_OF_LIMIT) : 1;
    return (windowMs * price) / limit / share;
  });
  return Math.ceil(Math.max(0, ...steps));
}
