import { createHash } from 'node:crypto';
import type { EntityRecord, FacetState } from '@roomwire/events';
import { naiveRecord } from '@roomwire/events/testing';
import { CONNECTION, OBSERVED, type Said } from '../said.ts';

/** Written down from ARCHITECTURE.md §4, and not from the code that it is to judge. */

/** What something that was said tells, by hand: only a by-id read knows whether the entity exists; absent is not told. */
export function naiveTelling(said: Said): EntityRecord {
  const { kind, entity, contents } = said;
  const isSettled = said.providerDate !== null && said.providerDate >= said.modifiedAt / 1000 + 1_000 + 2_000;
  const facets: Record<string, FacetState> = {};
  for (const [name, content] of Object.entries(contents)) {
    facets[name] = OBSERVED.has(kind) ? stateOf(said, content, said.observedAt) : stateOf(said, content, said.modifiedAt);
    if (!OBSERVED.has(kind) && said.via !== 'push' && isSettled) facets[name].settled = true;
  }
  const state = Object.keys(contents).length > 0 ? 'present' : 'gone';
  if (said.via === 'read') facets['existence'] = stateOf(said, { state }, said.observedAt);
  return { kind, connection: CONNECTION, entity, facets };
}

function stateOf({ via, epoch, mapping, observedAt }: Said, content: unknown, modifiedAt: number): FacetState {
  const rank = via === 'push' ? 0 : 1;
  return { content, version: { epoch, modifiedAt, rank, observedAt, mapping, contentHash: hashOf(content) } };
}

/** The records that all that was said comes to, by name. */
export function naiveRecords(all: readonly Said[]): Map<string, EntityRecord> {
  const tellings = Map.groupBy(all.map(naiveTelling), nameOf);
  return new Map([...tellings].map(([name, told]) => [name, naiveRecord(told)!]));
}

export const nameOf = ({ kind, connection, entity }: EntityRecord): string => `${kind}/${connection}/${entity}`;

export function hashOf(content: unknown): string {
  return createHash('sha256').update(sortedJson(content)).digest('hex');
}

function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${sortedJson(field)}`).join(',')}}`;
}
