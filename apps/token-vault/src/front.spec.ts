import { createLog, createMeter } from '@roomwire/telemetry';
import { VaultError } from '@roomwire/vault-client';
import { Auditor } from './auditor.ts';
import { RateLimit } from './core/rate-limit.ts';
import { Figures } from './figures.ts';
import { Front, type FrontParts } from './front.ts';
import { hostawayConnection, MemoryJournal } from './testing/desk.ts';

const whose = { tenant: 't1', connection: 'c1' };
const secret = { login: 'hook', password: 'planted' };

function front(more: Partial<FrontParts> = {}) {
  const journal = new MemoryJournal();
  const log = createLog('spec', 'silent');
  const auditor = new Auditor({ journal, log, now: () => 120_000 });
  const puts: unknown[] = [];
  const parts: FrontParts = {
    find: async (id) => (id === 'c1' ? hostawayConnection : undefined),
    known: () => undefined,
    tokens: { lease: async () => ({ kind: 'token', accessToken: 'a', validForMs: 1, lease: 1 }), report: async () => 'renewed' },
    secrets: {
      putCredentials: async (_connection, credentials) => puts.push(credentials) > 0,
      putWebhookSecret: async (_connection, put) => void puts.push(put),
      webhookSecrets: async () => ({ secrets: [], validForMs: 1 }),
    },
    repairs: {
      reauthorise: async () => ({ outcome: 'granted', code: null, lease: 1 }),
      begin: async () => ({ url: 'https://provider.invalid/agree', validForMs: 1 }),
      redeem: async () => ({ outcome: 'granted', code: null, lease: 1 }),
    },
    ...{ auditor, figures: new Figures(createMeter('spec').meter), log, monotonic: () => 0 },
    limit: new RateLimit(100, new Set(['sync-worker', 'operator'])),
    ...more,
  };
  return { front: new Front(parts), journal, auditor, puts };
}

