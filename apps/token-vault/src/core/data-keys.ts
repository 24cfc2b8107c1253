import { z } from 'zod';

const keyId = z.string().regex(/^[a-z0-9]{1,16}$/);

/** `kek`: the key-encryption key that wraps it. `fromSeq`: where the bucket stood when it was made, for {@link isWorn}. */
const dataKey = z.strictObject({ id: keyId, kek: keyId, wrapped: z.string().min(1), madeAt: z.int(), fromSeq: z.int() });
export type DataKey = z.infer<typeof dataKey>;

/**
 * KV `vault`, key `keys.ring`: every data key, newest first. The first seals; each further one is on its way out, and is removed
 * when nothing is left under it. One document, so that each step of a rotation is one compare-and-set.
 */
export const dataRing = z.strictObject({
  keys: z.array(dataKey).min(1),
  /** Key-encryption keys that were active before: a replica that still has one in front must not wrap everything back. */
  pastKeks: z.array(keyId),
});
export type DataRing = z.infer<typeof dataRing>;

/**
 * Random nonces of 96 bits: NIST SP 800-38D allows 2^32 seals under one key. No counter is kept: every sealed value is written to the
 * bucket, so its sequence bounds them. A write holds at most 4 new values, and one that loses its compare-and-set is repeated at
 * most 7 times: 2^27 writes are below 2^32 seals.
 */
export const WRITES_PER_KEY_MAX = 2 ** 27;

export const activeOf = (ring: DataRing): DataKey => ring.keys[0]!;

/** Never one that was there before: numbers only grow, and the newest key is never removed. */
export function nextKeyId(ring: DataRing | undefined): string {
  return `d${ring ? Number(activeOf(ring).id.slice(1)) + 1 : 1}`;
}

export function withNewKey(ring: DataRing | undefined, made: DataKey): DataRing {
  return { keys: [made, ...(ring?.keys ?? [])], pastKeks: ring?.pastKeks ?? [] };
}

/** Whether `kek`, active here, is to wrap what something else wraps. */
export function isRewrapDue(ring: DataRing, kek: string): boolean {
  return !ring.pastKeks.includes(kek) && ring.keys.some((key) => key.kek !== kek);
}

export function rewrapped(ring: DataRing, kek: string, wrap: (id: string) => string): DataRing {
  const before = ring.keys.map((key) => key.kek).filter((id) => id !== kek);
  return {
    keys: ring.keys.map((key) => (key.kek === kek ? key : { ...key, kek, wrapped: wrap(key.id) })),
    pastKeks: [...new Set([...ring.pastKeks, ...before])],
  };
}

export function withoutRetired(ring: DataRing): DataRing {
  return { ...ring, keys: [activeOf(ring)] };
}

/** `seq`: where the bucket stands now. */
export function isWorn(ring: DataRing, seq: number): boolean {
  return seq - activeOf(ring).fromSeq >= WRITES_PER_KEY_MAX;
}
