import {
  catalogId,
  conflictId,
  conflictKind,
  conflictStatus,
  connectionId,
  entityId,
  kind,
  localDate,
  reservationStatus,
} from '@roomwire/events';
import { z } from 'zod';
import {
  conflict,
  conflictHistory,
  history,
  listOf,
  named,
  property,
  record,
  reservation,
  room,
  roomHistory,
  unit,
} from './answers.ts';
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
const ofConflict = z.strictObject({ conflict: conflictId });
/** In one parameter, by commas. */
const several = <T extends z.ZodType>(of: T) =>
  z.preprocess((given) => (typeof given === 'string' ? given.split(',') : given), z.array(of).min(1));

const reservations = list(
  'reservations',
  reservation,
  {
    ...byProperty,
    unit: catalogId.optional().describe('only those that touch this unit'),
    connection: connectionId.optional().describe('only of this connection'),
    status: several(reservationStatus).optional().describe('only of one of these'),
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
  roomHistory: {
    path: 'rooms/:unit/history',
    summary: 'What readers were told of one unit, newest first, as far back as STATE keeps it (16 messages)',
    params: z.strictObject({ unit: catalogId }),
    query: none,
    answer: roomHistory,
  },
  reservations: {
    ...reservations,
    query: reservations.query.refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
      path: ['to'],
      error: 'expected a day that is not before "from"',
    }),
  },
  reservationHistory: {
    path: 'reservations/:connection/:entity/history',
    summary: 'What readers were told of one reservation, newest first, as far back as STATE keeps it (16 messages)',
    params: z.strictObject({ connection: connectionId, entity: entityId }),
    query: none,
    answer: history,
  },
  conflicts: list(
    'conflicts',
    conflict,
    {
      status: several(conflictStatus).default(['checking', 'open']).describe('only in one of these'),
      kind: several(conflictKind).optional().describe('only of one of these'),
      ...byProperty,
      unit: catalogId.optional().describe('only of this unit'),
      unitType: catalogId.optional().describe('only of this unit type of several doors'),
    },
    'Conflicts: facts that cannot all be true, or cannot all be had. A page may be short, or empty, with more to follow',
  ),
  conflict: {
    path: 'conflicts/:conflict',
    summary: 'One conflict, also one that is over',
    params: ofConflict,
    query: none,
    answer: conflict,
  },
  conflictHistory: {
    path: 'conflicts/:conflict/history',
    summary: 'What readers were told of one conflict, newest first, as far back as STATE keeps it (16 messages)',
    params: ofConflict,
    query: none,
    answer: conflictHistory,
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
