import { PmsError, type PmsErrorCode } from '@roomwire/pms-port';
import { VaultError } from '@roomwire/vault-client';
import { CLOCK_SKEW_MS } from './core/token.ts';
import { goodCredentials, hostawayConnection as connection, vaultReplicas } from './testing/desk.ts';
import { TokenDesk } from './token-desk.ts';

const failing = (code: PmsErrorCode, retryAfterMs?: number) => () => {
  throw new PmsError(code, { provider: 'hostaway', operation: 'token', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
};
const HOUR = 3_600_000;

async function ready(replicas = 1) {
  const vault = vaultReplicas(replicas);
  await vault.secrets.putCredentials(connection, goodCredentials);
  return vault;
}
const expired = (lease: number) => ({ lease, code: 'credential-expired' });

describe('TokenDesk.lease', () => {
  it('asks the provider once for all who ask at one time, and not again while the token is good', async () => {
    const { desk, provider, clock } = await ready();
    const leases = await Promise.all([desk.lease(connection), desk.lease(connection), desk.lease(connection)]);
    for (const lease of leases) expect(lease).toMatchObject({ accessToken: 'token-1' });
    clock.set(clock.now() + HOUR / 2);
    expect(await desk.lease(connection)).toEqual({ kind: 'token', accessToken: 'token-1', validForMs: HOUR / 2, lease: 1 });
    expect(provider.asked).toBe(1);
  });

  it('renews before the end', async () => {
    const { desk, clock } = await ready();
    await desk.lease(connection);
    clock.set(clock.now() + HOUR * 0.92);
    expect(await desk.lease(connection)).toMatchObject({ accessToken: 'token-2', lease: 2 });
  });

  it('does not answer before the token may be used', async () => {
    const { desk, provider, clock } = await ready();
    provider.answer = () => provider.good({ usableAfterMs: 1_000 });
    let answered = false;
    const asking = desk.lease(connection).then((lease) => ((answered = true), lease));
    await new Promise(setImmediate);
    await clock.advance(1_000 + CLOCK_SKEW_MS - 1);
    await new Promise(setImmediate);
    expect(answered).toBe(false);
    await clock.advance(1);
    expect(await asking).toMatchObject({ validForMs: HOUR - 1_000 - CLOCK_SKEW_MS });
  });

  it('does not hold an answer back for ever', async () => {
    const { desk, provider } = await ready();
    provider.answer = () => provider.good({ usableAfterMs: 60_000 });
    await expect(desk.lease(connection)).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 60_000 + CLOCK_SKEW_MS });
  });

  it('of two replicas only one asks, and the other waits for its token', async () => {
    const { desks, provider, clock } = await ready(2);
    const gate = Promise.withResolvers<void>();
    provider.answer = async () => {
      const mine = provider.good();
      await gate.promise;
      return mine;
    };
    const both = Promise.all(desks.map((desk) => desk.lease(connection)));
    await new Promise(setImmediate);
    gate.resolve();
    await new Promise(setImmediate);
    await clock.advance(200);
    const [first, second] = await both;
    expect(provider.asked).toBe(1);
    for (const each of [first, second]) expect(each).toMatchObject({ accessToken: 'token-1', lease: 1 });
  });

  it('gives a token that was granted for replaced credentials to nobody', async () => {
    const { desk, provider, secrets } = await ready();
    provider.answer = async ({ clientSecret }) => {
      if (clientSecret === goodCredentials.clientSecret)
        await secrets.putCredentials(connection, { ...goodCredentials, clientSecret: 'next' });
      return provider.good({ accessToken: `for-${clientSecret}` });
    };
    expect(await desk.lease(connection)).toMatchObject({ accessToken: 'for-next', lease: 1 });
  });

  it('uses the old token while the provider cannot renew it, and asks it no more than the cool-down allows', async () => {
    const { desk, provider, clock } = await ready();
    await desk.lease(connection);
    clock.set(clock.now() + HOUR * 0.92);
    provider.answer = failing('provider-error');
    for (let n = 0; n < 50; n++) expect(await desk.lease(connection)).toMatchObject({ accessToken: 'token-1', lease: 1 });
    expect(provider.asked).toBe(2);
    clock.set(clock.now() + 1_101);
    await desk.lease(connection);
    expect(provider.asked).toBe(3);
  });

  it('does not wait long for a new token while the old one is good', async () => {
    const { desk, provider, clock } = await ready();
    await desk.lease(connection);
    clock.set(clock.now() + HOUR * 0.92);
    const slow = Promise.withResolvers<void>();
    provider.answer = () => slow.promise.then(() => provider.good());
    const asking = desk.lease(connection);
    await new Promise(setImmediate);
    await clock.advance(1_000);
    expect(await asking).toMatchObject({ accessToken: 'token-1' });
    slow.resolve();
    await desk.idle();
    expect(await desk.lease(connection)).toMatchObject({ accessToken: 'token-2' });
  });

  it('says when to come again after a failure of the provider', async () => {
    const { desk, provider, journal } = await ready();
    provider.answer = failing('rate-limited', 30_000);
    await expect(desk.lease(connection)).rejects.toMatchObject({ code: 'provider-refused', retryAfterMs: 30_000 });
    expect(journal.notices).toEqual([]);
  });

  it('does not open an entry that was moved here from another connection', async () => {
    const { desk, store, keeper, shell } = await ready();
    const { entry } = await store.read('c1');
    await store.write('c2', entry!, 0);
    expect(keeper).toBe(shell.keeper);
    await expect(desk.lease({ ...connection, id: 'c2' })).rejects.toThrow(/sealed for another place/);
  });
});

