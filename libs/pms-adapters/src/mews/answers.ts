import {
  decoded,
  goneOf,
  jsonPointer,
  parseJson,
  rejected,
  rejectOf,
  together,
  type Decoded,
  type RawMessage,
  type Reject,
} from '@roomwire/pms-port';
import { z } from 'zod';
import {
  blockOf,
  enterpriseOf,
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
import { wireAnswer, wireAssignment, wireBlock, wireEnterprise, wireReservation, wireResource, wireTask } from './wire.ts';

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
  const answer = wireAnswer.extend({ [list]: z.array(z.unknown()) }).safeParse(body);
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
    const pointer = jsonPointer([list, first, 'Id']);
    const others = items.filter((item) => !isForeign(item)).map((item) => item.decoded);
    return [...others, rejected('unreadable-answer', 'the answer is about another entity', pointer)];
  }
  const known = new Set(items.map(({ id }) => id));
  const missing = known.has(undefined) ? [] : [...ids].filter(([id]) => !known.has(id));
  const gone = missing.map(([, entity]) => goneOf(raw, read, entity, MAPPING));
  return [...items.map((item) => item.decoded), decoded({ tellings: gone })];
}
