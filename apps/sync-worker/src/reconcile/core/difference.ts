import { inEpoch, isGone, type Divergence, type EntityRecord, type FacetState } from '@roomwire/events';

/** What a page says that is not known, or otherwise. */
export type Difference = Pick<Divergence, 'why' | 'epoch' | 'stamp' | 'says'>;

/** `epoch`: the connection's. `observedMs`: the grant of the page's read, epoch ms. `lagMs`: how far reads may be behind. */
export type Terms = { epoch: number; observedMs: number; lagMs: number };

type Told = { name: string; told: FacetState; held: FacetState | undefined };

/**
 * What one item of a list says against what is known of it; undefined: nothing. What has changed within the provider's lag is left for
 * the next pass: its webhook may be on its way, or the page may be behind it.
 */
export function differenceOf(
  item: EntityRecord,
  held: EntityRecord | undefined,
  { epoch, observedMs, lagMs }: Terms,
): Difference | undefined {
  const facets = Object.entries(inEpoch(item, epoch).facets).filter(([name]) => name !== 'existence');
  const all = facets.map(([name, told]): Told => ({ name, told, held: held?.facets[name] }));
  const known = (observedMs - lagMs) * 1000;
  if (all.length === 0 || newestOf(all.map(({ told }) => told).filter(isStamped)) > known) return undefined;
  if (!held) return difference('missing', epoch, all);
  if (isGone(held)) return isBack(held, all) ? difference('missing', epoch, all) : undefined;
  const older = all.filter((each) => isOlder(each, epoch, known));
  if (older.length > 0)
    return { ...difference('older', epoch, older), stamp: newestOf(older.flatMap((each) => each.held ?? [])) };
  const changed = all.filter((each) => isChanged(each, epoch));
  return changed.length > 0 ? difference('changed', epoch, changed) : undefined;
}

/** What is known by now is what the list said, or something later. `held`: as it is announced. */
export function isRepaired({ why, epoch, stamp, says }: Divergence, held: EntityRecord | undefined): boolean {
  const lookedAt = held?.facets['existence']?.version;
  const isLater = (lookedAt?.epoch ?? 0) > epoch || (lookedAt?.modifiedAt ?? 0) > stamp;
  if (!held || isGone(held)) return why === 'unlisted' ? !held || isLater : held !== undefined && isLater;
  if (why === 'unlisted') return isLater;
  return Object.entries(says).every(([name, hash]) => {
    const state = held.facets[name];
    if (!state) return false;
    const { version } = state;
    return shortHash(state) === hash || version.epoch > epoch || (version.epoch === epoch && version.modifiedAt > stamp);
  });
}

/** What is known of an entity that no list told, and must be asked for: a read since this says whether it is there. */
export function unlisted(held: EntityRecord, epoch: number): Difference {
  return { why: 'unlisted', epoch, stamp: held.facets['existence']?.version.modifiedAt ?? 0, says: {} };
}

function difference(why: Difference['why'], epoch: number, facets: readonly Told[]): Difference {
  const says = Object.fromEntries(facets.map(({ name, told }) => [name, shortHash(told)]));
  return { why, epoch, stamp: newestOf(facets.map(({ told }) => told)), says };
}

/** Of what is gone the list says something that was stamped since somebody looked. */
function isBack(held: EntityRecord, all: readonly Told[]): boolean {
  return newestOf(all.map(({ told }) => told)) > (held.facets['existence']?.version.observedAt ?? 0);
}

/** What an older epoch told is read again by itself. */
const isOfEpoch = (held: FacetState, epoch: number): boolean => held.version.epoch >= epoch;

function isOlder({ told, held }: Told, epoch: number, known: number): boolean {
  if (!held || !isOfEpoch(held, epoch) || !isStamped(told) || !isStamped(held)) return false;
  if (held.version.modifiedAt > known || isSame(told, held)) return false;
  return told.version.modifiedAt < held.version.modifiedAt;
}

/** A higher stamp over the same content is news too: it refuses what is still on its way. Reads' own instants always rise. */
function isChanged({ told, held }: Told, epoch: number): boolean {
  if (!held) return true;
  if (!isOfEpoch(held, epoch)) return false;
  const [now, then] = [told.version.modifiedAt, held.version.modifiedAt];
  if (isSame(told, held)) return isStamped(told) && isStamped(held) && now > then;
  return now >= then;
}

const isSame = (a: FacetState, b: FacetState): boolean => a.version.contentHash === b.version.contentHash;

/** By the provider, and not by the read's own instant. */
const isStamped = ({ version }: FacetState): boolean => version.modifiedAt !== version.observedAt;

const shortHash = ({ version }: FacetState): string => version.contentHash.slice(0, 16);

const newestOf = (states: readonly FacetState[]): number => Math.max(0, ...states.map(({ version }) => version.modifiedAt));
