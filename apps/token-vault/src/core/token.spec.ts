import { PMS_ERROR_CODES, type PmsErrorCode } from '@roomwire/pms-port';
import fc from 'fast-check';
import { newEntry, type VaultEntry } from './entry.ts';
import {
  CLOCK_SKEW_MS,
  decideLease,
  decideReport,
  FRESH_MS,
  granted,
  lapsed,
  refused,
  replaced,
  tokenOf,
  type Token,
} from './token.ts';

const NOW = 1_000_000_000;
const HOUR = 3_600_000;
const AHEAD = { byReport: false, rotates: false };
const REPORTED = { byReport: true, rotates: false };
const ROTATING = { byReport: false, rotates: true };
const entry = (more: Partial<VaultEntry> = {}): VaultEntry => ({
  ...newEntry({ id: 'c1', tenant: 't1', provider: 'hostaway' }),
  credentials: 'rw1.x',
  ...more,
});
const held = (more: Partial<Token> = {}): Token => ({
  accessToken: 'a',
  expiresAt: NOW + HOUR,
  renewAt: NOW + HOUR - 300_000,
  usableFrom: 0,
  ...more,
});

describe('decideLease', () => {
  it('has nothing without credentials', () => {
    expect(decideLease(undefined, undefined, NOW, false)).toMatchObject({ kind: 'refused', code: 'no-secret' });
    expect(decideLease(entry({ credentials: null }), undefined, NOW, false)).toMatchObject({
      kind: 'refused',
      code: 'no-secret',
    });
  });

  it('grants where there is no token, or it is time for a new one', () => {
    expect(decideLease(entry(), undefined, NOW, false)).toEqual({ kind: 'grant', meanwhile: undefined });
    expect(decideLease(entry(), held({ renewAt: NOW }), NOW, false)).toEqual({ kind: 'grant', meanwhile: { validForMs: HOUR } });
    expect(decideLease(entry(), held({ renewAt: NOW + 1 }), NOW, false)).toEqual({ kind: 'usable', validForMs: HOUR });
  });

  it('waits until a token may be used', () => {
    const decision = decideLease(entry(), held({ usableFrom: NOW + 1_000 }), NOW, false);
    expect(decision).toEqual({ kind: 'wait', ms: 1_000, validForMs: HOUR - 1_000 });
  });

  it('while cooling down uses what it has to the end, and never asks', () => {
    const cooling = entry({ coolUntil: NOW + 5_000, failures: 1 });
    expect(decideLease(cooling, undefined, NOW, false)).toEqual({
      kind: 'refused',
      code: 'provider-refused',
      retryAfterMs: 5_000,
    });
    expect(decideLease(cooling, held({ renewAt: 0, expiresAt: NOW + 60_000 }), NOW, false)).toMatchObject({ kind: 'usable' });
    expect(decideLease(cooling, held({ renewAt: 0, expiresAt: NOW + 1_000 }), NOW, false)).toMatchObject({ kind: 'refused' });
    expect(decideLease({ ...cooling, state: 'lapsed' }, undefined, NOW, false)).toMatchObject({
      code: 'lapsed',
      retryAfterMs: 5_000,
    });
    expect(decideLease({ ...cooling, state: 'lapsed' }, undefined, NOW + 5_000, false)).toEqual({
      kind: 'grant',
      meanwhile: undefined,
    });
  });
});

describe('decideLease, while another replica asks', () => {
  const intent = { id: 'i', owner: 'o', lease: 0, byReport: false, standsMs: 1_000 };

  it('uses what it has, and else waits; after a report it has nothing', () => {
    const old = held({ renewAt: NOW, expiresAt: NOW + 60_000 });
    expect(decideLease(entry({ intent }), old, NOW, true)).toEqual({ kind: 'usable', validForMs: 60_000 });
    expect(decideLease(entry({ intent }), held({ renewAt: NOW, expiresAt: NOW + 1_000 }), NOW, true)).toEqual({
      kind: 'settling',
    });
    expect(decideLease(entry({ intent }), undefined, NOW, true)).toEqual({ kind: 'settling' });
    expect(decideLease(entry({ intent: { ...intent, byReport: true } }), held(), NOW, true)).toEqual({ kind: 'settling' });
    expect(decideLease(entry({ intent }), undefined, NOW, false)).toMatchObject({ kind: 'grant' });
  });
});

