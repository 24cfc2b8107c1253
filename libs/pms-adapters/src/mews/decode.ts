import type { Kind } from '@roomwire/events';
import {
  anotherEntity,
  decoded,
  goneOf,
  jsonPointer,
  parseJson,
  rejected,
  rejectOf,
  together,
  type Decoded,
  type Hint,
  type RawMessage,
  type Reject,
} from '@roomwire/pms-port';
import { z } from 'zod';
import {
  blockOf,
  enterpriseOf,
  goneResource,
  hasZone,
  MAPPING,
  reservationOf,
  resourceOf,
  taskOf,
  typesOf,
  type Types,
  type Understood,
} from './mapping.ts';
import { isOperation, mewsId, OPERATIONS, type OperationName } from './operations.ts';
import {
  wireAnswer,
  wireAssignment,
  wireBlock,
  wireEnterprise,
  wireIntegration,
  wireReservation,
  wireResource,
  wireSocket,
  wireSocketEvent,
  wireTask,
  wireWebhook,
  wireWebhookEvent,
} from './wire.ts';

export function decodePush(raw: RawMessage): Decoded {
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const integration = wireIntegration.safeParse(body);
  if (integration.success) return decoded({ ignored: [`integration event ${quoted(integration.data.Action)}`] });
  return typeof body === 'object' && body !== null && 'EnterpriseId' in body ? decodeWebhook(raw, body) : decodeSocket(body);
}

/** By Mews' word for what happened. Messages cannot be read by their ids; customers and payments are no entities of ours. */
const WEBHOOK: Readonly<Record<string, Kind>> = {
  ServiceOrderUpdated: 'reservation',
  ResourceUpdated: 'unit-status',
  ResourceBlockUpdated: 'ticket',
};
const SOCKET: Readonly<Record<string, Kind>> = { Reservation: 'reservation', Resource: 'unit-status' };

function decodeWebhook(raw: RawMessage, body: object): Decoded {
  const webhook = wireWebhook.safeParse(body);
  if (!webhook.success) return decoded({ rejects: [rejectOf(webhook.error, body)] });
  if (raw.account !== null && webhook.data.EnterpriseId !== raw.account)
    return rejected('wrong-account', 'names another enterprise', '/EnterpriseId');
  return hintsOf(webhook.data.Events, WEBHOOK, (event) => {
    const { data, error } = wireWebhookEvent.safeParse(event);
    return data ? { what: data.Discriminator, id: data.Value.Id } : { error };
  });
}

function decodeSocket(body: unknown): Decoded {
  const message = wireSocket.safeParse(body);
  if (!message.success) return decoded({ rejects: [rejectOf(message.error, body)] });
  return hintsOf(message.data.Events, SOCKET, (event) => {
    const { data, error } = wireSocketEvent.safeParse(event);
    return data ? { what: data.Type, id: data.Id } : { error };
  });
}

type Event = { what: string; id: string } | { error: Parameters<typeof rejectOf>[0] };

/** Hundreds of events, each to be read; the bad ones do not spoil the others. */
function hintsOf(events: readonly unknown[], kinds: Readonly<Record<string, Kind>>, read: (event: unknown) => Event): Decoded {
  const hints: Hint[] = [];
  const rejects: Reject[] = [];
  const ignored = new Set(events.length === 0 ? ['no events'] : []);
  events.forEach((value, index) => {
    const event = read(value);
    if ('error' in event) return void rejects.push(rejectOf(event.error, value, ['Events', index]));
    const kind = Object.hasOwn(kinds, event.what) ? kinds[event.what] : undefined;
    if (kind) hints.push({ kind, entity: event.id, reason: 'hint' });
    else ignored.add(`event ${quoted(event.what)}`);
  });
  return decoded({ hints, rejects, ignored: [...ignored] });
}

function quoted(word: string): string {
  return JSON.stringify(word.slice(0, 64).toWellFormed());
}

type Understand = (raw: RawMessage, item: unknown, types: Types) => Item;
/** `id` undefined: of what it is, nobody knows. */
type Item = { id?: string; decoded: Decoded };
type Path = readonly PropertyKey[];

const ITEMS: Record<OperationName, (path: Path) => Understand> = {
  enterprises: (path) => listed(path, wireEnterprise, enterpriseOf),
  reservations: (path) => listed(path, wireReservation, reservationOf),
  resources: (path) => listed(path, wireResource, resourceOf),
  'resource-blocks': (path) => listed(path, wireBlock, blockOf),
  tasks: (path) => listed(path, wireTask, taskOf),
};
const answerOf = (list: string) => wireAnswer.extend({ [list]: z.array(z.unknown()) });
/** Made once: to make one takes longer than to read an answer by it. */
const ANSWERS = new Map(Object.entries(OPERATIONS).map(([operation, { list }]) => [operation, answerOf(list)]));
/** Those that tell dates of the house. */
const ZONED: ReadonlySet<OperationName> = new Set(['reservations', 'resource-blocks']);

