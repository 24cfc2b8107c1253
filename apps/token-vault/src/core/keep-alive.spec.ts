import fc from 'fast-check';
import { newEntry, type VaultEntry } from './entry.ts';
import { idleAfterMs, isIdle } from './keep-alive.ts';

const NOW = 1_000_000_000_000;
const DAY = 86_400_000;
const entry = (more: Partial<VaultEntry> = {}): VaultEntry => ({
  ...newEntry({ id: 'c1', tenant: 't1', provider: 'beds24' }),
  ...{ credentials: 'rw2.d1.x', usedAt: NOW, grantedAt: NOW, ...more },
});

describe('a refresh token that nobody uses', () => {
  it('is used at half of its idle life, and not before', () => {
    expect(isIdle(entry(), 30 * DAY, NOW + 15 * DAY - 1)).toBe(false);
    expect(isIdle(entry(), 30 * DAY, NOW + 15 * DAY)).toBe(true);
    expect(isIdle(entry({ usedAt: NOW + DAY }), 30 * DAY, NOW + 15 * DAY)).toBe(false);
  });

  it.each<[string, VaultEntry | undefined, number | undefined]>([
    ['has no such end', entry(), undefined],
    ['has lapsed', entry({ state: 'lapsed' }), 30 * DAY],
    ['is none', entry({ credentials: null }), 30 * DAY],
    ['is nowhere', undefined, 30 * DAY],
  ])('is left alone where it %s', (_why, held, life) => {
    expect(isIdle(held, life, NOW + 1_000 * DAY)).toBe(false);
    if (held) expect(idleAfterMs(held, life, NOW, 0.5)).toBeUndefined();
  });

  it('is looked at each day at least, spread over a twentieth of its idle life, and not while the provider is left alone', () => {
    expect(idleAfterMs(entry(), 365 * DAY, NOW, 0.5)).toBe(DAY);
    expect(idleAfterMs(entry(), 2_000, NOW, 0)).toBe(1_000);
    expect(idleAfterMs(entry(), 2_000, NOW, 1)).toBe(1_100);
    expect(idleAfterMs(entry({ coolUntil: NOW + 5_000 }), 2_000, NOW, 0)).toBe(5_000);
  });

  it('is used before its end, whenever replicas look', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.array(fc.nat(999), { minLength: 5, maxLength: 50 }),
        (days, thousandths) => {
          const held = entry();
          let now = NOW;
          for (let look = 0; !isIdle(held, days * DAY, now); look++) {
            const random = thousandths[look % thousandths.length]! / 1_000;
            now += Math.max(1, Math.ceil(idleAfterMs(held, days * DAY, now, random)!));
          }
          expect(now).toBeLessThan(NOW + days * DAY * 0.56);
        },
      ),
      { numRuns: 50 },
    );
  });
});
