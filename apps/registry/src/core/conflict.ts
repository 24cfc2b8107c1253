import {
  calendarEntity,
  contentHash,
  isSide,
  sideIdOf,
  sidesHash,
  type ConflictSide,
  type ConflictState,
  type EntityRecord,
  type Review,
  type SideId,
} from '@roomwire/events';
import { monthsOf } from './month.ts';

/** Facts that contradict each other, as they are known now. */
export type Contradiction = Pick<ConflictState, 'id' | 'kind' | 'firstNight' | 'lastNight'> & { sides: SideFact[] };
export type SideFact = {
  side: ConflictSide;
  /** Microseconds by Redis' clock of the newest read of what tells it; 0 where that was only ever pushed. */
  readAt: number;
};

/** What is remembered of a conflict that readers have heard of. */
export type HeldConflict = {
  state: ConflictState;
  revision: number;
  stateSeq: number;
  /** Somebody was about to tell it, and is not known to have: readers may or may not have heard. */
  unheard?: true;
};

export type ConflictFacts = Pick<ConflictState, 'property' | 'unit' | 'unitType' | 'place'> & {
  /** Those that are there now, and not wholly past. */
  found: readonly Contradiction[];
  held: readonly HeldConflict[];
  /** Whether a side can be read again at its provider. */
  isReadable: (side: ConflictSide) => boolean;
  reviewOf: (conflict: string) => Review | undefined;
  /** An earlier look has begun and may yet tell what it saw: what is held is told again, so that compare-and-set stops that one. */
  overtakes?: boolean;
};

export type JudgedConflict = {
  state: ConflictState;
  /** Readers have not heard this. */
  isNews: boolean;
  /** Seen for the first time, or doubted by somebody since: the sides are to be read again. */
  isNew: boolean;
};

/** A provider that does not answer a read within this time does not keep a conflict from whoever has to look at it. */
export const CHECK_MS_MAX = 60_000;
/** A read that only confirms a record touches nothing: while one is awaited, what is contested is looked at so often. */
const LOOK_EVERY_MS = 5_000;

/** What readers are to hear of a place's conflicts at `asOf` (epoch ms), those that are over included. */
export function judgeConflicts(facts: ConflictFacts, asOf: number): JudgedConflict[] {
  const held = new Map(facts.held.map((each) => [each.state.id, each]));
  const standing = facts.found.map((contradiction) => judge(facts, contradiction, held.get(contradiction.id), asOf));
  const ids = new Set(facts.found.map(({ id }) => id));
  const over = [...held.values()]
    .map(({ state }) => state)
    .filter((state) => !ids.has(state.id) && (state.status !== 'resolved' || (facts.overtakes && mayComeBack(state, asOf))));
  return [
    ...standing,
    ...over.map((state) => ({ state: { ...state, status: 'resolved' as const }, isNews: true, isNew: false })),
  ];
}

/** An earlier look could have seen it; by UTC, a day generous. */
function mayComeBack({ lastNight }: ConflictState, asOf: number): boolean {
  return lastNight !== null && lastNight >= new Date(asOf - 86_400_000).toISOString().slice(0, 10);
}

/** Of what is judged, what still asks for somebody's attention. */
export function unsettled(judged: readonly JudgedConflict[]): string[] {
  return judged.flatMap(({ state: { id, status } }) => (status === 'checking' || status === 'open' ? [id] : [])).sort();
}

/** The instant at which what is being checked is to be looked at again; null where nothing is. */
export function nextLookMs(judged: readonly JudgedConflict[], asOf: number): number | null {
  const ends = judged.flatMap(({ state }) => (state.status === 'checking' ? [checkedFromMs(state) + CHECK_MS_MAX] : []));
  return ends.length ? Math.min(asOf + LOOK_EVERY_MS, ...ends) : null;
}

