/** Hostaway's own cleaning task, which its automation makes for every stay; nobody pushes it, it must be polled. */
export type Cleaning = {
  id: number;
  reservationId: number;
  status: 'pending' | 'confirmed' | 'inProgress' | 'completed' | 'cancelled';
  startedAt: number | null;
  completedAt: number | null;
};

/** What the housekeeping app beside Hostaway knows of a door, and pushes. */
export const UNIT_STATES = ['dirty', 'cleaning', 'clean', 'inspected'] as const;
export type UnitState = (typeof UNIT_STATES)[number];

/** `unit`: which door, as `doorOf` names it. */
export type UnitStatus = {
  unit: string;
  listingId: number;
  status: UnitState;
  /** Not to be let, where the provider's housekeeping says so in the state itself. */
  outOf: 'service' | 'order' | null;
  modifiedAt: number;
  by: string;
};

export const WORK_TYPES = ['cleaning', 'maintenance', 'other'] as const;
export const WORK_STATES = ['open', 'in-progress', 'done', 'cancelled'] as const;
export type Work = {
  id: string;
  unit: string;
  listingId: number;
  type: (typeof WORK_TYPES)[number];
  status: (typeof WORK_STATES)[number];
  title: string;
  /** An instant, RFC 3339. */
  due: string | null;
  /** What it is about, where somebody said so. */
  reservationId: number | null;
  notes: string;
  openedAt: number;
  modifiedAt: number;
  by: string;
};

export type Ticket = {
  id: string;
  unit: string;
  listingId: number;
  title: string;
  status: 'open' | 'closed';
  outOfOrder: boolean;
  /** "YYYY-MM-DD" */
  from: string | null;
  until: string | null;
  /** The place is taken out of what can be let, in terms of a hotel; null = only something to be seen to. */
  block: 'out-of-order' | 'internal-use' | null;
  startAt: number | null;
  endAt: number | null;
  notes: string;
  openedAt: number;
  modifiedAt: number;
  by: string;
};

/** dirty → cleaning → clean → inspected → dirty again after the next guest. */
export const stateAfter = (status: UnitState): UnitState =>
  UNIT_STATES[(UNIT_STATES.indexOf(status) + 1) % UNIT_STATES.length] as UnitState;
