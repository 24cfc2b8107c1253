import { contentHash, sidesHash, type ConflictState, type EntityRecord, type Review } from '@roomwire/events';
import type { Overlap } from './overlap.ts';

/** What is remembered of a conflict that readers have heard of. */
export type HeldConflict = { state: ConflictState; revision: number; stateSeq: number };

export type ConflictFacts = {
  property: string;
  unit: string;
  /** Those that are there now, and not wholly past. */
  overlaps: readonly Overlap[];
  records: readonly EntityRecord[];
  held: readonly HeldConflict[];
  /** Whether a side can be read again at its provider. */
  isReadable: (side: { connection: string }) => boolean;
  reviewOf: (conflict: string) => Review | undefined;
};

export type JudgedConflict = {
  state: ConflictState;
  /** Readers have not heard this. */
  isNews: boolean;
  /** Seen for the first time: the sides are to be read again. */
  isNew: boolean;
};

/** A provider that does not answer a read within this time does not keep a conflict from whoever has to look at it. */
export const CHECK_MS_MAX = 60_000;
/** A read that only confirms a record touches no room: while one is awaited the unit is looked at so often. */
const LOOK_EVERY_MS = 5_000;

/** What readers are to hear of a unit's conflicts at `asOf` (epoch ms), those that are over included. */
export function judgeConflicts(facts: ConflictFacts, asOf: number): JudgedConflict[] {
  const held = new Map(facts.held.map((each) => [each.state.id, each.state]));
  const standing = facts.overlaps.map((overlap) => judge(facts, overlap, held.get(overlap.id), asOf));
  const ids = new Set(facts.overlaps.map(({ id }) => id));
  const over = [...held.values()].filter(({ id, status }) => status !== 'resolved' && !ids.has(id));
  return [
    ...standing,
    ...over.map((state) => ({ state: { ...state, status: 'resolved' as const }, isNews: true, isNew: false })),
  ];
}

/** Of what is judged, what still asks for somebody's attention. */
export function unsettled(judged: readonly JudgedConflict[]): string[] {
  return judged.flatMap(({ state: { id, status } }) => (status === 'checking' || status === 'open' ? [id] : [])).sort();
}

/** The instant at which what is being checked is to be looked at again; null where nothing is. */
export function nextLookMs(judged: readonly JudgedConflict[], asOf: number): number | null {
  const ends = judged.flatMap(({ state }) => (state.status === 'checking' ? [Date.parse(state.since) + CHECK_MS_MAX] : []));
  return ends.length ? Math.min(asOf + LOOK_EVERY_MS, ...ends) : null;
}

/** What readers compare a conflict by. Who saw it first is told by whoever announces it first. */
export function conflictHash({ since: _since, ...rest }: ConflictState): string {
  return contentHash(rest);
}

function judge(facts: ConflictFacts, overlap: Overlap, before: ConflictState | undefined, asOf: number): JudgedConflict {
  const isNew = before === undefined || before.status === 'resolved';
  const since = isNew ? new Date(asOf).toISOString() : before.since;
  const { property, unit } = facts;
  const status = statusOf(facts, overlap, Date.parse(since), asOf);
  const state: ConflictState = { kind: 'overlap', property, unit, since, status, ...overlap };
  return { state, isNew, isNews: !before || conflictHash(state) !== conflictHash(before) };
}

function statusOf(facts: ConflictFacts, { id, sides }: Overlap, sinceMs: number, asOf: number): ConflictState['status'] {
  const review = facts.reviewOf(id);
  if (review?.sides === sidesHash(sides)) return review.choice;
  const unread = sides.filter((side) => facts.isReadable(side) && !isReadSince(facts.records, side, sinceMs));
  return unread.length > 0 && asOf < sinceMs + CHECK_MS_MAX ? 'checking' : 'open';
}

function isReadSince(
  records: readonly EntityRecord[],
  side: { connection: string; reservation: string },
  sinceMs: number,
): boolean {
  const record = records.find(({ connection, entity }) => connection === side.connection && entity === side.reservation);
  return record !== undefined && readAtOf(record) >= sinceMs * 1000;
}

/** Microseconds by Redis' clock of the newest read of the record; 0 where it was only ever pushed. */
function readAtOf(record: EntityRecord): number {
  return Math.max(0, ...Object.values(record.facets).map(({ version }) => version.observedAt));
}
