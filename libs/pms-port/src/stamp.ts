import { facet, type EntityRecord, type Kind, type RawContext, type ReadContext, type Stamp } from '@roomwire/events';
import type { Clock, RawMessage } from './adapter.ts';

/** The provider's `Date` has whole seconds and its writers may disagree by a little: wait this much longer before calling a stamp settled. */
export const SETTLED_MARGIN_MS = 2_000;

/** A stamp, and whether a read that carries it was made after it could still move. */
export type Told = { stamp: Stamp; settled: boolean };

/** A push on the provider's clock; `modifiedAt` in microseconds. */
export function pushStamp(modifiedAt: number, mapping: number): Stamp {
  return { epoch: 0, modifiedAt, rank: 0, observedAt: 0, mapping };
}

/** A read on the provider's clock. */
export function readStamp(read: ReadContext, modifiedAt: number, mapping: number): Stamp {
  return { epoch: 0, modifiedAt, rank: 1, observedAt: read.observedAt, mapping };
}

/** A read on the observed clock: the grant instant of its permit stands for the modification time that the entity has not. */
export function observedStamp(read: ReadContext, mapping: number): Stamp {
  return readStamp(read, read.observedAt, mapping);
}

/** From when on by the provider's clock, in ms, a read of this stamp (microseconds) is settled. */
export function settledFrom(modifiedAt: number, resolutionMs: number): number {
  return modifiedAt / 1000 + resolutionMs + SETTLED_MARGIN_MS;
}

/**
 * The provider's own clock had passed the stamp by its resolution and a margin when it answered: no other content can come to
 * have this stamp any more. Without a `Date` nothing is settled.
 */
export function isSettled(read: ReadContext, modifiedAt: number, resolutionMs: number): boolean {
  return read.providerDate !== null && read.providerDate >= settledFrom(modifiedAt, resolutionMs);
}

/** Two changes within so many milliseconds may share a stamp; 0 where only the read's own instant orders. */
export function resolutionOf(clock: Clock | undefined): number {
  return clock?.clock === 'provider' ? clock.resolutionMs : 0;
}

/** The stamp of content on the provider's clock, pushed or read. */
export function toldAt(context: RawContext, modifiedAt: number, clock: Clock | undefined, mapping: number): Told {
  if (context.via === 'push') return { stamp: pushStamp(modifiedAt, mapping), settled: false };
  const settled = isSettled(context.read, modifiedAt, resolutionOf(clock));
  return { stamp: readStamp(context.read, modifiedAt, mapping), settled };
}

/** The stamp of content that only the read's own instant orders. It needs no `settled`: no two reads share such a stamp. */
export function toldByRead(read: ReadContext, mapping: number): Told {
  return { stamp: observedStamp(read, mapping), settled: false };
}

/**
 * By the provider's stamp (µs) where there is one. A read without any is ordered by its own instant: an authoritative answer is not
 * thrown away. A push without any is no fact.
 */
export function toldOf(
  context: RawContext,
  modifiedAt: number | undefined,
  clock: Clock | undefined,
  mapping: number,
): Told | undefined {
  if (modifiedAt !== undefined) return toldAt(context, modifiedAt, clock, mapping);
  return context.via === 'read' ? toldByRead(context.read, mapping) : undefined;
}

/** Contents by facet; undefined = not carried whole, so not told. */
export type Contents = Record<string, unknown>;

/**
 * A telling of the facets that are carried whole; undefined where there are none. What a by-id read carries exists: that is told
 * along, on the read's own clock.
 */
export function tellingOf(raw: RawMessage, kind: Kind, entity: string, contents: Contents, told: Told): EntityRecord | undefined {
  const carried = Object.entries(contents).filter(([, content]) => content !== undefined);
  const facets = Object.fromEntries(carried.map(([name, content]) => [name, facet(content, told.stamp, told.settled)]));
  const { context, connection } = raw;
  if (context.via === 'read' && context.read.ids)
    facets['existence'] = facet({ state: 'present' }, observedStamp(context.read, told.stamp.mapping));
  return Object.keys(facets).length > 0 ? { kind, connection, entity, facets } : undefined;
}

/** The answer of a by-id read that there is no such entity. */
export function goneOf(raw: RawMessage, read: ReadContext, entity: string, mapping: number): EntityRecord {
  return {
    kind: read.kind,
    connection: raw.connection,
    entity,
    facets: { existence: facet({ state: 'gone' }, observedStamp(read, mapping)) },
  };
}
