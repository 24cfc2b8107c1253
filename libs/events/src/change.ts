import { z } from 'zod';
import { cloudEventFields, microsToInstant } from './event.ts';
import { conflictState, PIPELINE_OF_CONFLICT, type ConflictState } from './conflict.ts';
import { catalogId, conflictId, connectionId, type ProviderId } from './ids.ts';
import { isAmbiguous, isGone, modifiedAtOf, recordSchema, type EntityRecord } from './record.ts';
import { localDate, reservationStatus } from './facets.ts';
import { PIPELINE_OF, type Lane, type Pipeline } from './words.ts';

const extensions = { revision: z.int().min(1), receipt: z.string().max(64).optional() };
const previous = z.strictObject({ property: catalogId.nullable(), units: z.array(catalogId) });
/** Where a record stands in the catalogue: what a client filters by. */
const place = { property: catalogId.nullable(), units: z.array(catalogId) };

/** An announced record: the whole of it, so that a reader who misses one is made right by the next. */
export const recordChange = z.strictObject({
  ...cloudEventFields,
  ...extensions,
  data: z.strictObject({ record: recordSchema, ambiguous: z.boolean(), ...place, previous: previous.optional() }),
});

const stay = z.strictObject({
  reservation: z.string(),
  connection: connectionId,
  status: reservationStatus,
  arrival: localDate,
  departure: localDate,
  /** RFC 3339 in UTC, from the stay's own hour or the property's. */
  arrivesAt: z.iso.datetime(),
  departsAt: z.iso.datetime(),
  guest: z.string().nullable(),
});
export type RoomStay = z.infer<typeof stay>;

/** What staff look at: the state of one unit, now. */
export const roomState = z.strictObject({
  property: catalogId,
  unit: catalogId,
  name: z.string(),
  timeZone: z.string(),
  asOf: z.iso.datetime(),
  occupancy: z.strictObject({
    state: z.enum(['vacant', 'due-in', 'occupied', 'due-out']),
    /** `reported`: a provider said so. `scheduled`: the hour says so, nobody has. */
    basis: z.enum(['reported', 'scheduled']),
  }),
  current: stay.nullable(),
  next: stay.nullable(),
  lateCheckout: z.boolean(),
  earlyArrival: z.boolean(),
  housekeeping: z.strictObject({
    status: z.enum(['dirty', 'cleaning', 'clean', 'inspected', 'unknown']),
    openTasks: z.int().min(0),
  }),
  maintenance: z.strictObject({ outOfOrder: z.boolean(), openTickets: z.int().min(0) }),
  /** Some fact behind this picture is told in two ways. */
  ambiguous: z.boolean(),
  /** Ids of conflicts that nobody has settled. What earlier releases announced has none. */
  conflicts: z.array(conflictId).default([]),
  freshness: z.strictObject({
    verifiedAt: z.iso.datetime().nullable(),
    connection: connectionId.nullable(),
    suspect: z.array(connectionId),
  }),
  /** When the picture changes by itself: an arrival or departure hour passes. Null: never. */
  validUntil: z.iso.datetime().nullable(),
});
export type RoomState = z.infer<typeof roomState>;

export const roomChange = z.strictObject({
  ...cloudEventFields,
  ...extensions,
  data: roomState,
});
export type RoomChange = z.infer<typeof roomChange>;

export const conflictChange = z.strictObject({ ...cloudEventFields, ...extensions, data: conflictState });
export type ConflictChange = z.infer<typeof conflictChange>;

export type Place = { property: string | null; units: string[] };
export type RecordChange = Omit<z.infer<typeof recordChange>, 'data'> & {
  data: { record: EntityRecord; ambiguous: boolean; previous?: Place } & Place;
};
export type Change = RecordChange | RoomChange | ConflictChange;
export const change = z.union([recordChange, roomChange, conflictChange]);

/** What brought the change about. */
export type Cause = {
  tenant: string;
  provider: ProviderId;
  lane: Lane;
  receivedAt: string;
  receipt?: string;
  traceparent?: string;
};

export function recordChangeId(record: EntityRecord, revision: number): string {
  return `ch:${record.kind}/${record.connection}/${record.entity}:${revision}`;
}

export function recordChangeOf(
  record: EntityRecord,
  revision: number,
  place: Place,
  cause: Cause,
  opts: { confirmed: boolean; previous?: Place },
): RecordChange {
  const verb = isGone(record) ? 'gone' : opts.confirmed ? 'confirmed' : 'changed';
  return {
    ...envelope(cause, PIPELINE_OF[record.kind], revision),
    id: recordChangeId(record, revision),
    source: `/pms/${cause.provider}/${record.connection}`,
    type: `roomwire.${record.kind}.${verb}`,
    subject: `${record.kind}/${record.entity}`,
    time: microsToInstant(modifiedAtOf(record)),
    data: { record, ambiguous: isAmbiguous(record), ...place, ...(opts.previous ? { previous: opts.previous } : {}) },
  };
}

export function roomChangeId(unit: string, revision: number): string {
  return `ch:room/${unit}:${revision}`;
}

/** `isGone`: nothing stands on the unit any more, since it was linked to another. */
export function roomChangeOf(room: RoomState, revision: number, pipeline: Pipeline, cause: Cause, isGone = false): RoomChange {
  return {
    ...envelope(cause, pipeline, revision),
    id: roomChangeId(room.unit, revision),
    source: '/roomwire/registry',
    type: `roomwire.room.${isGone ? 'gone' : 'changed'}`,
    subject: `room/${room.unit}`,
    time: room.asOf,
    data: room,
  };
}

export function conflictChangeOf(conflict: ConflictState, revision: number, cause: Cause): ConflictChange {
  return {
    ...envelope(cause, PIPELINE_OF_CONFLICT[conflict.kind], revision),
    id: `ch:conflict/${conflict.id}:${revision}`,
    source: '/roomwire/registry',
    type: `roomwire.conflict.${conflict.status}`,
    subject: `conflict/${conflict.id}`,
    time: conflict.since,
    data: conflict,
  };
}

function envelope(cause: Cause, pipeline: Pipeline, revision: number) {
  return {
    specversion: '1.0' as const,
    datacontenttype: 'application/json' as const,
    tenant: cause.tenant,
    pipeline,
    lane: cause.lane,
    receivedat: cause.receivedAt,
    revision,
    ...(cause.receipt ? { receipt: cause.receipt } : {}),
    ...(cause.traceparent ? { traceparent: cause.traceparent } : {}),
  };
}
