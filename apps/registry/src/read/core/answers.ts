import {
  catalogId,
  conflictState,
  connectionId,
  entityId,
  facetNames,
  facetSchema,
  facetState,
  localTime,
  recordSchema,
  roomState,
  type EntityRecord,
  type Kind,
} from '@roomwire/events';
import { z } from 'zod';

/** Schemas that the description of the API calls by name. */
export const named = z.registry<{ id: string; description?: string }>();

const revision = z.int().min(0).describe('counted per entity: raised by every change that readers are told of');
const place = {
  property: catalogId.nullable().describe("Roomwire's id of the property; null while the catalogue does not know it"),
  units: z.array(catalogId).describe('the units that it touches'),
};
const sources = z.array(z.strictObject({ connection: connectionId, entity: entityId })).describe('what providers call it');

export const property = z.strictObject({
  property: catalogId,
  name: z.string().nullable().describe('null until a provider has told it'),
  timeZone: z.string(),
  checkIn: localTime,
  checkOut: localTime,
  units: z.array(catalogId),
  sources,
});

export const unit = z.strictObject({ unit: catalogId, property: catalogId, name: z.string(), sources });

export const room = roomState.extend({ revision });
export const conflict = conflictState.extend({ revision });

const flags = {
  ambiguous: z.boolean().describe('told in two ways under one stamp: a read will settle it'),
  gone: z.boolean().describe('the provider no longer has it'),
  revision,
  ...place,
};
export const record = z.strictObject({ record: recordSchema, ...flags });
export type RecordAnswer = Omit<z.infer<typeof record>, 'record'> & { record: EntityRecord };

/** The record of a kind with its facets by name: a reader of the description sees what they hold. */
const recordOf = (kind: Kind) =>
  z.strictObject({
    kind: z.literal(kind),
    connection: connectionId,
    entity: entityId,
    facets: z.strictObject(
      Object.fromEntries(
        facetNames(kind).map((name) => [name, facetState.extend({ content: facetSchema(kind, name)! }).optional()]),
      ),
    ),
  });
export const reservation = z.strictObject({ record: recordOf('reservation'), ...flags });

const heard = {
  type: z.string().describe('roomwire.<kind>.changed, .confirmed or .gone; of a conflict its status'),
  time: z.iso.datetime().describe("the provider's clock; of what is derived, Redis'"),
  receivedAt: z.iso.datetime().describe('when the bytes that brought it about arrived'),
  receipt: z.string().optional(),
  changed: z
    .array(z.string())
    .nullable()
    .describe('names of the facets, or fields, that say something else than in the message before; null: it is not kept'),
};
export type Heard = z.infer<z.ZodObject<typeof heard>>;
export const pastRecord = z.strictObject({ ...heard, ...record.shape });
export type PastRecord = Omit<z.infer<typeof pastRecord>, 'record'> & { record: EntityRecord };
export const history = z.strictObject({ items: z.array(pastRecord) });
export const pastRoom = z.strictObject({ ...heard, ...room.shape });
export const roomHistory = z.strictObject({ items: z.array(pastRoom) });
export const pastConflict = z.strictObject({ ...heard, ...conflict.shape });
export const conflictHistory = z.strictObject({ items: z.array(pastConflict) });

export const listOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({
    items: z.array(item),
    next: z.string().nullable().describe('the cursor of what follows; null: nothing does'),
  });

/** RFC 9457. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe('a closed set; programs act upon it'),
  errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
});

named.add(property, { id: 'Property' });
named.add(unit, { id: 'Unit' });
named.add(room, { id: 'Room' });
named.add(record, { id: 'Record' });
named.add(reservation, { id: 'Reservation' });
named.add(pastRecord, { id: 'PastRecord' });
named.add(history, { id: 'History' });
named.add(pastRoom, { id: 'PastRoom' });
named.add(roomHistory, { id: 'RoomHistory' });
named.add(conflict, { id: 'Conflict' });
named.add(pastConflict, { id: 'PastConflict' });
named.add(conflictHistory, { id: 'ConflictHistory' });
named.add(problem, { id: 'Problem' });
