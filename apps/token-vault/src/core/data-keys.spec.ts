import {
  isRewrapDue,
  isWorn,
  nextKeyId,
  rewrapped,
  withNewKey,
  withoutRetired,
  WRITES_PER_KEY_MAX,
  type DataKey,
} from './data-keys.ts';

const key = (id: string, kek = 'k1', fromSeq = 0): DataKey => ({ id, kek, wrapped: `${id} by ${kek}`, madeAt: 0, fromSeq });
const ring = withNewKey(withNewKey(undefined, key('d9')), key('d10'));

describe('the ring of data keys', () => {
  it('seals under the newest, keeps the others until they are removed, and never gives a number twice', () => {
    expect(ring.keys.map(({ id }) => id)).toEqual(['d10', 'd9']);
    expect(withoutRetired(ring).keys.map(({ id }) => id)).toEqual(['d10']);
    expect([nextKeyId(undefined), nextKeyId(ring), nextKeyId(withoutRetired(ring))]).toEqual(['d1', 'd11', 'd11']);
  });

  it('is wrapped by a new key-encryption key once, and not back by a replica that has not heard of it', () => {
    expect(isRewrapDue(ring, 'k1')).toBe(false);
    expect(isRewrapDue(ring, 'k2')).toBe(true);
    const after = rewrapped(ring, 'k2', (id) => `${id} by k2`);
    expect(after.keys.map(({ kek, wrapped }) => [kek, wrapped])).toEqual([['k2', 'd10 by k2'], ['k2', 'd9 by k2']]); // prettier-ignore
    expect(isRewrapDue(after, 'k2')).toBe(false);
    expect(isRewrapDue(after, 'k1')).toBe(false);
    // A key that such a replica made is wrapped too.
    expect(isRewrapDue(withNewKey(after, key('d11')), 'k2')).toBe(true);
  });

  it('is worn long before 2^32 seals, at 4 values and 8 attempts a write', () => {
    const used = withNewKey(undefined, key('d1', 'k1', 1_000));
    expect(isWorn(used, 1_000 + WRITES_PER_KEY_MAX - 1)).toBe(false);
    expect(isWorn(used, 1_000 + WRITES_PER_KEY_MAX)).toBe(true);
    expect(WRITES_PER_KEY_MAX * 4 * 8).toBeLessThanOrEqual(2 ** 32);
  });
});