/** The answer to a read, by ids or of a page: a list, whatever was asked. */
export function decodeAnswer(raw: RawMessage): Decoded {
  if (raw.context.via !== 'read') return decoded({});
  const { operation, status } = raw.context.read;
  if (!isOperation(operation)) return rejected('unreadable-answer', 'an operation of another time');
  if (status < 200 || status > 299) return rejected('unreadable-answer', 'no success, and nothing that was asked for');
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const { list } = OPERATIONS[operation];
  const answer = ANSWERS.get(operation)!.safeParse(body);
  if (!answer.success) return decoded({ rejects: [{ ...rejectOf(answer.error, body), reason: 'unreadable-answer' }] });
  const { types, rejects } = typesIn(answer.data.ResourceCategoryAssignments);
  const items = (answer.data[list] as unknown[]).map((item, index) => ITEMS[operation]([list, index])(raw, item, types));
  const zone = items.length > 0 && ZONED.has(operation) && !hasZone(raw) ? [NO_ZONE(list)] : [];
  return together([
    ...asked(raw, items, list),
    decoded({ rejects }),
    ...zone,
    ...(items.length === 0 ? [decoded({ ignored: ['an empty list'] })] : []),
  ]);
}

/** One that cannot be read spoils no other; whose type it is nobody knows then. */
function typesIn(told: readonly unknown[] | null | undefined): { types: Types; rejects: Reject[] } {
  if (!told) return { types: told, rejects: [] };
  const parsed = told.map((each) => wireAssignment.safeParse(each));
  const rejects = parsed.flatMap(({ error }, index) =>
    error ? [rejectOf(error, told[index], ['ResourceCategoryAssignments', index])] : [],
  );
  return {
    types: typesOf(
      parsed.flatMap(({ data }) => (data ? [data] : [])),
      rejects.length === 0,
    ),
    rejects,
  };
}

/** One for all of them: the connection lacks it, not the items. */
const NO_ZONE = (list: string): Decoded => rejected('no-zone', 'the connection says no zone', jsonPointer([list]));

function listed<W extends { Id: string; EnterpriseId?: string | null | undefined }>(
  path: Path,
  wire: z.ZodType<W>,
  tell: (raw: RawMessage, item: W, types: Types) => Understood,
): Understand {
  return (raw, value, types) => {
    const parsed = wire.safeParse(value);
    if (!parsed.success) return { decoded: decoded({ rejects: [rejectOf(parsed.error, value, path)] }) };
    const { Id, EnterpriseId } = parsed.data;
    const at = (key: string) => jsonPointer([...path, key]);
    if (raw.account !== null && EnterpriseId && EnterpriseId !== raw.account)
      return { decoded: rejected('wrong-account', 'of another enterprise', at('EnterpriseId')) };
    const { tellings, hints = [], problem } = tell(raw, parsed.data, types);
    const rejects = problem ? [{ reason: problem.reason, pointer: at(problem.key), detail: problem.detail }] : [];
    return { id: Id, decoded: decoded({ tellings: tellings.filter((telling) => telling !== undefined), hints, rejects }) };
  };
}

/**
 * What was asked for by ids and is not in the answer is gone: nothing was filtered, and nothing is on another page. Not so where an
 * item could not be read, or is none that was asked for: it may be the one that seems to lack.
 */
function asked(raw: RawMessage, items: readonly Item[], list: string): Decoded[] {
  const read = raw.context.via === 'read' ? raw.context.read : undefined;
  if (!read?.ids) return items.map((item) => item.decoded);
  const ids = new Map(read.ids.map((entity) => [mewsId(entity), entity]));
  const isForeign = ({ id }: Item) => id !== undefined && !ids.has(id);
  const first = items.findIndex(isForeign);
  if (first >= 0) {
    const others = items.filter((item) => !isForeign(item)).map((item) => item.decoded);
    return [...others, anotherEntity([list, first, 'Id'])];
  }
  const known = new Set(items.map(({ id }) => id));
  const missing = known.has(undefined) ? [] : [...ids].filter(([id]) => !known.has(id));
  const gone = missing.flatMap(([id, entity]) =>
    read.operation === 'resources' ? goneResource(raw, read, id) : goneOf(raw, read, entity, MAPPING),
  );
  return [...items.map((item) => item.decoded), decoded({ tellings: gone })];
}
