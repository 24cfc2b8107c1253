import { newEntry, type Intent, type VaultEntry } from './entry.ts';
import { intended, lookAfterMs, settled, standsMs, TIMES, withdrawn, type Tried } from './intent.ts';

const NOW = 1_000_000;
const intent: Intent = { id: 'mine', owner: 'a', lease: 3, byReport: false, standsMs: 3_000 };
const entry = (more: Partial<VaultEntry> = {}): VaultEntry => ({
  ...newEntry({ id: 'c1', tenant: 't1', provider: 'cloudbeds' }),
  ...{ credentials: 'rw1.c', lease: 3, generation: 2, intent, ...more },
});
const tried = (isGranted: boolean): Tried => ({
  ...{ intent, generation: 2, isGranted },
  change: (from) => ({ ...from, intent: null, lease: from.lease + 1 }),
});

describe('an intent', () => {
  it('of a rotating token outlasts its own deadline and its request’s; of others it need not', () => {
    expect(standsMs('rotating-refresh-token', TIMES)).toBeGreaterThan(TIMES.sendWithinMs + TIMES.requestMs);
    expect(standsMs('kept-refresh-token', TIMES)).toBe(TIMES.repeatableMs);
    expect(standsMs('client-credentials', TIMES)).toBe(TIMES.repeatableMs);
  });

  it('in the place of another leaves a rotating token unsure', () => {
    expect(intended(entry({ intent: null }), intent, true, NOW).unsure).toBe(false);
    expect(intended(entry({ intent: { ...intent, id: 'theirs' } }), intent, true, NOW)).toMatchObject({ unsure: true, intent });
    expect(intended(entry({ intent: { ...intent, id: 'theirs' } }), intent, false, NOW).unsure).toBe(false);
  });

  it('is withdrawn by its owner only', () => {
    expect(withdrawn(entry({ unsure: true }), 'mine', false)).toMatchObject({ intent: null, unsure: false });
    expect(withdrawn(entry(), 'theirs', false)).toBeUndefined();
  });
});

describe('what came of a request', () => {
  const theirs = { ...intent, id: 'theirs' };

  it('is stored by its owner', () => {
    expect(settled(entry(), tried(true))).toMatchObject({ lease: 4, intent: null });
    expect(settled(entry(), tried(false))).toMatchObject({ lease: 4, intent: null });
  });

  it('that comes late is kept if it is a token and nobody is at it; a failure says nothing then', () => {
    expect(settled(entry({ intent: null }), tried(true))).toMatchObject({ lease: 4 });
    expect(settled(entry({ intent: theirs }), tried(true))).toBe('wait');
    expect(settled(entry({ intent: theirs }), tried(false))).toBeUndefined();
    expect(settled(entry({ intent: null }), tried(false))).toBeUndefined();
  });

  it('is of no use where there is a newer token, or other credentials', () => {
    for (const newer of [{ lease: 4 }, { generation: 3 }]) {
      expect(settled(entry({ ...newer, intent: null }), tried(true))).toBeUndefined();
      expect(settled(entry({ ...newer, intent: theirs }), tried(true))).toBeUndefined();
      expect(settled(entry(newer), tried(true))).toEqual({ ...entry(newer), intent: null });
    }
    expect(settled(undefined, tried(true))).toBeUndefined();
  });
});

describe('lookAfterMs', () => {
  it('sees to what waits for somebody, and to nothing else', () => {
    const idle = { intent: null };
    expect(lookAfterMs(entry(), NOW)).toBe(3_000);
    expect(lookAfterMs(entry(idle), NOW)).toBeUndefined();
    expect(lookAfterMs(entry({ ...idle, owes: 'token-lapsed' }), NOW)).toBeGreaterThan(0);
    expect(lookAfterMs(entry({ ...idle, unsure: true, coolUntil: NOW + 9_000 }), NOW)).toBe(9_000);
    expect(lookAfterMs(entry({ ...idle, unsure: true }), NOW)).toBeGreaterThan(0);
    expect(lookAfterMs(entry({ ...idle, coolUntil: NOW + 9_000, state: 'lapsed' }), NOW)).toBeUndefined();
  });
});