describe('a rotating refresh token', () => {
  it('may be lost after every answer that says nothing, and a refusal then says so', () => {
    const unknown = ['timeout', 'network', 'provider-error', 'malformed-answer'];
    for (const code of Object.keys(PMS_ERROR_CODES) as PmsErrorCode[]) {
      const first = refused(entry(), { code }, NOW, 0.5, ROTATING);
      expect([code, first.unsure]).toEqual([code, unknown.includes(code)]);
      expect(refused(entry(), { code }, NOW, 0.5, AHEAD).unsure).toBe(false);
      if (!first.unsure) continue;
      const then = refused(first, { code: 'credential-rejected' }, NOW, 0.5, ROTATING);
      expect(then).toMatchObject({ state: 'lapsed', cause: 'answer-lost', unsure: false, owes: 'token-lapsed' });
    }
    expect(refused(entry(), { code: 'credential-rejected' }, NOW, 0.5, ROTATING)).toMatchObject({ cause: 'refused' });
  });

  it('is another generation when the next one comes, and is sure again', () => {
    const brought = { token: 'rw1.t', credentials: 'rw1.n' };
    const next = granted(entry({ generation: 4, unsure: true }), brought, NOW, false);
    expect(next).toMatchObject({ credentials: 'rw1.n', generation: 5, unsure: false, intent: null });
    expect(granted(entry({ generation: 4 }), { token: 'rw1.t' }, NOW, false).generation).toBe(4);
  });
});

describe('tokenOf', () => {
  it('never outlives the provider’s word, and is renewed before its end but not at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 16_000_000_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 0, max: 8_000 }),
        (expiresInMs, usableAfterMs, random, tookMs) => {
          const made = tokenOf({ accessToken: 'a', expiresInMs, usableAfterMs }, NOW, NOW + tookMs, random);
          expect(made.expiresAt).toBeLessThanOrEqual(NOW + expiresInMs);
          expect(made.renewAt).toBeLessThanOrEqual(made.expiresAt);
          expect(made.renewAt).toBeGreaterThanOrEqual(Math.floor(NOW + expiresInMs * 0.8) - 1);
          expect(made.expiresAt - made.renewAt).toBeLessThanOrEqual(600_001);
          // With a margin for the replicas' clocks, and none where the provider asks for no pause.
          expect(made.usableFrom).toBe(usableAfterMs ? NOW + tookMs + usableAfterMs + CLOCK_SKEW_MS : 0);
        },
      ),
    );
  });
});

describe('decideReport', () => {
  const leased = entry({ token: 'rw1.t', lease: 5, grantedAt: NOW - HOUR });
  const report = { lease: 5, code: 'credential-expired' };
  const TOKENS = { isRenewable: true, isVouchedFor: false };

  it('counts for the current lease and for a refused token only', () => {
    expect(decideReport(leased, report, NOW, TOKENS)).toBe('renew');
    expect(decideReport(leased, { ...report, lease: 4 }, NOW, TOKENS)).toBe('ignore');
    expect(decideReport(leased, { ...report, lease: 6 }, NOW, TOKENS)).toBe('ignore');
    for (const code of Object.keys(PMS_ERROR_CODES).filter((each) => each !== 'credential-expired'))
      expect(decideReport(leased, { ...report, code }, NOW, TOKENS)).toBe('ignore');
    expect(decideReport(undefined, report, NOW, TOKENS)).toBe('ignore');
    expect(decideReport({ ...leased, token: null }, report, NOW, TOKENS)).toBe('ignore');
  });

  it('asks the provider when the token that took a refused one’s place is refused too, or is on trial', () => {
    expect(decideReport({ ...leased, state: 'lapsed' }, report, NOW, TOKENS)).toBe('probe');
    const renewed = { ...leased, renewedByReport: true, grantedAt: NOW - FRESH_MS + 1 };
    expect(decideReport(renewed, report, NOW, TOKENS)).toBe('probe');
    expect(decideReport({ ...renewed, grantedAt: NOW - FRESH_MS }, report, NOW, TOKENS)).toBe('renew');
    expect(decideReport({ ...renewed, renewedByReport: false }, report, NOW, TOKENS)).toBe('renew');
  });

  it('asks the provider of what it has accepted before, and where there is no other token', () => {
    expect(decideReport(leased, report, NOW, { ...TOKENS, isVouchedFor: true })).toBe('probe');
    expect(decideReport(leased, report, NOW, { ...TOKENS, isRenewable: false })).toBe('probe');
    expect(decideReport(leased, { ...report, lease: 4 }, NOW, { isRenewable: false, isVouchedFor: true })).toBe('ignore');
  });

  it('only takes the token away while no new one may be asked for', () => {
    expect(decideReport({ ...leased, coolUntil: NOW + 1 }, report, NOW, TOKENS)).toBe('discard');
  });
});

