import { catalogId, connectionId, entityId, kind, localDate, reservationStatus } from '@roomwire/events';
import { z } from 'zod';
import { history, listOf, named, property, record, reservation, room, unit } from './answers.ts';
import { placeIn } from './cursor.ts';

/** One GET: where it is, what it may be asked, what it answers. The requests are parsed by it and the description is made of it. */
export type Operation = {
  /** Under `/v1/`, parameters as `:name`. */
  path: string;
  summary: string;
  params: z.ZodObject;
  query: z.ZodObject;
  /** Registered in {@link named}. */
  answer: z.ZodType;
};

const none = z.strictObject({});
const byProperty = { property: catalogId.optional().describe('only of this property') };

const paging = (list: string) => ({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('the most items that one answer may have'),
  cursor: z
    .string()
    .max(2000)
    .refine((cursor) => placeIn(list, cursor) !== undefined, `expected the "next" of an earlier answer of /v1/${list}`)
    .optional()
    .describe('the `next` of the answer before'),
});

/** A list needs a line here, one in the controller, and the method that reads it. */
function list<T extends z.ZodType, F extends z.core.$ZodLooseShape>(path: string, item: T, filters: F, summary: string) {
  const answer = listOf(item);
  named.add(answer, { id: `${path.charAt(0).toUpperCase()}${path.slice(1)}` });
  return { path, summary, params: none, query: z.strictObject({ ...paging(path), ...filters }), answer };
}

const ofRecord = z.strictObject({ kind, connection: connectionId, entity: entityId });
const statuses = z
  .preprocess((given) => (typeof given === 'string' ? given.split(',') : given), z.array(reservationStatus).min(1))
  .optional()
  .describe('only of one of these');

const reservations = list(
  'reservations',
  reservation,
  {
    ...byProperty,
    unit: catalogId.optional().describe('only those that touch this unit'),
    connection: connectionId.optional().describe('only of this connection'),
    status: statuses,
    from: localDate.optional().describe('only stays that depart on this day or later'),
    to: localDate.optional().describe('only stays that arrive on this day or earlier'),
  },
  'Reservations, past and cancelled ones too, by connection and id. A page may be short, or empty, with more to follow',
);

export const OPERATIONS = {
  properties: list('properties', property, {}, 'Properties'),
  units: list('units', unit, byProperty, 'Units: doors, with what providers call them'),
  rooms: list('rooms', room, byProperty, 'The state of each unit now'),
  room: {
    path: 'rooms/:unit',
    summary: 'The state of one unit now',
    params: z.strictObject({ unit: catalogId }),
    query: none,
    answer: room,
  },
  reservations: {
    ...reservations,
    query: reservations.query.refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
      path: ['to'],
      error: 'expected a day that is not before "from"',
    }),
  },
  record: {
    path: 'records/:kind/:connection/:entity',
    summary: 'What is held of one entity',
    params: ofRecord,
    query: none,
    answer: record,
  },
  history: {
    path: 'records/:kind/:connection/:entity/history',
    summary: 'What readers were told of one entity, newest first, as far back as STATE keeps it (16 messages)',
    params: ofRecord,
    query: none,
    answer: history,
  },
} as const satisfies Record<string, Operation>;

export type Asked<O extends Operation> = z.output<O['params']> & z.output<O['query']>;
export type Answer<O extends Operation> = z.output<O['answer']>;