describe('Front', () => {
  it('answers who may ask', async () => {
    expect(await front().front.answer('lease', 'vault.lease.sync-worker', whose)).toEqual({
      value: { kind: 'token', accessToken: 'a', validForMs: 1, lease: 1 },
    });
  });

  it('refuses who may not, and writes it into the trail of whose connection it is, once a minute', async () => {
    const { front: asked, journal } = front();
    for (let n = 0; n < 10; n++)
      expect(await asked.answer('lease', 'vault.lease.normalizer', { ...whose, tenant: 'other' })).toEqual({
        error: { code: 'not-allowed' },
      });
    expect(journal.audits).toEqual([
      { operation: 'lease', caller: 'normalizer', tenant: 't1', connection: 'c1', verdict: 'refused', code: 'not-allowed' },
    ]);
  });

  it('counts the repetitions, and what was leased, by caller, connection and minute', async () => {
    const { front: asked, journal, auditor } = front();
    for (let n = 0; n < 3; n++) await asked.answer('lease', 'vault.lease.normalizer', whose);
    for (let n = 0; n < 5; n++) await asked.answer('lease', 'vault.lease.sync-worker', whose);
    await auditor.flush(Infinity);
    const counted = { operation: 'lease', verdict: 'counted', minute: '1970-01-01T00:02:00.000Z' };
    expect(journal.audits.slice(1)).toEqual([
      { ...counted, caller: 'normalizer', code: 'not-allowed', counts: { c1: 2 } },
      { ...counted, caller: 'sync-worker', tenant: 't1', counts: { c1: 5 } },
    ]);
  });

  it('writes no more than sixty lines a minute of what a caller makes up, and counts the rest', async () => {
    const { front: asked, journal, auditor } = front({ limit: new RateLimit(1_000, new Set()) });
    for (let n = 0; n < 100; n++)
      await asked.answer('lease', 'vault.lease.sync-worker', { ...whose, connection: `made-up-${n}` });
    expect(journal.audits).toHaveLength(60);
    await auditor.flush(Infinity);
    expect(Object.keys((journal.audits[60] as unknown as { counts: object }).counts)).toHaveLength(40);
  });

  it('lets a caller ask so often and no more, says when it may again, and does nothing else for it', async () => {
    const { front: asked, journal } = front({
      limit: new RateLimit(2, new Set(['sync-worker', 'operator'])),
      find: async () => hostawayConnection,
    });
    const answers = [];
    for (let n = 0; n < 3; n++) answers.push(await asked.answer('lease', 'vault.lease.sync-worker', whose));
    expect(answers[1]).toHaveProperty('value');
    expect(answers[2]).toEqual({ error: { code: 'unavailable', detail: 'too many requests', retryAfterMs: 500 } });
    expect(await asked.answer('put-webhook-secret', 'vault.put-webhook-secret.operator', { ...whose, secret })).toEqual({
      value: {},
    });
    expect(journal.audits).toHaveLength(1);
  });

  it('writes a change into the trail before it is made, without the secret; no trail, no change', async () => {
    const { front: asked, journal, puts } = front();
    const subject = 'vault.put-webhook-secret.operator';
    expect(await asked.answer('put-webhook-secret', subject, { ...whose, secret })).toEqual({ value: {} });
    expect(journal.audits).toEqual([
      { operation: 'put-webhook-secret', caller: 'operator', tenant: 't1', connection: 'c1', verdict: 'asked' },
    ]);
    journal.failure = new Error('away');
    expect(await asked.answer('put-webhook-secret', subject, { ...whose, secret })).toEqual({ error: { code: 'unavailable' } });
    expect(puts).toEqual([secret]);
  });

  it('is unavailable where nobody can say whether the connection exists', async () => {
    const { front: asked } = front({ find: () => Promise.reject(new Error('no leader')) });
    expect(await asked.answer('lease', 'vault.lease.sync-worker', whose)).toEqual({ error: { code: 'unavailable' } });
    expect(await front().front.answer('lease', 'vault.lease.sync-worker', { ...whose, connection: 'c9' })).toEqual({
      error: { code: 'unknown-connection' },
    });
  });

  it('asks nobody whose a connection is that it has heard of, but for a lease only', async () => {
    const { front: asked } = front({ find: () => Promise.reject(new Error('no leader')), known: () => hostawayConnection });
    expect(await asked.answer('lease', 'vault.lease.sync-worker', whose)).toHaveProperty('value');
    const theirs = { ...whose, tenant: 't2' };
    expect(await asked.answer('lease', 'vault.lease.sync-worker', theirs)).toEqual({ error: { code: 'not-allowed' } });
    const put = await asked.answer('put-webhook-secret', 'vault.put-webhook-secret.operator', { ...whose, secret });
    expect(put).toEqual({ error: { code: 'unavailable' } });
  });

  it('answers an unexpected error without a word of it', async () => {
    const { front: asked } = front({
      tokens: { lease: () => Promise.reject(new Error('planted')), report: async () => 'renewed' },
    });
    expect(await asked.answer('lease', 'vault.lease.sync-worker', whose)).toEqual({ error: { code: 'unavailable' } });
  });

  it('hands on a refusal’s pause and detail', async () => {
    const refused = new VaultError('unavailable', { detail: 'the token: not usable yet', retryAfterMs: 5 });
    const { front: asked } = front({ tokens: { lease: () => Promise.reject(refused), report: async () => 'renewed' } });
    const error = { code: 'unavailable', detail: 'the token: not usable yet', retryAfterMs: 5 };
    expect(await asked.answer('lease', 'vault.lease.sync-worker', whose)).toEqual({ error });
  });

  it.each([undefined, null, 'text', {}, { tenant: 't1' }, { ...whose, extra: 1 }, { tenant: 't1', connection: 'x'.repeat(65) }])(
    'refuses a request that is none: %j',
    async (body) => {
      expect(await front().front.answer('lease', 'vault.lease.sync-worker', body)).toMatchObject({
        error: { code: 'not-allowed' },
      });
    },
  );
});