describe('a lapse', () => {
  it('is told once, and a dead credential is not hammered', async () => {
    const { desk, provider, journal, clock } = await ready();
    provider.answer = failing('credential-rejected');
    for (let n = 0; n < 20; n++) await expect(desk.lease(connection)).rejects.toMatchObject({ code: 'lapsed' });
    expect(provider.asked).toBe(1);
    clock.set(clock.now() + 66_000);
    await expect(desk.lease(connection)).rejects.toMatchObject({ code: 'lapsed' });
    expect(provider.asked).toBe(2);
    expect(journal.notices).toEqual([
      { type: 'token-lapsed', tenant: 't1', connection: 'c1', provider: 'hostaway', lease: 0, cause: 'refused' },
    ]);
  });

  it('stays owed until the notice is stored', async () => {
    const { desk, provider, journal, store } = await ready();
    provider.answer = failing('credential-rejected');
    journal.failure = new Error('away');
    await expect(desk.lease(connection)).rejects.toMatchObject({ code: 'lapsed' });
    expect((await store.read('c1')).entry).toMatchObject({ state: 'lapsed', owes: 'token-lapsed' });
    journal.failure = undefined;
    await expect(desk.lease(connection)).rejects.toMatchObject({ code: 'lapsed' });
    expect(journal.notices).toHaveLength(1);
    expect((await store.read('c1')).entry).toMatchObject({ owes: null });
    expect(provider.asked).toBe(1);
  });

  it('ends with new credentials that the provider accepts', async () => {
    const { desk, provider, secrets, journal, book } = await ready();
    provider.answer = failing('credential-rejected');
    await expect(desk.lease(connection)).rejects.toMatchObject({ code: 'lapsed' });
    expect(book.told).toEqual(['c1 lapsed']);
    provider.answer = () => provider.good();
    await secrets.putCredentials(connection, goodCredentials); // the same: it was the provider who had forgotten them
    expect(await desk.lease(connection)).toMatchObject({ lease: 1 });
    expect(journal.notices.map(({ type }) => type)).toEqual(['token-lapsed', 'token-restored']);
    expect(book.told).toEqual(['c1 lapsed', 'c1 active']);
  });
});

describe('TokenDesk.report', () => {
  it('renews once, however many report and wherever', async () => {
    const { desks, provider } = await ready(2);
    await desks[0]!.lease(connection);
    await Promise.all([desks[0]!.report(connection, expired(1)), desks[0]!.report(connection, expired(1))]);
    await desks[1]!.report(connection, expired(1));
    expect(provider.asked).toBe(2);
    expect(await desks[1]!.lease(connection)).toMatchObject({ accessToken: 'token-2', lease: 2 });
  });

  it('is a lapse when the provider refuses to renew', async () => {
    const { desk, provider, journal } = await ready();
    await desk.lease(connection);
    provider.answer = failing('credential-rejected');
    await desk.report(connection, expired(1));
    await expect(desk.lease(connection)).rejects.toMatchObject({ code: 'lapsed' });
    expect(journal.notices).toHaveLength(1);
    expect(provider.asked).toBe(2);
  });

  it('is a lapse when the fresh token is refused too: no circle of tokens', async () => {
    const { desk, provider, journal } = await ready();
    await desk.lease(connection);
    await desk.report(connection, expired(1));
    await desk.report(connection, expired(2));
    await expect(desk.lease(connection)).rejects.toMatchObject({ code: 'lapsed' });
    expect(provider.asked).toBe(2);
    expect(journal.notices).toHaveLength(1);
  });

  it('does not hand out the refused token while the provider cannot renew it', async () => {
    const { desk, provider } = await ready();
    await desk.lease(connection);
    provider.answer = failing('timeout');
    await desk.report(connection, expired(1));
    await expect(desk.lease(connection)).rejects.toMatchObject({ code: 'provider-refused' });
    expect(provider.asked).toBe(2);
  });
});

describe('while the provider may not be called', () => {
  const notYet = async () => {
    throw new VaultError('unavailable', { retryAfterMs: 4_000 });
  };

  it('a good token is handed out to its last use, and who has none is told when to come again', async () => {
    const { provider, clock, shell } = await ready();
    await new TokenDesk(shell).lease(connection);
    const desk = new TokenDesk({ ...shell, turn: notYet });
    clock.set(clock.now() + HOUR * 0.92);
    for (let n = 0; n < 3; n++) expect(await desk.lease(connection)).toMatchObject({ accessToken: 'token-1', lease: 1 });
    clock.set(clock.now() + HOUR * 0.08);
    await expect(desk.lease(connection)).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 4_000 });
    expect(provider.asked).toBe(1);
  });

  it('a token that was refused in use is nobody’s any more', async () => {
    const { provider, shell } = await ready();
    const desk = new TokenDesk({ ...shell, turn: notYet });
    await new TokenDesk(shell).lease(connection);
    expect(await desk.report(connection, expired(1))).toBe('unknown');
    await expect(desk.lease(connection)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await new TokenDesk(shell).lease(connection)).toMatchObject({ accessToken: 'token-2', lease: 2 });
    expect(provider.asked).toBe(2);
  });

  it('gives its turn back where another replica was quicker, or it came too late', async () => {
    const { provider, shell } = await ready();
    const ended: string[] = [];
    const turn = async () => ({
      isGood: () => false,
      use: () => Promise.reject(new Error('sent')),
      giveBack: async () => void ended.push('given back'),
    });
    const late = new TokenDesk({ ...shell, turn });
    const asking = late.lease(connection).catch((error: unknown) => error);
    expect(await asking).toMatchObject({ code: 'unavailable' });
    expect(ended.length).toBeGreaterThan(0);
    expect(provider.asked).toBe(0);
    expect((await shell.store.read('c1')).entry).toMatchObject({ intent: null });
  });
});
