import { createLog, createMeter } from '@roomwire/telemetry';
import { randomBytes } from 'node:crypto';
import { Caretaker } from './caretaker.ts';
import { newEntry, type VaultEntry } from './core/entry.ts';
import type { KeyRing } from './core/key-ring.ts';
import type { Place } from './core/sealed.ts';
import { Figures } from './figures.ts';
import { Keeper } from './keeper.ts';
import { KeyCabinet } from './key-cabinet.ts';
import { MemoryKeyStore } from './key-store.ts';
import { KeyedVaultStore } from './keyed-vault-store.ts';
import { MemoryJournal } from './testing/desk.ts';
import { MemoryVaultStore } from './vault-store.ts';

const bytes = { k1: randomBytes(32), k2: randomBytes(32) };
const keks = (...ids: ('k1' | 'k2')[]): KeyRing => ({ active: ids[0]!, keys: new Map(ids.map((id) => [id, bytes[id]])) });
const GRACE_MS = 60_000;

/** Replicas over one store; each has its own key-encryption keys, as files may reach machines at different times. */
function vault() {
  const [keyStore, inner, journal] = [new MemoryKeyStore(), new MemoryVaultStore(), new MemoryJournal()];
  const clock = { ms: 0 };
  const log = createLog('spec', 'silent');
  const replica = (first = keks('k1')) => {
    let changed: KeyRing | undefined;
    const cabinet = new KeyCabinet({ store: keyStore, now: () => 0, monotonic: () => clock.ms }, first);
    const [store, keeper] = [new KeyedVaultStore(inner, cabinet), new Keeper(cabinet)];
    const figures = new Figures(createMeter('spec').meter);
    const parts = { cabinet, keyStore, store, keeper, journal, figures, log, graceMs: GRACE_MS };
    const entries = (from: number) => inner.entries(from);
    const changedKeks = async () => ([changed] = [undefined, changed])[1];
    const caretaker = new Caretaker({ ...parts, entries, changedKeks });
    return { cabinet, store, keeper, caretaker, give: (ring: KeyRing) => (changed = ring) };
  };
  return { keyStore, inner, journal, clock, replica };
}
type Replica = ReturnType<ReturnType<typeof vault>['replica']>;

const placeOf = (connection: string, field: Place['field']): Place => ({ tenant: 't1', connection, field });
async function put({ keeper, store }: Replica, id: string): Promise<void> {
  const entry = newEntry({ id, tenant: 't1', provider: 'hostaway' });
  const sealed: VaultEntry = {
    ...entry,
    credentials: keeper.seal(`credentials of ${id}`, placeOf(id, 'credentials')),
    webhookSecrets: keeper.seal(`webhook of ${id}`, placeOf(id, 'webhook-secrets')),
  };
  expect(await store.write(id, sealed, (await store.read(id)).revision)).toBe(true);
}
async function opened({ keeper, store }: Replica, id: string): Promise<unknown[]> {
  const { entry } = await store.read(id);
  return [
    keeper.open(entry!.credentials!, placeOf(id, 'credentials')),
    keeper.open(entry!.webhookSecrets!, placeOf(id, 'webhook-secrets')),
  ];
}
const whole = (id: string) => [`credentials of ${id}`, `webhook of ${id}`];

