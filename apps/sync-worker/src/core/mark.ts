import { contentHash, type EntityRecord } from '@roomwire/events';

/**
 * What a round found, small enough to be kept, in whatever order and on whatever pages it came: two rounds of one mark found the same.
 * `newest`: latest stamp of what the provider stamps, µs. `rest`: of what it does not, a sum of the contents.
 */
export type Mark = { newest: number; rest: string };

export const NOTHING: Mark = { newest: 0, rest: '0' };

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
