import { canonicalJson } from '../canonical.ts';
import type { EntityRecord, FacetState } from '../record.ts';
import type { Version } from '../version.ts';

/**
 * The rule said another way, from all that was ever told and with no memory of the order: of each facet the greatest telling,
 * `settled` if somebody told just that one settled, `tied` if some mapping told its stamp with more than one content; where none did,
 * `beside` is what the other mappings told.
 */
export function naiveRecord(tellings: EntityRecord[]): EntityRecord | undefined {
  const [first] = tellings;
  if (!first) return undefined;
  const names = new Set(tellings.flatMap(({ facets }) => Object.keys(facets)));
  const facets = [...names].map((name) => [name, naiveFacet(tellings.flatMap((each) => each.facets[name] ?? []))]);
  return { ...first, facets: Object.fromEntries(facets) as EntityRecord['facets'] };
}

function naiveFacet(states: FacetState[]): FacetState {
  const best = states.reduce((a, b) => (firstDifference(a.version, b.version) < 0 ? b : a));
  const peers = states.filter(
    ({ version }) => version.epoch === best.version.epoch && version.modifiedAt === best.version.modifiedAt,
  );
  const settled = peers.some((peer) => peer.settled && firstDifference(peer.version, best.version) === 0);
  const tied = peers.some((a) =>
    peers.some((b) => a.version.mapping === b.version.mapping && canonicalJson(a.content) !== canonicalJson(b.content)),
  );
  const others = peers.filter(({ version }) => version.mapping !== best.version.mapping);
  const beside = Object.fromEntries(others.map(({ version }) => [version.mapping, version.contentHash]));
  return {
    ...{ version: best.version, content: best.content },
    ...(settled && { settled }),
    ...(tied ? { tied } : others.length > 0 && { beside }),
  };
}

/** What `apply` must say of the last telling, given all before it. */
export function naiveApply(before: EntityRecord[], next: EntityRecord) {
  const [was, is] = [naiveRecord(before), naiveRecord([...before, next])!];
  const verdicts = Object.entries(next.facets).map(([name, state]) => naiveOutcome(was?.facets[name], state));
  const announce = Object.entries(is.facets).some(([name, state]) => {
    const past = was?.facets[name];
    return !past || shown(past) !== shown(state);
  });
  return {
    outcome: (['applied', 'confirmed', 'duplicate', 'stale'] as const).find((each) => verdicts.includes(each)),
    announce,
    changed: !was || canonicalJson(was) !== canonicalJson(is),
  };
}

/** What a reader of a facet sees: its content, the provider's stamp, and whether two things are told of it. */
function shown({ content, version, tied, settled }: FacetState): string {
  return canonicalJson([content, version.epoch, version.modifiedAt, tied === true && !settled]);
}

function naiveOutcome(held: FacetState | undefined, told: FacetState) {
  if (!held) return 'applied';
  const order = firstDifference(told.version, held.version);
  if (order === 0) return 'duplicate';
  if (order < 0) return 'stale';
  return canonicalJson(held.content) === canonicalJson(told.content) ? 'confirmed' : 'applied';
}

/** The order of versions as a comparison of tuples: what they say at the first place at which they differ. */
export function firstDifference(a: Version, b: Version): number {
  const tuple = (v: Version) => [v.epoch, v.modifiedAt, v.rank, v.observedAt, v.mapping, v.contentHash];
  const [left, right] = [tuple(a), tuple(b)];
  const at = left.findIndex((value, index) => value !== right[index]);
  return at < 0 ? 0 : left[at]! < right[at]! ? -1 : 1;
}