describe('Caretaker', () => {
  it('seals everything under a new data key, and removes the old one when its time is over', async () => {
    const { replica, clock, keyStore, journal } = vault();
    const one = replica();
    await one.caretaker.look();
    for (const id of ['c1', 'c2', 'c3']) await put(one, id);
    expect(await one.caretaker.rotate()).toBe('d2');
    await one.caretaker.look();
    for (const id of ['c1', 'c2', 'c3']) {
      expect((await one.store.read(id)).entry?.credentials).toMatch(/^rw2\.d2\./);
      expect(await opened(one, id)).toEqual(whole(id));
    }
    expect(one.cabinet.count()).toBe(2);
    clock.ms += GRACE_MS;
    await one.caretaker.look();
    expect((await keyStore.read()).ring?.keys.map(({ id }) => id)).toEqual(['d2']);
    expect(journal.audits.map(({ operation, key }) => [operation, key])).toEqual([['rotate-keys', 'd2'], ['remove-keys', 'd1']]); // prettier-ignore
    expect(await opened(await looked(replica()), 'c2')).toEqual(whole('c2'));
  });

  it('goes on where a replica that was killed has left off, and where another one is at it too', async () => {
    const { replica, inner, clock, keyStore } = vault();
    const killed = replica();
    await killed.caretaker.look();
    const ids = Array.from({ length: 20 }, (_, n) => `c${n}`);
    for (const id of ids) await put(killed, id);
    await killed.caretaker.rotate();
    let writes = 0;
    const write = inner.write.bind(inner);
    inner.write = (...args) => (++writes > 7 ? Promise.reject(new Error('killed')) : write(...args));
    await killed.caretaker.look();
    inner.write = write;
    const [one, other] = [await looked(replica()), await looked(replica())];
    await Promise.all([one.caretaker.look(), other.caretaker.look()]);
    clock.ms += GRACE_MS;
    await Promise.all([one.caretaker.look(), other.caretaker.look()]);
    expect((await keyStore.read()).ring?.keys).toHaveLength(1);
    for (const id of ids) expect(await opened(one, id)).toEqual(whole(id));
  });

  it('removes no key that something is sealed under: what was written late, and what cannot be opened', async () => {
    const { replica, inner, clock, keyStore } = vault();
    const [one, slow] = [await looked(replica()), await looked(replica())];
    await one.caretaker.rotate();
    await one.caretaker.look();
    await put(slow, 'late'); // it has not heard of d2
    expect((await inner.read('late')).entry?.credentials).toMatch(/^rw2\.d2\.|^rw2\.d1\./);
    const { entry, revision } = await inner.read('late');
    await inner.write('moved', { ...entry!, connection: 'moved' }, 0);
    clock.ms += GRACE_MS;
    await one.caretaker.look();
    await one.caretaker.look();
    expect((await keyStore.read()).ring?.keys).toHaveLength(2);
    expect(await opened(one, 'late')).toEqual(whole('late'));
    await inner.write('moved', { ...entry!, credentials: null, webhookSecrets: null }, revision + 1);
    await one.caretaker.look();
    await one.caretaker.look();
    expect((await keyStore.read()).ring?.keys).toHaveLength(1);
  });

  it('opens at once what another replica has sealed under a key that this one has not heard of', async () => {
    const { replica } = vault();
    const [one, other] = [await looked(replica()), await looked(replica())];
    await put(one, 'c1');
    await one.caretaker.rotate();
    await one.caretaker.look();
    expect((await one.store.read('c1')).entry?.credentials).toMatch(/^rw2\.d2\./);
    expect(await opened(other, 'c1')).toEqual(whole('c1'));
  });

  it('makes the key that is asked for, also where the ring is written at the same moment', async () => {
    const { replica, keyStore } = vault();
    const [one, other] = [await looked(replica()), await looked(replica())];
    other.give(keks('k2', 'k1'));
    one.give(keks('k2', 'k1'));
    const [id] = await Promise.all([one.caretaker.rotate(), other.caretaker.look(), other.caretaker.rotate()]);
    await one.caretaker.look();
    const { ring } = await keyStore.read();
    expect(ring!.keys.map((key) => key.id).sort()).toEqual(['d1', 'd2', 'd3']);
    expect(ring!.keys.map(({ kek }) => kek)).toEqual(['k2', 'k2', 'k2']);
    expect(['d2', 'd3']).toContain(id);
  });

  it('lets nobody write under a key that is gone', async () => {
    const { replica, clock } = vault();
    const [one, asleep] = [await looked(replica()), await looked(replica())];
    const sealed = asleep.keeper.seal('a', placeOf('c1', 'credentials'));
    await one.caretaker.rotate();
    clock.ms += GRACE_MS;
    await one.caretaker.look();
    const entry = { ...newEntry({ id: 'c1', tenant: 't1', provider: 'hostaway' }), credentials: sealed };
    await expect(asleep.store.write('c1', entry, 0)).rejects.toThrow('removed');
  });

  it('wraps the data keys by a new key-encryption key, without a restart, and needs the old one no more', async () => {
    const { replica, keyStore, journal } = vault();
    const [one, behind] = [await looked(replica()), await looked(replica())];
    await put(one, 'c1');
    one.give(keks('k2', 'k1'));
    await one.caretaker.look();
    await behind.caretaker.look();
    await one.caretaker.look();
    expect((await keyStore.read()).ring).toMatchObject({ keys: [{ id: 'd1', kek: 'k2' }], pastKeks: ['k1'] });
    expect(await opened(behind, 'c1')).toEqual(whole('c1')); // its keys were open before
    one.give(keks('k2'));
    await one.caretaker.look();
    expect(await opened(await looked(replica(keks('k2'))), 'c1')).toEqual(whole('c1'));
    const tooOld = await looked(replica(keks('k1')));
    expect(tooOld.cabinet.problem()).toBe('no key here opens data key d1 (wrapped by k2)');
    expect(journal.audits).toMatchObject([{ operation: 'rewrap-keys', key: 'k2' }]);
  });
});

async function looked(replica: Replica): Promise<Replica> {
  await replica.caretaker.look();
  return replica;
}
