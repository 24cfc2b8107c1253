/** From the most urgent to the least. */
export const LANES = ['live', 'push', 'poll', 'backfill'] as const;
export type Lane = (typeof LANES)[number];

type LanePlan = {
  /** What the lane is owed of all that is granted while it waits, so that no higher lane starves it. */
  share: number;
  /** Work that somebody waits for minutes or hours for: it goes at a pace, and leaves the headroom free. */
  bulk: boolean;
};

const PLANS: Record<Lane, LanePlan> = {
  live: { share: 0, bulk: false },
  push: { share: 0.1, bulk: false },
  poll: { share: 0.05, bulk: true },
  backfill: { share: 0.05, bulk: true },
};

export const SHARES: readonly number[] = LANES.map((lane) => PLANS[lane].share);

/** As the scripts count lanes. */
export const numberOf = (lane: Lane): number => LANES.indexOf(lane) + 1;
export const isBulk = (lane: Lane): boolean => PLANS[lane].bulk;
