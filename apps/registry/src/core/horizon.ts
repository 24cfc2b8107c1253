import {
  contentOf,
  isGone,
  type ConflictState,
  type EntityRecord,
  type Kind,
  type ReservationCore,
  type TaskCore,
  type TicketCore,
} from '@roomwire/events';

const DAY_MS = 86_400_000;
/**
 * What was stamped more recently than this is kept, however long ago its nights were: a departure that was corrected from 2031 to
 * 2021 must be remembered while the older telling can still be on its way. Work queues and providers' repeats end within days.
 */
const QUIET_MS = 30 * DAY_MS;

/** Instants in epoch ms: what ended before the one, and was stamped before the other, is over for good. */
export type Horizon = { endedBefore: number; stampedBefore: number };

export function horizonAt(nowMs: number, days: number): Horizon {
  const keptMs = days * DAY_MS;
  return { endedBefore: nowMs - keptMs, stampedBefore: nowMs - Math.min(QUIET_MS, keptMs) };
}

/** Of the other kinds the latest state is the truth for ever. */
export const ENDING: readonly Kind[] = ['reservation', 'availability', 'rate', 'message', 'task', 'ticket'];

/** Epoch ms at which the entity is over by these facets; `lasts` = not yet or never; `unsaid` = they do not tell. */
export type End = number | 'lasts' | 'unsaid';

/** In no zone later than this: dates are taken as UTC's and given two days, since a zone's day ends up to 12 hours after UTC's. */
export function endOf(record: EntityRecord): End {
  if (!ENDING.includes(record.kind)) return 'lasts';
  if (record.kind === 'availability' || record.kind === 'rate') return endOfMonth(record);
  const stamp = record.facets['core']?.version.modifiedAt;
  if (stamp === undefined) return 'unsaid';
  switch (record.kind) {
    case 'reservation':
      return afterDay(contentOf<ReservationCore>(record, 'core')!.departure);
    case 'message': {
      const sentAt = contentOf<{ sentAt: string | null }>(record, 'core')!.sentAt;
      return sentAt === null ? stamp / 1000 : Date.parse(sentAt);
    }
    default:
      return isClosed(record) ? stamp / 1000 : 'lasts';
  }
}

/**
 * A telling that lies wholly past the horizon: it is not worth beginning a record with. Its own facets must say so. What tells only a
 * guest's name may belong to a stay that is still to come and whose dates are on their way.
 */
export function isPastTelling(told: EntityRecord, { endedBefore, stampedBefore }: Horizon): boolean {
  const end = endOf(told);
  return typeof end === 'number' && end < endedBefore && stampOf(told) < stampedBefore;
}

/**
 * A record that nothing can need any more, tombstones too. Two that are past are past together, so what is forgotten cannot come back
 * by telling it again. A record that does not say when it ends stands nowhere; it goes when nobody has told of it for as long.
 * `heardAt`: when the bytes of its last writing arrived, epoch ms.
 */
export function isPastRecord(record: EntityRecord, heardAt: number, horizon: Horizon): boolean {
  return endOf(record) === 'unsaid' ? heardAt < horizon.endedBefore : isPastTelling(record, horizon);
}

/**
 * A conflict that is over, of facts that are past. It cannot come back: what would contradict itself again is refused at the door, or
 * has kept its record from being past.
 */
export function isPastConflict({ status, lastNight, since, sides }: ConflictState, horizon: Horizon): boolean {
  const sentAt = sides.flatMap((side) => (side.what === 'message' && side.sentAt !== null ? [Date.parse(side.sentAt)] : []));
  const seenAt = Date.parse(since);
  const end = lastNight === null ? Math.max(seenAt, ...sentAt) : afterDay(lastNight);
  return status === 'resolved' && end < horizon.endedBefore && seenAt < horizon.stampedBefore;
}

/** Newest stamp, epoch ms. That somebody has looked whether it exists is no news of it. */
function stampOf({ facets }: EntityRecord): number {
  const stamps = Object.entries(facets).map(([name, { version }]) => (name === 'existence' ? 0 : version.modifiedAt));
  return Math.max(0, ...stamps) / 1000;
}

function isClosed(record: EntityRecord): boolean {
  const { status } = contentOf<TaskCore | TicketCore>(record, 'core')!;
  return isGone(record) || status === 'done' || status === 'cancelled' || status === 'closed';
}

/** Any night of a month stands for the month: a page may tell only its first days. */
function endOfMonth({ facets }: EntityRecord): End {
  const nights = Object.keys(facets).filter((name) => name !== 'existence');
  if (nights.length === 0) return 'unsaid';
  const [year, month] = nights.sort().at(-1)!.split('-').map(Number) as [number, number];
  // Day 0 of the next month is the last of this one.
  return afterDay(new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10));
}

const afterDay = (date: string): number => Date.parse(date) + 2 * DAY_MS;
