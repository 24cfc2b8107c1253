import { canonicalJson } from './canonical.ts';
import { isOpenTie, type EntityRecord, type FacetState } from './record.ts';
import { compareVersions, sameStamp } from './version.ts';

/**
 * The state of a facet is the maximum of all that was told of it, so that order, duplication and interleaving cannot matter.
 * `tied` is carried beside the maximum: it says that one mapping has told two contents under the winning stamp, and it too is a set
 * fact. What two mappings say of one stamp is one truth of the provider's, read in two ways: to know a tie from that, each mapping's
 * content is remembered (`beside`) for as long as there is no tie.
 */
export function joinFacet(a: FacetState, b: FacetState): FacetState {
  const order = compareVersions(a.version, b.version);
  const winner = order >= 0 ? a : b;
  if (!sameStamp(a.version, b.version)) return winner;

  const settled = order === 0 ? a.settled || b.settled : winner.settled;
  return {
    version: winner.version,
    content: winner.content,
    ...(settled ? { settled: true as const } : {}),
    ...tieOf(a, b, winner),
  };
}

function tieOf(a: FacetState, b: FacetState, winner: FacetState): Pick<FacetState, 'tied' | 'beside'> {
  const [told, others] = [hashesOf(a), hashesOf(b)];
  const tied = a.tied || b.tied || Object.entries(others).some(([mapping, hash]) => (told[mapping] ?? hash) !== hash);
  if (tied) return { tied: true };
  const { [winner.version.mapping]: _own, ...beside } = { ...told, ...others };
  return Object.keys(beside).length > 0 ? { beside } : {};
}

/** By mapping, the one content that was told under the stamp. */
function hashesOf({ version, beside }: FacetState): Record<string, string> {
  return { ...beside, [version.mapping]: version.contentHash };
}

/** Idempotent, commutative, associative. A facet that one side lacks is taken from the other: absent never erases. */
export function join(a: EntityRecord, b: EntityRecord): EntityRecord {
  if (a.kind !== b.kind || a.connection !== b.connection || a.entity !== b.entity)
    throw new TypeError(`cannot join ${a.kind}/${a.entity} with ${b.kind}/${b.entity}`);
  const facets: Record<string, FacetState> = { ...a.facets };
  for (const [name, told] of Object.entries(b.facets)) {
    const held = Object.hasOwn(facets, name) ? facets[name] : undefined;
    facets[name] = held ? joinFacet(held, told) : told;
  }
  return { kind: a.kind, connection: a.connection, entity: a.entity, facets };
}

/** What a telling did. `applied`: content changed. `confirmed`: only a version advanced. None of them is an error. */
export type Outcome = 'applied' | 'confirmed' | 'duplicate' | 'stale';

export type Applied = {
  record: EntityRecord;
  outcome: Outcome;
  /** Readers must hear of it: content or ambiguity changed, or a provider stamp rose. */
  announce: boolean;
  /** The stored form changed, if only by a floor of `observedAt` or a flag. */
  changed: boolean;
};

const STRENGTH: Record<Outcome, number> = { stale: 0, duplicate: 1, confirmed: 2, applied: 3 };

/** Applies a telling to what is held. Never fails, never loses: the worst outcome is that it was known already. */
export function apply(held: EntityRecord | undefined, told: EntityRecord): Applied {
  const record = held ? join(held, told) : told;
  const result: Applied = { record, outcome: 'stale', announce: false, changed: false };
  for (const name of Object.keys(told.facets)) {
    const before = held && Object.hasOwn(held.facets, name) ? held.facets[name] : undefined;
    const after = record.facets[name]!;
    const outcome = outcomeOf(before, told.facets[name]!);
    if (STRENGTH[outcome] > STRENGTH[result.outcome]) result.outcome = outcome;
    result.announce ||= isNews(before, after);
    result.changed ||= !before || !sameState(before, after);
  }
  return result;
}

function outcomeOf(before: FacetState | undefined, told: FacetState): Outcome {
  if (!before) return 'applied';
  const order = compareVersions(told.version, before.version);
  if (order < 0) return 'stale';
  if (order === 0) return 'duplicate';
  return told.version.contentHash === before.version.contentHash ? 'confirmed' : 'applied';
}

/** Equal in every byte: a flag that is not stored now would be missing when another telling meets it. */
function sameState(a: FacetState, b: FacetState): boolean {
  return (
    compareVersions(a.version, b.version) === 0 &&
    a.settled === b.settled &&
    a.tied === b.tied &&
    canonicalJson(a.beside ?? null) === canonicalJson(b.beside ?? null)
  );
}

function isNews(before: FacetState | undefined, after: FacetState): boolean {
  return (
    !before ||
    before.version.contentHash !== after.version.contentHash ||
    !sameStamp(before.version, after.version) ||
    isOpenTie(before) !== isOpenTie(after)
  );
}
