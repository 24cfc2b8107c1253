import { headerNumber, type Usage } from '@roomwire/pms-port';

/** As they were measured, and as the documents spell them. */
const COST = ['x-request-cost', 'x-requestcost'];
const REMAINING = ['x-five-min-limit-remaining', 'x-fivemincreditlimit-remaining'];
const RESETS_IN = ['x-five-min-limit-resets-in', 'x-fivemincreditlimit-resetsin'];

/** Credits have decimals. */
export function readUsage(header: (name: string) => string | null): Usage {
  const number = (names: readonly string[]) => names.map((name) => headerNumber(header(name))).find((each) => each !== undefined);
  const [cost, remaining, seconds] = [number(COST), number(REMAINING), number(RESETS_IN)];
  return {
    ...(cost === undefined ? {} : { cost }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(seconds === undefined ? {} : { resetsInMs: seconds * 1_000 }),
  };
}
