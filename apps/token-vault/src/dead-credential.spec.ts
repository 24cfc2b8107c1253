import type { Connection } from '@roomwire/events';
import { PmsError, type PmsErrorCode } from '@roomwire/pms-port';
import { goodCredentials, hostawayConnection, vaultReplicas } from './testing/desk.ts';

const DAY_MS = 86_400_000;
/** How often a worker comes back for a lease, ms. */
const EVERY_MS = 10_000;
const failing = (code: PmsErrorCode) => () => {
  throw new PmsError(code, { provider: 'hostaway', operation: 'token' });
};

/** A day of a worker that never gives up. What it uses of what it is given is refused, where `refusing`. */
async function day(connection: Connection, credentials: Record<string, string>, refusing: boolean, code?: PmsErrorCode) {
  const vault = vaultReplicas();
  await vault.secrets.putCredentials(connection, credentials);
  if (code) vault.provider.answer = failing(code);
  let used = 0;
  for (let at = 0; at < DAY_MS; at += EVERY_MS) {
    const lease = await vault.desk.lease(connection).catch(() => undefined);
    if (lease && refusing) {
      used++;
      await vault.desk.report(connection, { lease: lease.lease, code: 'credential-expired' });
    }
    vault.clock.set(vault.clock.now() + EVERY_MS);
  }
  return { asked: vault.provider.asked, used, notices: vault.journal.notices.map(({ type }) => type) };
}

describe('over a day a dead credential', () => {
  it('that is refused is tried about once an hour, and told of once', async () => {
    const { asked, notices } = await day(hostawayConnection, goodCredentials, false, 'credential-rejected');
    expect(asked).toBeGreaterThanOrEqual(24);
    expect(asked).toBeLessThanOrEqual(32);
    expect(notices).toEqual(['token-lapsed']);
  });

  it('whose tokens are granted and refused is asked for no more often, and told of once', async () => {
    const { asked, used, notices } = await day(hostawayConnection, goodCredentials, true);
    expect(used).toBeGreaterThanOrEqual(24);
    expect(asked).toBeLessThanOrEqual(32);
    expect(used).toBeLessThanOrEqual(32);
    expect(notices).toEqual(['token-lapsed']);
  });

  it('that is a pair without tokens is used no more often', async () => {
    const mews: Connection = { ...hostawayConnection, provider: 'mews' };
    const { used, notices } = await day(mews, { clientToken: 'placeholder', accessToken: 'placeholder' }, true);
    expect(used).toBeGreaterThanOrEqual(24);
    expect(used).toBeLessThanOrEqual(32);
    expect(notices).toEqual(['token-lapsed']);
  });

  it('is told from a provider that is down: once a minute, and nobody is told of a lapse', async () => {
    const { asked, notices } = await day(hostawayConnection, goodCredentials, false, 'provider-error');
    expect(asked).toBeGreaterThanOrEqual(1_000);
    expect(asked).toBeLessThanOrEqual(DAY_MS / 54_000 + 10);
    expect(notices).toEqual([]);
  });
});
