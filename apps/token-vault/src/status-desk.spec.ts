import type { Connection } from '@roomwire/events';
import { PmsError, type PmsErrorCode } from '@roomwire/pms-port';
import type { ConnectionStatus } from '@roomwire/vault-client';
import { Auditor } from './auditor.ts';
import { RateLimit } from './core/rate-limit.ts';
import { Keeper } from './keeper.ts';
import { StatusDesk } from './status-desk.ts';
import { hostawayConnection, oneKey, vaultReplicas } from './testing/desk.ts';

const DAY_MS = 86_400_000;
const cloudbeds: Connection = { ...hostawayConnection, provider: 'cloudbeds' };
const credentials = { clientId: '1', clientSecret: 'planted-client-secret', refreshToken: 'planted-refresh-token' };
const failing = (code: PmsErrorCode) => () => {
  throw new PmsError(code, { provider: 'cloudbeds', operation: 'token' });
};

function vault() {
  const vault = vaultReplicas();
  const { shell, store, journal } = vault;
  const limit = new RateLimit(1_000, new Set(['operator']));
  const auditor = new Auditor({ journal, log: shell.log, now: shell.now });
  const deskWith = (keeper = shell.keeper) =>
    new StatusDesk({ ...shell, keeper, limit, auditor, entries: (from) => store.entries(from) });
  const ask = async (body: unknown = {}, desk = deskWith()): Promise<ConnectionStatus[]> => {
    const reply = await desk.answer('vault.status.operator', body);
    if (!('value' in reply)) throw new Error(`refused: ${reply.error.code}`);
    return reply.value.connections;
  };
  const lease = (at = cloudbeds) => vault.desk.lease(at).catch(() => undefined);
  return { ...vault, deskWith, ask, lease };
}

describe('StatusDesk', () => {
  it('tells how each came to stand as it does, and since when, through a whole life', async () => {
    const { ask, lease, clock, provider, secrets } = vault();
    const after = async (ms: number, answer?: PmsErrorCode) => {
      clock.set(clock.now() + ms);
      provider.answer = answer ? failing(answer) : () => provider.good();
      await lease();
      const [{ state, since, why, lease: number } = {} as ConnectionStatus] = await ask();
      return [state, clock.now() - since!, why, number];
    };
    await secrets.putWebhookSecret(cloudbeds, { key: 'planted-webhook-key' });
    expect(await after(0)).toMatchObject(['no-credentials', expect.any(Number), null, 0]);
    await secrets.putCredentials(cloudbeds, credentials);
    expect(await after(0)).toEqual(['ok', 0, null, 1]);
    expect(await after(10_000)).toEqual(['ok', 10_000, null, 1]);
    expect(await after(3_600_000, 'rate-limited')).toEqual(['cooling-down', 0, 'rate-limited', 1]);
    expect(await after(70_000, 'rate-limited')).toEqual(['cooling-down', 70_000, 'rate-limited', 1]);
    expect(await after(70_000, 'timeout')).toEqual(['in-doubt', 0, 'timeout', 1]);
    expect(await after(70_000, 'credential-rejected')).toEqual(['lapsed', 0, 'answer-lost: credential-rejected', 1]);
    expect(await after(300_000, 'credential-rejected')).toEqual(['lapsed', 300_000, 'refused: credential-rejected', 1]);
    await secrets.putCredentials(cloudbeds, credentials);
    expect(await after(0)).toEqual(['ok', 0, null, 2]);
  });

  it('tells until when the tokens are good, where there is an end', async () => {
    const { ask, lease, clock, secrets } = vault();
    const mews: Connection = { ...hostawayConnection, id: 'c2', provider: 'mews' };
    await secrets.putCredentials(cloudbeds, credentials);
    await secrets.putCredentials(mews, { clientToken: 'planted-a', accessToken: 'planted-b' });
    const at = clock.now();
    await lease();
    await lease(mews);
    const [one, two] = await ask();
    expect(one).toMatchObject({ kind: 'rotating-refresh-token', tokenUntil: at + 3_600_000, refreshUntil: at + 365 * DAY_MS });
    expect(two).toMatchObject({ kind: 'static-fields', tokenUntil: null, refreshUntil: null, keys: ['d1'] });
    expect(await ask({ connection: 'c2' })).toEqual([two]);
    expect(JSON.stringify([one, two])).not.toMatch(/planted|token-1/);
  });

  it('tells what it cannot open', async () => {
    const { ask, lease, secrets, deskWith } = vault();
    await secrets.putCredentials(cloudbeds, credentials);
    await lease();
    expect(await ask({}, deskWith(new Keeper(oneKey())))).toMatchObject([{ state: 'unreadable', tokenUntil: null }]);
  });

  it('answers in pages', async () => {
    const { ask, secrets, deskWith } = vault();
    for (let n = 0; n < 501; n++) await secrets.putCredentials({ ...cloudbeds, id: `c-${n}` }, credentials);
    expect(await ask()).toHaveLength(500);
    const first = await deskWith().answer('vault.status.operator', {});
    const next = 'value' in first ? first.value.next : undefined;
    expect(await deskWith().answer('vault.status.operator', { from: next })).toMatchObject({
      value: { connections: [{ connection: 'c-500' }], next: null },
    });
  });

  it('answers nobody but the operator, and writes down who asked', async () => {
    const { deskWith, journal } = vault();
    expect(await deskWith().answer('vault.status.sync-worker', {})).toEqual({ error: { code: 'not-allowed' } });
    expect(journal.audits).toMatchObject([{ operation: 'status', caller: 'sync-worker', verdict: 'refused' }]);
  });
});