/** What readers compare a conflict by. Who saw it first, or a wish to read it again, is told by whoever announces it first. */
export function conflictHash({ since: _since, reread, ...rest }: ConflictState): string {
  return contentHash({ ...rest, reread: reread?.asked ?? null });
}

/** Reads that were made after this instant (epoch ms) tell whether it is one. */
export function checkedFromMs({ since, reread }: Pick<ConflictState, 'since' | 'reread'>): number {
  return Date.parse(reread?.since ?? since);
}

/** Microseconds by Redis' clock of the newest read of the record; 0 where it was only ever pushed. */
export function readAtOf(record: EntityRecord): number {
  return Math.max(0, ...Object.values(record.facets).map(({ version }) => version.observedAt));
}

/** The records that tell a conflict's sides. */
export function recordsBehind({
  sides,
  firstNight,
  lastNight,
}: Pick<ConflictState, 'sides' | 'firstNight' | 'lastNight'>): Pick<EntityRecord, 'kind' | 'connection' | 'entity'>[] {
  const months = firstNight && lastNight ? monthsOf(firstNight, lastNight) : [];
  return sides.flatMap((side) => {
    const { what: kind, connection } = side;
    if (side.what === 'reservation') return [{ kind, connection, entity: side.reservation }];
    if (side.what === 'message') return [{ kind, connection, entity: side.message }];
    return months.map((month) => ({ kind, connection, entity: calendarEntity(side.unitType, month) }));
  });
}

/** The side that somebody chose, of exactly these: of any others it is another question. */
export function chosenOf(review: Review | undefined, sides: readonly ConflictSide[]): SideId | undefined {
  if (review?.choice !== 'chosen' || review.sides !== sidesHash(sides)) return undefined;
  return sides.some((side) => isSide(review.chosen, side)) ? review.chosen : undefined;
}

function judge(facts: ConflictFacts, found: Contradiction, held: HeldConflict | undefined, asOf: number): JudgedConflict {
  const before = held?.state;
  const isBack = before === undefined || before.status === 'resolved';
  const since = isBack ? new Date(asOf).toISOString() : before.since;
  const { property, unit, unitType, place } = facts;
  const sides = found.sides.map(({ side }) => side);
  const review = facts.reviewOf(found.id);
  const reread = rereadOf(facts, review, sides, isBack ? undefined : before.reread, asOf);
  const chosen = chosenOf(review, sides);
  const extra = { ...(reread ? { reread } : {}), ...(chosen ? { chosen } : {}) };
  const status = chosen ? 'chosen' : statusOf(facts, found, review, checkedFromMs({ since, ...extra }), asOf);
  const state: ConflictState = { ...found, property, unit, unitType, place, since, status, sides, ...extra };
  const isDoubted = reread !== undefined && reread.asked !== before?.reread?.asked;
  const isNews = !before || facts.overtakes === true || held?.unheard === true || conflictHash(state) !== conflictHash(before);
  return { state, isNew: isBack || isDoubted, isNews };
}

/** By our clock from when the wish was first seen: whoever has it may have another one. */
function rereadOf(
  { isReadable }: ConflictFacts,
  review: Review | undefined,
  sides: readonly ConflictSide[],
  before: ConflictState['reread'],
  asOf: number,
): ConflictState['reread'] {
  if (review?.choice !== 'reread') return undefined;
  if (before?.asked === review.at) return before;
  return { asked: review.at, since: new Date(asOf).toISOString(), sides: sides.filter(isReadable).map(sideIdOf) };
}

function statusOf(
  facts: ConflictFacts,
  { sides }: Contradiction,
  review: Review | undefined,
  fromMs: number,
  asOf: number,
): ConflictState['status'] {
  if (review?.choice === 'dismissed' && review.sides === sidesHash(sides.map(({ side }) => side))) return 'dismissed';
  const unread = sides.filter(({ side, readAt }) => facts.isReadable(side) && readAt < fromMs * 1000);
  return unread.length > 0 && asOf < fromMs + CHECK_MS_MAX ? 'checking' : 'open';
}
