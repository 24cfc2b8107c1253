import { z } from 'zod';
import { contentHash } from './canonical.ts';
import { localDate, reservationStatus } from './facets.ts';
import { catalogId, conflictId, connectionId, entityId, placeId } from './ids.ts';
import type { Pipeline } from './words.ts';

/**
 * `overlap`: stays that claim the same nights of one unit. `overbooked`: more of them than a unit type has doors. `availability`: a
 * calendar offers what stays have taken. `price`: two connections ask different prices for the same nights. `message`: one message of
 * a guest under two ids.
 */
export const conflictKind = z.enum(['overlap', 'overbooked', 'availability', 'price', 'message']);
export type ConflictKind = z.infer<typeof conflictKind>;

/**
 * `checking`: the sides are read again first. `open`: somebody has to look. `dismissed`, `chosen`: somebody has, and found that it is
 * none, or that one side counts; either holds until a side changes.
 */
export const conflictStatus = z.enum(['checking', 'open', 'dismissed', 'chosen', 'resolved']);
export type ConflictStatus = z.infer<typeof conflictStatus>;

/** What contradicts another; ids are the provider's. */
const side = z.discriminatedUnion('what', [
  z.strictObject({
    what: z.literal('reservation'),
    connection: connectionId,
    reservation: entityId,
    status: reservationStatus,
    arrival: localDate,
    departure: localDate,
    guest: z.string().nullable(),
  }),
  /** The most that is offered in one of the nights. */
  z.strictObject({
    what: z.literal('availability'),
    connection: connectionId,
    unitType: entityId,
    available: z.int().min(0),
  }),
  /** The lowest and the highest price of the nights, in minor units. */
  z.strictObject({
    what: z.literal('rate'),
    connection: connectionId,
    unitType: entityId,
    currency: z.string().length(3),
    lowestMinor: z.int(),
    highestMinor: z.int(),
  }),
  z.strictObject({
    what: z.literal('message'),
    connection: connectionId,
    message: entityId,
    reservation: entityId.nullable(),
    sentAt: z.iso.datetime({ offset: true }).nullable(),
  }),
]);
export type ConflictSide = z.infer<typeof side>;

/** Which side: ids are unique per kind and connection only. */
export const sideId = z.strictObject({
  what: z.enum(['reservation', 'availability', 'rate', 'message']),
  connection: connectionId,
  entity: entityId,
});
export type SideId = z.infer<typeof sideId>;

/** Facts that cannot all be true, or cannot all be had. */
export const conflictState = z.strictObject({
  id: conflictId,
  kind: conflictKind,
  status: conflictStatus,
  /** Null where what contradicts itself stands in no house. */
  property: catalogId.nullable(),
  /** Of an overlap, and of what is sold as one door. */
  unit: catalogId.nullable(),
  /** Of what is sold as several doors. */
  unitType: catalogId.nullable(),
  /** Whose derivation tells it: a unit's, or that of a shelf. */
  place: placeId,
  /** The nights that are contested lie from one to the other, both included; each by the date of its evening. Null: it is not about nights. */
  firstNight: localDate.nullable(),
  lastNight: localDate.nullable(),
  sides: z.array(side),
  /** The side that counts, of a conflict that is `chosen`. */
  chosen: sideId.optional(),
  /** The last time that somebody had the sides read again: asked for at one instant by his clock, begun at another by Redis'. */
  reread: z
    .strictObject({
      asked: z.iso.datetime(),
      since: z.iso.datetime(),
      /** Those that can be read. */
      sides: z.array(sideId),
    })
    .optional(),
  /** When it was seen first, by Redis' clock. */
  since: z.iso.datetime(),
});
export type ConflictState = z.infer<typeof conflictState>;

export const PIPELINE_OF_CONFLICT: Record<ConflictKind, Pipeline> = {
  overlap: 'booking',
  overbooked: 'booking',
  availability: 'availability',
  price: 'pricing',
  message: 'messaging',
};

/** The same contradiction has the same id from every replica, however often it comes and goes. `key`: its first night, or what it is about. */
export function conflictIdOf(kind: ConflictKind, place: string, key: string): string {
  return `c-${contentHash([kind, place, key]).slice(0, 12)}`;
}

/** What a decision about a conflict was made of: any other sides are another question. */
export function sidesHash(sides: readonly ConflictSide[]): string {
  return contentHash(sides);
}

export function sideIdOf(of: ConflictSide): SideId {
  const entity = of.what === 'reservation' ? of.reservation : of.what === 'message' ? of.message : of.unitType;
  return { what: of.what, connection: of.connection, entity };
}

export function isSide(id: SideId, of: ConflictSide): boolean {
  const { what, connection, entity } = sideIdOf(of);
  return what === id.what && connection === id.connection && entity === id.entity;
}

/** A side in a few characters, in the provider's words: `hostaway-1/4711`. */
export function sideName(of: ConflictSide | SideId): string {
  const { connection, entity } = 'entity' in of ? of : sideIdOf(of);
  return `${connection}/${entity}`;
}
