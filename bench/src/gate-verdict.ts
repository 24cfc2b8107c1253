import { median } from '@roomwire/testkit';

/**
 * What a webhook's way to the client may take at most: I6, milliseconds; how many times the floor's; and what one merge may cost, as a
 * multiple of parsing its record's JSON (five times what it cost when this was written).
 */
export const LIMITS = { p99Ms: 100, timesFloor: 4, mergeToParsing: 0.6 };

/** p99 of one round, milliseconds: first the floor's, then the fleet's, in the same quarter of a minute. */
export type Pair = { floor: number; fleet: number };
export type GateVerdict = {
  outcome: 'green' | 'red' | 'inconclusive';
  p99Ms: number;
  timesFloor: number;
  mergeToParsing: number;
  reasons: string[];
};

/**
 * The median of the rounds, so that one hiccup of the machine in one of them decides nothing. A round without arrivals is NaN, which
 * is never within a limit. A floor that was too slow tells of the machine and not of the fleet: that is no green.
 */
export function gateVerdict(pairs: readonly Pair[], floorReached: boolean, mergeToParsing: number): GateVerdict {
  const p99Ms = median(pairs.map(({ fleet }) => fleet));
  const timesFloor = median(pairs.map(({ fleet, floor }) => fleet / floor));
  const reasons: string[] = [];
  if (!(p99Ms <= LIMITS.p99Ms)) reasons.push(`p99 is ${p99Ms.toFixed(1)} ms; ${LIMITS.p99Ms} ms is the limit`);
  if (!(timesFloor <= LIMITS.timesFloor))
    reasons.push(`p99 is ${timesFloor.toFixed(1)} times the floor's; ${LIMITS.timesFloor} times is the limit`);
  if (!(mergeToParsing <= LIMITS.mergeToParsing))
    reasons.push(`a merge costs ${mergeToParsing.toFixed(2)} of parsing its record; ${LIMITS.mergeToParsing} is the limit`);
  const outcome = !floorReached ? 'inconclusive' : reasons.length > 0 ? 'red' : 'green';
  return { outcome, p99Ms, timesFloor, mergeToParsing, reasons };
}
