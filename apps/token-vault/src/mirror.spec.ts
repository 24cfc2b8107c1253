import type { Connection } from '@roomwire/events';
import type { VaultEntry } from './core/entry.ts';
import { Keeper } from './keeper.ts';
import { BEHIND_MS_MAX, Mirror } from './mirror.ts';
import { goodCredentials, hostawayConnection as connection, oneKey, vaultReplicas } from './testing/desk.ts';
import { TokenDesk } from './token-desk.ts';

/** A vault whose bucket's stream is in the spec's hand, and a desk that remembers what it told. */
async function world() {
  const vault = vaultReplicas();
  const { shell, store, clock } = vault;
  let reads = 0;
  const counted = { ...store, read: (id: string) => (reads++, store.read(id)), write: store.write.bind(store) };
  const newest = async (): Promise<number> => (await store.read('c1')).revision;
  const mirror = new Mirror({ keeper: shell.keeper, newest, monotonic: clock.now });
  const desk = new TokenDesk({ ...shell, store: counted, mirror });
  const told = async (more: Partial<VaultEntry> = {}): Promise<void> => {
    const { entry, revision } = await store.read('c1');
    mirror.tell('c1', { ...entry!, ...more }, revision);
    await mirror.check();
  };
  const readsOf = async (after?: number, at: Connection = connection): Promise<number> => {
    reads = 0;
    await desk.lease(at, { after }).catch(() => undefined);
    return reads;
  };
  await vault.secrets.putCredentials(connection, goodCredentials);
  await desk.lease(connection);
  return { ...vault, mirror, desk, told, readsOf };
}

describe('what a replica remembers of the bucket', () => {
  it('is given to who has reported nothing as new, and the leader is not asked', async () => {
    const { desk, told, readsOf } = await world();
    await told();
    expect(await desk.lease(connection, { after: 0 })).toMatchObject({ accessToken: 'token-1', lease: 1 });
    expect(await readsOf(0)).toBe(0);
  });

  it('is nothing to who has reported it, or does not say what they have reported', async () => {
    const { told, readsOf } = await world();
    await told();
    expect(await readsOf(1)).toBeGreaterThan(0);
    expect(await readsOf(undefined)).toBeGreaterThan(0);
  });

  it.each<[string, Partial<VaultEntry>]>([
    ['a lapse', { state: 'lapsed', cause: 'lease-refused' }],
    ['an intent', { intent: { id: 'i', owner: 'o', lease: 1, byReport: false, standsMs: 1 } }],
    ['a notice that is owed', { owes: 'token-restored' }],
    ['no token', { token: null }],
  ])('leaves %s to the leader', async (_what, more) => {
    const { told, readsOf } = await world();
    await told(more);
    expect(await readsOf(0)).toBeGreaterThan(0);
  });

  it('leaves a token that is to be renewed to the leader', async () => {
    const { told, readsOf, clock } = await world();
    clock.set(clock.now() + 3_500_000);
    await told();
    expect(await readsOf(0)).toBeGreaterThan(0);
  });

  it('is worth as much as the leader’s last word that it is all', async () => {
    const { mirror, told, readsOf, clock, store } = await world();
    await told();
    clock.set(clock.now() + BEHIND_MS_MAX);
    expect(await readsOf(0)).toBe(0);
    clock.set(clock.now() + 1);
    expect(await readsOf(0)).toBeGreaterThan(0);
    const { entry, revision } = await store.read('c1');
    await store.write('c1', entry!, revision);
    await mirror.check(); // that write was not told
    expect(await readsOf(0)).toBeGreaterThan(0);
    await told();
    expect(await readsOf(0)).toBe(0);
    mirror.clear();
    expect(await readsOf(0)).toBeGreaterThan(0);
  });

  it('is nobody’s but its tenant’s, and nothing under a key that is not here', async () => {
    const { mirror, told, store, clock } = await world();
    await told();
    expect(mirror.get(connection)).toMatchObject({ held: { accessToken: 'token-1' } });
    expect(mirror.get({ ...connection, tenant: 't2' })).toBeUndefined();
    const keyless = new Mirror({ keeper: new Keeper(oneKey()), newest: async () => 0, monotonic: clock.now });
    const { entry, revision } = await store.read('c1');
    keyless.tell('c1', entry, revision);
    await keyless.check();
    expect(keyless.get(connection)).toBeUndefined();
  });
});
