import { z } from 'zod';
import { entityId } from './ids.ts';
import { kind, type Kind } from './words.ts';

/** Local calendar date of the property, `YYYY-MM-DD`. */
export const localDate = z.iso.date();
/** Local hour of the property as `HH:MM`; the zone is the property's. */
export const localTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM');
/** An instant, RFC 3339 with offset. */
export const instant = z.iso.datetime({ offset: true });
/** Lone surrogates have no canonical JSON, so no hash. */
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => value.isWellFormed(), 'expected well-formed Unicode');
/** Minor units and ISO 4217 code: no floating point in a fact. */
const money = z.strictObject({ amountMinor: z.int(), currency: z.string().regex(/^[A-Z]{3}$/) });

export const existence = z.strictObject({ state: z.enum(['present', 'gone']) });

export const reservationStatus = z.enum([
  'inquiry',
  'tentative',
  'confirmed',
  'checked-in',
  'checked-out',
  'cancelled',
  'no-show',
  'owner',
]);
export type ReservationStatus = z.infer<typeof reservationStatus>;
/** A stay on one of these keeps the unit from others. */
export const BLOCKING: ReadonlySet<ReservationStatus> = new Set(['tentative', 'confirmed', 'checked-in', 'owner']);

const catalogueFacets = {
  property: {
    core: z.strictObject({ name: text(500), timeZone: text(64), checkIn: localTime.nullable(), checkOut: localTime.nullable() }),
  },
  'unit-type': { core: z.strictObject({ property: entityId, name: text(500), quantity: z.int().min(0) }) },
  unit: { core: z.strictObject({ property: entityId, unitType: entityId.nullable(), name: text(500) }) },
};

/**
 * A reservation's facets are finer than one `core`: providers' pushes often lack the hours and the assigned unit, and a facet
 * is only written by who carries it whole (ADR 0004). `units` empty = not assigned: the stay counts on `core.unitType`.
 */
const reservationFacets = {
  core: z.strictObject({
    status: reservationStatus,
    arrival: localDate,
    departure: localDate,
    property: entityId,
    unitType: entityId,
    channel: text(200).nullable(),
  }),
  times: z.strictObject({ checkIn: localTime.nullable(), checkOut: localTime.nullable() }),
  units: z.strictObject({ units: z.array(entityId).max(200) }),
  guest: z.strictObject({ name: text(500), adults: z.int().min(0).nullable(), children: z.int().min(0).nullable() }),
  money: z.strictObject({ total: money }),
};

const operationsFacets = {
  message: {
    core: z.strictObject({
      conversation: entityId,
      reservation: entityId.nullable(),
      direction: z.enum(['incoming', 'outgoing']),
      body: text(20_000),
      sentAt: instant.nullable(),
    }),
  },
  'unit-status': {
    core: z.strictObject({
      unit: entityId,
      status: z.enum(['dirty', 'cleaning', 'clean', 'inspected']),
      by: text(200).nullable(),
    }),
  },
  task: {
    core: z.strictObject({
      unit: entityId.nullable(),
      type: z.enum(['cleaning', 'maintenance', 'other']),
      status: z.enum(['open', 'in-progress', 'done', 'cancelled']),
      title: text(500),
      due: instant.nullable(),
    }),
  },
  ticket: {
    core: z.strictObject({
      unit: entityId,
      status: z.enum(['open', 'closed']),
      title: text(500),
      outOfOrder: z.boolean(),
      from: localDate.nullable(),
      until: localDate.nullable(),
    }),
  },
};

const availabilityNight = z.strictObject({ available: z.int().min(0), closed: z.boolean() });
const rateNight = z.strictObject({ price: money, minimumStay: z.int().min(0).nullable() });

/** The fixed facets of each kind beside `existence`. Calendars have one facet a night instead, named by its date. */
const NAMED: Record<Kind, Record<string, z.ZodType>> = {
  ...catalogueFacets,
  reservation: reservationFacets,
  ...operationsFacets,
  availability: {},
  rate: {},
};
const NIGHTLY: Partial<Record<Kind, z.ZodType>> = { availability: availabilityNight, rate: rateNight };

/** The schema of one facet's content, or undefined where the kind has no such facet. */
export function facetSchema(of: Kind, facet: string): z.ZodType | undefined {
  if (facet === 'existence') return existence;
  if (Object.hasOwn(NAMED[of], facet)) return NAMED[of][facet];
  return localDate.safeParse(facet).success ? NIGHTLY[of] : undefined;
}

/** Facet names of a kind, for documents and generators; calendars answer `<date>`. */
export function facetNames(of: Kind): string[] {
  return ['existence', ...Object.keys(NAMED[of]), ...(NIGHTLY[of] ? ['<date>'] : [])];
}

export const KINDS: readonly Kind[] = kind.options;

export type ReservationCore = z.infer<typeof reservationFacets.core>;
export type ReservationTimes = z.infer<typeof reservationFacets.times>;
export type ReservationUnits = z.infer<typeof reservationFacets.units>;
export type ReservationGuest = z.infer<typeof reservationFacets.guest>;
export type PropertyCore = z.infer<typeof catalogueFacets.property.core>;
export type UnitTypeCore = z.infer<(typeof catalogueFacets)['unit-type']['core']>;
export type UnitCore = z.infer<typeof catalogueFacets.unit.core>;
export type MessageCore = z.infer<typeof operationsFacets.message.core>;
export type AvailabilityNight = z.infer<typeof availabilityNight>;
export type RateNight = z.infer<typeof rateNight>;
export type UnitStatusCore = z.infer<(typeof operationsFacets)['unit-status']['core']>;
export type TaskCore = z.infer<typeof operationsFacets.task.core>;
export type TicketCore = z.infer<typeof operationsFacets.ticket.core>;
