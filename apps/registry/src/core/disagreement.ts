import { contentHash, isGone, type EntityRecord, type FacetState } from '@roomwire/events';
import { settledFrom } from '@roomwire/pms-port';
import { CLOCKS_APART_MS } from './owed-reads.ts';

/** By-id reads of an entity say, one like the other, what is older than the record and differs from it. Instants in µs of Redis' clock. */
export type Evidence = {
  epoch: number;
  /** The record's newest stamp, µs of the provider's clock. Another one: somebody has told something newer, and nothing is proved. */
  stamp: number;
  /** Hash of all that the reads said. */
  says: string;
  firstAt: number;
  lastAt: number;
};

export type Rule = {
  resolutionMs: number;
  readLagMs: number;
  /** So far apart the first and the last of the reads must be, ms: a provider's reader that is behind by less is never believed. */
  confirmMs: number;
};

export type Weighed =
  /** It says nothing of the matter: a push, a page, a read too early, or one of another epoch. */
  | { kind: 'silent' }
  /** The provider holds what the record says, or something newer: whatever was thought before is void. */
  | { kind: 'agrees' }
  | { kind: 'disagrees'; evidence: Evidence; isConfirmed: boolean };

/** So long, ms, what is confirmed counts: three oddities of three months are no restored backup. */
const COUNTS_FOR_MS = 86_400_000;

/**
 * What one telling says of whether the provider went back in time. `held`: the record before it; `epoch`: the connection's.
 *
 * A read is heard only when it was granted so long after the record's newest stamp that a provider in order, whose readers are behind
 * by no more than it declares, must have shown that stamp: by the stamp's resolution and margin, the clocks' difference and the lag.
 * Content decides whether there is harm: an older stamp over the same content is the record's own picture.
 */
export function weigh(
  before: Evidence | undefined,
  held: EntityRecord | undefined,
  told: EntityRecord,
  epoch: number,
  rule: Rule,
): Weighed {
  const read = told.facets['existence']?.version;
  if (!held || read?.rank !== 1 || read.epoch !== epoch) return { kind: 'silent' };
  if (isGone(told)) return { kind: 'agrees' };
  const known = Object.entries(held.facets).filter(([name, state]) => isStamped(name, state, epoch));
  const said = Object.entries(told.facets).filter(([name, state]) => isStamped(name, state, epoch));
  const stamp = newestOf(known);
  if (stamp === 0 || said.length === 0) return { kind: 'silent' };
  if (newestOf(said) >= stamp || !said.some(([name, state]) => isContradicted(state, held.facets[name], epoch)))
    return { kind: 'agrees' };
  const provenFrom = settledFrom(stamp, rule.resolutionMs) + CLOCKS_APART_MS + rule.readLagMs;
  if (read.observedAt < provenFrom * 1000 || !said.every(([, { settled }]) => settled)) return { kind: 'silent' };
  const says = contentHash(said.map(([name, { version }]) => [name, version.modifiedAt, version.contentHash]).sort());
  return disagreeing(before, { epoch, stamp, says, firstAt: read.observedAt, lastAt: read.observedAt }, rule);
}

function disagreeing(before: Evidence | undefined, now: Evidence, { confirmMs }: Rule): Weighed {
  const goesOn = before?.epoch === now.epoch && before.stamp === now.stamp && before.says === now.says;
  // Told late, and of another time than what is known: it is no news.
  if (before && !goesOn && before.epoch === now.epoch && before.lastAt > now.lastAt) return { kind: 'silent' };
  const evidence = goesOn
    ? { ...now, firstAt: Math.min(before.firstAt, now.firstAt), lastAt: Math.max(before.lastAt, now.lastAt) }
    : now;
  return { kind: 'disagrees', evidence, isConfirmed: isConfirmed(evidence, confirmMs) };
}

export function isConfirmed({ firstAt, lastAt }: Evidence, confirmMs: number): boolean {
  return lastAt - firstAt >= confirmMs * 1000;
}

/** When the next read of a disagreement that is not confirmed is due, epoch ms. `heardAt`: when this one's bytes arrived. */
export function confirmAt({ firstAt }: Evidence, { confirmMs }: Rule, heardAt: number): number {
  return Math.ceil(Math.max(firstAt / 1000 + confirmMs, heardAt)) + CLOCKS_APART_MS;
}

/**
 * Names of the entities for whose sake the connection's epoch is raised; undefined: too few of them agree. `comparable`: how many of
 * its entities could speak at all. A connection of fewer than the quorum needs all of them.
 */
export function agreed(
  all: ReadonlyMap<string, Evidence>,
  {
    epoch,
    quorum,
    comparable,
    confirmMs,
    now,
  }: { epoch: number; quorum: number; comparable: number; confirmMs: number; now: number },
): string[] | undefined {
  const names = [...all]
    .filter(([, each]) => each.epoch === epoch && isConfirmed(each, confirmMs) && now - each.lastAt <= COUNTS_FOR_MS * 1000)
    .map(([name]) => name);
  return names.length >= Math.max(1, Math.min(quorum, comparable)) ? names : undefined;
}

/** The record is still the one that the reads contradict. */
export function stillStands({ epoch, stamp }: Evidence, held: EntityRecord | undefined): boolean {
  if (!held || isGone(held)) return false;
  return newestOf(Object.entries(held.facets).filter(([name, state]) => isStamped(name, state, epoch))) === stamp;
}

/** Stamped by the provider. What bears its read's own instant is ordered by that: such a stamp says nothing of the provider's time. */
function isStamped(name: string, { version }: FacetState, epoch: number): boolean {
  return name !== 'existence' && version.epoch === epoch && version.modifiedAt !== version.observedAt;
}

function isContradicted({ version }: FacetState, held: FacetState | undefined, epoch: number): boolean {
  return (
    held !== undefined &&
    isStamped('', held, epoch) &&
    version.modifiedAt < held.version.modifiedAt &&
    version.contentHash !== held.version.contentHash
  );
}

function newestOf(facets: [string, FacetState][]): number {
  return Math.max(0, ...facets.map(([, { version }]) => version.modifiedAt));
}