describe('what becomes of a grant', () => {
  const FINAL = ['credential-rejected', 'credential-expired', 'forbidden', 'invalid-request'];

  it('is a lapse exactly where repeating is of no use', () => {
    for (const code of Object.keys(PMS_ERROR_CODES) as PmsErrorCode[]) {
      const after = refused(entry({ token: 'rw1.t' }), { code }, NOW, 0.5, AHEAD);
      expect([code, after.state]).toEqual([code, FINAL.includes(code) ? 'lapsed' : 'active']);
      expect([code, after.owes]).toEqual([code, FINAL.includes(code) ? 'token-lapsed' : null]);
      expect(after.coolUntil).toBeGreaterThan(NOW);
    }
  });

  it('keeps the old token through a failure of the provider, unless it is the one that was refused', () => {
    expect(refused(entry({ token: 'rw1.t' }), { code: 'timeout' }, NOW, 0.5, AHEAD).token).toBe('rw1.t');
    expect(refused(entry({ token: 'rw1.t' }), { code: 'timeout' }, NOW, 0.5, REPORTED).token).toBeNull();
  });

  it('waits at least as long as the provider asked', () => {
    expect(refused(entry(), { code: 'rate-limited', retryAfterMs: 90_000 }, NOW, 0, AHEAD).coolUntil).toBe(NOW + 90_000);
  });

  it('never hammers: the pauses grow, and a dead credential is asked for at most sixteen times in ten hours', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        let [now, at, tries] = [NOW, entry(), 0];
        while (now < NOW + 10 * HOUR) {
          at = refused(at, { code: 'credential-rejected' }, now, random, AHEAD);
          expect(at.coolUntil - now).toBeGreaterThanOrEqual(54_000);
          now = at.coolUntil;
          tries++;
        }
        expect(tries).toBeLessThanOrEqual(17);
        expect(at).toMatchObject({ state: 'lapsed', owes: 'token-lapsed' });
      }),
    );
  });

  it('tells of one lapse once, and of the repair only when the provider has accepted', () => {
    const told = { ...lapsed(entry(), NOW, 0.5, 'refused'), owes: null };
    const again = lapsed(told, NOW + HOUR, 0.5, 'refused');
    expect(again.owes).toBeNull();
    const put = replaced(again, 'rw1.y', NOW + HOUR);
    expect(put).toMatchObject({ state: 'lapsed', coolUntil: 0, owes: null });
    expect(granted(put, { token: 'rw1.t' }, NOW, false)).toMatchObject({
      state: 'active',
      owes: 'token-restored',
      failures: 0,
      coolUntil: 0,
    });
  });

  it('counts leases and never falls back', () => {
    expect(granted(entry({ lease: 5 }), { token: 'rw1.t' }, NOW, true)).toMatchObject({
      lease: 6,
      renewedByReport: true,
      grantedAt: NOW,
    });
    expect(replaced(entry({ lease: 5 }), 'rw1.y', NOW).lease).toBe(5);
  });
});
