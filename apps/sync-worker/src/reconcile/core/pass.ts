import type { CompareJob, Divergence, Kind, Reconciling, Why } from '@roomwire/events';
import type { Difference } from './difference.ts';
import type { Nights } from '../../core/nights.ts';

export type Pass = NonNullable<Reconciling['pass']>;
export type Found = { kind: Kind; entity: string; difference: Difference };

/** More are repaired as they are found, and found again by the next pass; nobody keeps a list of them. */
const OPEN_MAX = 200;
/** A provider that went back in time says so of everything; the epoch rule needs to hear it of a few. */
const OLDER_MAX = 20;

export const NONE_FOUND: Pass['found'] = { missing: 0, changed: 0, older: 0, unlisted: 0 };

export function firstOf(
  { tenant, provider, id: connection }: Pick<Reconciling, 'tenant' | 'provider'> & { id: string },
  now: number,
): Reconciling {
  return { tenant, provider, connection, since: now, dueAt: now, calls: 0, pass: null, open: [], last: null, late: null };
}

export function begun(held: Reconciling, beginning: { id: string; now: number; nights: Nights; list: string }): Reconciling {
  const { id, now, nights, list } = beginning;
  const start = { page: 0, cursor: null, asked: 1, items: 0, unread: [], found: NONE_FOUND };
  return { ...held, calls: 0, dueAt: now, pass: { id, startedAt: now, nights, list, ...start } };
}

/** The job of the page that is to be read; undefined where none is. */
export function jobOf({ tenant, provider, connection, pass }: Reconciling): CompareJob | undefined {
  if (!pass?.list) return undefined;
  const { id, page, list } = pass;
  return { tenant, provider, connection, kind: 'compare', list, lane: 'backfill', pass: id, page };
}

/** Whether a job names the page that is to be read now. */
export function isPresent(held: Reconciling | undefined, job: CompareJob): boolean {
  const { id, page, list } = held?.pass ?? {};
  return id === job.pass && page === job.page && list === job.list;
}

export type PageCompared = { next: string | null; items: number; found: readonly Found[]; hasRejects: boolean };

/** With its present page read, and after the last one of a list at the next. */
export function advanced(
  held: Reconciling,
  read: PageCompared,
  lists: readonly string[],
  at: { now: number; stepMs: number },
): Reconciling {
  const before = held.pass!;
  const isEnd = read.next === null;
  const found = remembered(held, read.found, at.now);
  const pass: Pass = {
    ...before,
    ...{ page: before.page + 1, cursor: read.next, asked: 1, items: before.items + read.items, found: found.counts },
    unread: read.hasRejects ? [...new Set([...before.unread, before.list!])] : before.unread,
    list: isEnd ? listAfter(before.list!, lists) : before.list,
  };
  return { ...held, pass, open: found.open, calls: held.calls + 1, dueAt: at.now + at.stepMs };
}

/** The list is left as it is, unread: what it would have told nobody misses. */
export function leftOut(held: Reconciling, lists: readonly string[], at: { now: number; stepMs: number }): Reconciling {
  const read = { next: null, items: 0, found: [], hasRejects: true };
  return advanced(held, read, lists, at);
}

/**
 * All lists are read, and `found` is what none of them told. What was found before this pass, and by it no more, is open no longer: unless
 * this one could not look.
 */
export function ended(held: Reconciling, found: readonly Found[], now: number): Reconciling {
  const { startedAt, page, items, unread } = held.pass!;
  const { open, counts } = remembered(held, found, now);
  const stays = unread.length > 0 ? open : open.filter(({ seenAt }) => seenAt >= startedAt);
  const last = { startedAt, endedAt: now, pages: page, items, calls: held.calls, found: counts };
  return { ...held, pass: null, open: stays, last };
}

/** The oldest that are not asked for yet, of one kind: as many as one call reads. */
export function nextToAsk({ open }: Reconciling, reads: readonly Kind[], mostOf: (kind: Kind) => number): Divergence[] {
  const waiting = open.filter(({ askedAt, why, kind }) => askedAt === null && why !== 'changed' && reads.includes(kind));
  const [first] = waiting;
  return first ? waiting.filter(({ kind }) => kind === first.kind).slice(0, mostOf(first.kind)) : [];
}

export function withAsked(held: Reconciling, asked: readonly Divergence[], at: { now: number; stepMs: number }): Reconciling {
  const names = new Set(asked.map(nameOf));
  const open = held.open.map((each) => (names.has(nameOf(each)) ? { ...each, askedAt: at.now } : each));
  return { ...held, open, calls: held.calls + 1, dueAt: at.now + at.stepMs };
}

export const nameOf = ({ kind, entity }: { kind: Kind; entity: string }): string => `${kind}/${entity}`;

/** What is found again has stood since it was found first, and is asked for again. */
function remembered(
  { pass, open }: Reconciling,
  found: readonly Found[],
  now: number,
): { open: Divergence[]; counts: Pass['found'] } {
  const counts = { ...pass!.found };
  const byName = new Map(open.map((each) => [nameOf(each), each]));
  for (const { kind, entity, difference } of found) {
    counts[difference.why] += 1;
    const name = nameOf({ kind, entity });
    const known = byName.get(name);
    if (!known && !hasRoom([...byName.values()], difference.why)) continue;
    byName.set(name, { kind, entity, ...difference, foundAt: known?.foundAt ?? now, seenAt: now, askedAt: null });
  }
  return { open: [...byName.values()], counts };
}

function hasRoom(open: readonly Divergence[], why: Why): boolean {
  if (open.length >= OPEN_MAX) return false;
  return why !== 'older' || open.filter((each) => each.why === 'older').length < OLDER_MAX;
}

function listAfter(list: string, lists: readonly string[]): string | null {
  return lists[lists.indexOf(list) + 1] ?? null;
}
