import {
  BLOCKING,
  connectionId,
  contentHash,
  contentOf,
  encodeToken,
  entityId,
  isGone,
  localDate,
  tenantId,
  type AvailabilityNight,
  type EntityRecord,
  type PushOrder,
  type RecordChange,
  type ReservationCore,
} from '@roomwire/events';
import { z } from 'zod';
import { nightAfter, nightsOf, spansOf, type Span } from './nights.ts';
import type { Standing } from './standing.ts';

const target = { connection: connectionId, unitType: entityId };
/**
 * What a stay closes at other connections (bucket `sync`, {@link closingKey}): written before the orders are given, so that what was
 * closed for it is known for as long as it may have to be opened.
 */
export const closing = z.strictObject({
  ...{ tenant: tenantId, connection: connectionId, reservation: entityId },
  /** Of the record that this follows from. */
  revision: z.int().min(0),
  n: z.int().min(1),
  /** While the orders are owed also places that are told of no nights any more. */
  holds: z.array(z.strictObject({ ...target, spans: z.array(z.strictObject({ from: localDate, until: localDate })) })),
  /** The orders are perhaps not given yet. */
  owed: z.boolean(),
});
export type Closing = z.infer<typeof closing>;
export type Target = { connection: string; unitType: string };

/** A reservation, and which nights of which units it takes. */
export type Stay = {
  tenant: string;
  connection: string;
  reservation: string;
  revision: number;
  units: string[];
  /** Null: it takes none. */
  nights: Span | null;
  /** The night after its last one. */
  departure: string;
  lane: PushOrder['lane'];
  traceparent?: string;
};

export function closingKey({ connection, reservation }: Pick<Stay, 'connection' | 'reservation'>): string {
  return `close.${connection}.${encodeToken(reservation)}`;
}

/** Undefined where the change is of no reservation that says its dates. */
export function stayOf({ tenant, revision, lane, traceparent, data }: RecordChange): Stay | undefined {
  const { record, units } = data;
  const core = contentOf<ReservationCore>(record, 'core');
  if (record.kind !== 'reservation' || !core) return undefined;
  const takes = !isGone(record) && BLOCKING.has(core.status) && core.arrival < core.departure;
  return {
    ...{ tenant, connection: record.connection, reservation: record.entity, revision, units, departure: core.departure },
    nights: takes ? { from: core.arrival, until: nightAfter(core.departure, -1) } : null,
    // What is found by a poll or a backfill somebody may have seen already; what a webhook tells is news.
    lane: lane === 'live' ? 'critical' : 'ordinary',
    ...(traceparent ? { traceparent } : {}),
  };
}

/**
 * The nights to close: those that are offered there, as far as anybody knows, and those that we have closed ourselves. What others have
 * closed is theirs to open.
 */
export function toClose(
  nights: Span,
  oldest: string,
  calendar: (night: string) => EntityRecord | undefined,
  ours: Standing,
): Span[] {
  const isOffered = (night: string): boolean => {
    const known = contentOf<AvailabilityNight>(calendar(night), night);
    const cell = ours.cells[night];
    return known === undefined || (!known.closed && known.available > 0) || (cell?.held === true && cell.told !== undefined);
  };
  const open = nightsOf(nights).filter((night) => night >= oldest && isOffered(night));
  return spansOf(
    open.map((night) => [night, true] as const),
    () => true,
  ).map(({ from, until }) => ({ from, until }));
}

/** Whether the stay has been dealt with, at all those places. */
export function isSettled(before: Closing | undefined, stay: Stay, targets: readonly Target[]): boolean {
  if (!before) return targets.length === 0 || !stay.nights;
  const isSame = targets.length === before.holds.length && before.holds.every((hold) => targets.some((each) => isAt(hold, each)));
  return !before.owed && before.revision === stay.revision && isSame;
}

/** Every place that has heard of the stay is told anew: with nights, or with none. */
export function closingOf(before: Closing | undefined, stay: Stay, holds: Closing['holds']): Closing {
  const left = (before?.holds ?? []).filter((hold) => !holds.some((each) => isAt(hold, each)));
  const { tenant, connection, reservation, revision } = stay;
  return {
    ...{ tenant, connection, reservation, revision, n: (before?.n ?? 0) + 1, owed: true },
    holds: [...holds, ...left.map((hold) => ({ ...hold, spans: [] }))],
  };
}

function isAt(one: Target, other: Target): boolean {
  return one.connection === other.connection && one.unitType === other.unitType;
}

/** The order's name follows from what it says: given twice, it is one. */
export function orderName({ connection, reservation, n }: Closing, at: Target): string {
  return `hold-${contentHash([connection, reservation, n, at.connection, at.unitType]).slice(0, 32)}`;
}
