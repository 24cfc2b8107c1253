import {
  PmsError,
  type AccountContext,
  type Listing,
  type Listings,
  type PageEnd,
  type PageJob,
  type PagePlan,
  type ReadJob,
  type ReadPlan,
} from '@roomwire/pms-port';
import { COUNT, listRequest, mewsId, operationOf, OPERATIONS, type OperationName } from './operations.ts';
import { guid, wirePage } from './wire.ts';

/** Without the enterprise no reservation could be told: it does not name its own. */
export function readRequest({ kind, entities }: ReadJob, { account }: AccountContext): ReadPlan {
  const refused = (detail: string) => new PmsError('invalid-request', { provider: 'mews', operation: `read-${kind}`, detail });
  if (account === null) throw refused('the connection names no enterprise as its account');
  const [name, ...others] = new Set(entities.map((entity) => operationOf(kind, entity)));
  if (!name || others.length > 0) throw refused('no such kind, or ids of two kinds');
  const ids = entities.map(mewsId);
  if (!ids.every((id) => guid.safeParse(id).success)) throw refused('no such id');
  return { ...listRequest(name, { [OPERATIONS[name].ids]: ids }), ids: [...entities] };
}

const DAY_MS = 86_400_000;
/** Mews takes intervals of at most three months. */
const WINDOW_MS = 88 * DAY_MS;

type List = Listing & { name: OperationName; within: string | null };
const list = (name: OperationName, kinds: Listing['kinds'], within: string | null, changedSince = within !== null): List => ({
  ...{ name, kinds, changedSince, sinceResolutionMs: 1_000 },
  within,
});

/** `within`: the filter by which nights are asked for; null: it is read whole. */
const LISTS: readonly List[] = [
  list('enterprises', ['property'], null),
  list('reservations', ['reservation'], 'CollidingUtc'),
  list('resources', ['unit', 'unit-status', 'ticket'], null, true),
  list('resource-blocks', ['ticket'], 'CollidingUtc'),
  list('tasks', ['task'], 'DeadlineUtc', false),
];

export const listings: Listings = { lists: LISTS, pageRequest, pageEnd };

/** An interval after the other, each to its last page. The cursor has the interval's begin, and the id that the page before ended with. */
function pageRequest(job: PageJob, { account }: AccountContext): PagePlan {
  const { name, within } = listOf(job);
  const { from, id } = placeOf(job);
  const filter = job.since === null ? within : 'UpdatedUtc';
  const until = Math.min(from + WINDOW_MS, endOf(job));
  const interval = filter && { [filter]: { StartUtc: instant(from), EndUtc: instant(Math.max(until, from + DAY_MS)) } };
  return listRequest(name, { ...interval, ...(account === null ? {} : { EnterpriseIds: [account] }) }, id);
}

function pageEnd(job: PageJob, body: unknown): PageEnd {
  const { name, within } = listOf(job);
  const page = wirePage.safeParse(body);
  const items = (body as Record<string, unknown> | null | undefined)?.[OPERATIONS[name].list];
  if (!page.success || !Array.isArray(items))
    throw new PmsError('malformed-answer', { provider: 'mews', operation: `page-${name}` });
  const { from } = placeOf(job);
  const { Cursor } = page.data;
  if (Cursor && items.length >= COUNT) return { next: `${from}.${Cursor}`, items: items.length };
  const next = from + WINDOW_MS;
  const isWhole = job.since === null && within === null;
  return { next: isWhole || next >= endOf(job) ? null : `${next}.`, items: items.length };
}

function placeOf(job: PageJob): { from: number; id: string | undefined } {
  if (job.cursor === null) return { from: job.since ?? Date.parse(job.nights.from) - DAY_MS, id: undefined };
  const [, from, id] = /^(\d{1,14})\.(.*)$/s.exec(job.cursor) ?? [];
  if (!from || (id && !guid.safeParse(id).success))
    throw new PmsError('invalid-request', { provider: 'mews', operation: `page-${job.list}`, detail: 'no cursor of ours' });
  return { from: Number(from), id: id || undefined };
}

/** A day more, for zones and clocks. Nothing was changed after the reading began; where nobody knows when, not after the nights that matter. */
function endOf({ since, startedAt, nights }: PageJob): number {
  const end = since !== null && startedAt !== undefined ? startedAt : Date.parse(nights.until) + DAY_MS;
  return end + DAY_MS;
}

function listOf({ list: name }: PageJob): List {
  const found = LISTS.find((each) => each.name === name);
  if (!found) throw new PmsError('invalid-request', { provider: 'mews', operation: 'page', detail: 'no such list' });
  return found;
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
