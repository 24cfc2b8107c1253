import { contentHash, type Drain, type EntityRecord } from '@roomwire/events';

export type Mark = NonNullable<Drain['last']>['mark'];

export const NOTHING: Mark = { newest: 0, rest: '0' };

/** With what a page told: the same in whatever order and on whatever pages it comes. */
export function marked(mark: Mark, tellings: readonly EntityRecord[]): Mark {
  let { newest } = mark;
  let rest = BigInt(`0x${mark.rest}`);
  for (const { kind, entity, facets } of tellings)
    for (const [name, { version }] of Object.entries(facets)) {
      if (version.modifiedAt !== version.observedAt) newest = Math.max(newest, version.modifiedAt);
      else rest ^= BigInt(`0x${contentHash([kind, entity, name, version.contentHash]).slice(0, 16)}`);
    }
  return { newest, rest: rest.toString(16) };
}

export function sameMark(a: Mark, b: Mark): boolean {
  return a.newest === b.newest && a.rest === b.rest;
}
