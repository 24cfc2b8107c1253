import { drainKey, hookKey, type Connection, type Hook, type Tenant } from '@roomwire/events';
import { BusError } from '@roomwire/jetstream';
import { memoryVaultClient } from '@roomwire/vault-client';
import { testClock } from '@roomwire/testkit';
import { Registrar, type RegistrarParts } from './registrar.ts';
import type { ReadOutcome } from './reader.ts';
import { DrainTable, drainOf } from './testing/drain.ts';
import { MemoryTable } from './testing/memory-table.ts';
import { account } from './testing/reading.ts';

const BASE = 'https://hooks.example.com';
const URL_OF_C1 = `${BASE}/v1/webhooks/hostaway/c1`;
const KEY = hookKey('c1');
const tenant: Tenant = {
  ...{ id: 't1', name: 'One', status: 'active', apiTokenHashes: [] },
  defaults: { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' },
};
type Wire = { id: number; url: string; isEnabled: 0 | 1; login?: string };

/** Two replicas over one bucket, and a provider that keeps registrations as Hostaway does. */
async function registering(bases: readonly string[] = [BASE], connection: Connection = account, owner = tenant) {
  const clock = testClock();
  const hooks = new MemoryTable<Hook>();
  const heard = new MemoryTable<{ at: number }>();
  const drains = new DrainTable();
  const notices: { type: string; [more: string]: unknown }[] = [];
  const registered: Wire[] = [];
  const calls: string[] = [];
  const outcomes: string[] = [];
  const at: { answer?: ReadOutcome; brokerAway: boolean } = { brokerAway: false };
  const vault = memoryVaultClient();
  await vault.putWebhookSecret({ tenant: 't1', connection: 'c1', secret: { login: 'rw', password: 'placeholder' } });
  const answer = (method: string, path: string, body: Partial<Wire>): unknown => {
    const id = Number(path.split('/').at(-1));
    if (method === 'POST') registered.push({ ...(body as Wire), id: 90 + registered.length });
    if (method === 'PUT')
      Object.assign(
        registered.find((each) => each.id === id)!,
        body,
      );
    if (method === 'DELETE')
      registered.splice(
        registered.findIndex((each) => each.id === id),
        1,
      );
    return { status: 'success', result: registered };
  };
  const parts: RegistrarParts = {
    bus: {
      publish: async (_subject, body) => {
        notices.push(body as (typeof notices)[number]);
        return { stream: 'LOG_t1', seq: 1, duplicate: false };
      },
    },
    tenants: { get: () => owner },
    connections: {
      entries: () => new Map([[connection.id, connection]]).entries(),
    },
    hooks: {
      get: (key) => hooks.get(key),
      create: async (key, value) => {
        if (at.brokerAway) throw new BusError('unavailable', 'away');
        return hooks.create(key, value);
      },
      update: (key, value, seq) => hooks.update(key, value, seq),
      entryFromLeader: async (key) => {
        if (at.brokerAway) throw new BusError('unavailable', 'away');
        return hooks.entryFromLeader(key);
      },
    },
    ...{ drains, heard, vault, bases, everyMs: 300_000 },
    reader: {
      read: async (_asked, _connection, _provider, { operation, method, path, body }) => {
        calls.push(operation);
        if (at.answer) return at.answer;
        const bytes = Buffer.from(JSON.stringify(answer(method, path, JSON.parse(String(body ?? '{}')) as Partial<Wire>)));
        const facts = { operation, status: 200, providerDate: null, observedAt: 1, requestedAt: 1, answeredAt: 1 };
        return { kind: 'answer', answer: { ...facts, bytes } };
      },
    },
    figures: {
      webhooks: {
        looked: (_connection: unknown, outcome: string) => void outcomes.push(outcome),
        drifted: () => undefined,
      } as unknown as RegistrarParts['figures']['webhooks'],
    },
    log: { warn: () => undefined, info: () => undefined } as unknown as RegistrarParts['log'],
    ...{ now: clock.now, random: () => 0.5 },
  };
  const replicas = [new Registrar(parts), new Registrar(parts)];
  const look = async (): Promise<void> => void (await Promise.all(replicas.map((each) => each.look())));
  return {
    ...{ clock, hooks, heard, drains, notices, registered, calls, outcomes, at, vault, look },
    later: async (ms: number) => {
      clock.set(clock.now() + ms);
      await look();
    },
    types: () => notices.map(({ type }) => type),
    /** A poll has found a stay that was changed at this instant. */
    polled: (changed: number) => {
      const last = { endedAt: clock.now(), pages: 1, items: 1, problem: null, mark: { newest: changed * 1_000, rest: '0' } };
      drains.keep(drainKey(drainOf()), drainOf({ last }));
    },
  };
}

describe('the registrar', () => {
  it('registers what is not registered, once, whoever looks, and tells people', async () => {
    const { look, registered, calls, hooks, notices, outcomes, clock } = await registering();
    await look();
    await look();

    expect(registered).toEqual([expect.objectContaining({ url: URL_OF_C1, isEnabled: 1, login: 'rw' })]);
    expect(calls).toEqual(['list-webhooks', 'add-webhook']);
    expect(outcomes).toEqual(['mended']);
    expect(notices).toEqual([expect.objectContaining({ type: 'webhooks-mended', connection: 'c1', requests: 1 })]);
    expect(hooks.get(KEY)).toMatchObject({ goodAt: clock.now(), mendedAt: clock.now(), problem: null });
  });

  it('looks again only when it is time, and leaves alone what is good', async () => {
    const { look, later, calls, outcomes, types } = await registering();
    await look();
    await look();
    await later(269_000);
    expect(calls).toHaveLength(2);
    await later(31_000);

    expect(calls.slice(2)).toEqual(['list-webhooks']);
    expect(outcomes).toEqual(['mended', 'good']);
    expect(types()).toEqual(['webhooks-mended']);
  });

  it.each<[string, (all: Wire[]) => void]>([
    ['disabled', (all) => void (all[0]!.isEnabled = 0)],
    ['forgotten', (all) => void all.splice(0)],
    ['sent elsewhere', (all) => void (all[0]!.url = `${URL_OF_C1}?past`)],
  ])('mends a registration that the provider has %s', async (_title, harm) => {
    const { look, later, registered, outcomes, types } = await registering();
    await look();
    await look();
    harm(registered);
    await later(300_000);

    expect(registered).toEqual([expect.objectContaining({ url: URL_OF_C1, isEnabled: 1 })]);
    expect(outcomes).toEqual(['mended', 'mended']);
    expect(types()).toEqual(['webhooks-mended', 'webhooks-mended']);
  });

  it('leaves alone what is somebody else’s', async () => {
    const { look, registered } = await registering();
    registered.push({ id: 7, url: 'https://others.example/hook', isEnabled: 0 });
    await look();
    await look();

    expect(registered).toContainEqual({ id: 7, url: 'https://others.example/hook', isEnabled: 0 });
    expect(registered).toHaveLength(2);
  });

  it.each<[string, string[], Connection, Tenant]>([
    ['nobody has said where providers reach us', [], account, tenant],
    ['the connection is paused', [BASE], { ...account, status: 'paused' }, tenant],
    ['the connection has lapsed', [BASE], { ...account, status: 'lapsed' }, tenant],
    ['the tenant is paused', [BASE], account, { ...tenant, status: 'paused' }],
    ['the provider has no API for it', [BASE], { ...account, provider: 'smoobu' }, tenant],
  ])('asks nothing where %s', async (_title, bases, connection, owner) => {
    const { look, calls } = await registering(bases, connection, owner);
    await look();
    await look();
    expect(calls).toEqual([]);
  });

  it('says once why it cannot be had, and goes on trying', async () => {
    const { look, later, at, notices, hooks } = await registering();
    at.answer = { kind: 'decision', decision: { kind: 'reject', reason: 'forbidden' } };
    await look();
    await look();
    await later(300_000);
    expect(notices).toEqual([expect.objectContaining({ type: 'webhooks-refused', reason: 'forbidden' })]);
    expect(hooks.get(KEY)).toMatchObject({ goodAt: null, problem: 'forbidden' });

    delete at.answer;
    await later(300_000);
    expect(hooks.get(KEY)).toMatchObject({ problem: null });
  });

  it('says so where the credential may not do that', async () => {
    const { look, at, notices } = await registering();
    at.answer = { kind: 'decision', decision: { kind: 'retry', reason: 'operation-refused' } };
    await look();
    await look();
    expect(notices).toEqual([expect.objectContaining({ type: 'webhooks-refused', reason: 'operation-refused' })]);
  });

  it('comes back sooner where there was no permit, without a word', async () => {
    const { look, later, at, types, calls, hooks, clock } = await registering();
    at.answer = { kind: 'decision', decision: { kind: 'defer', reason: 'no-permit', afterMs: 4_000 } };
    await look();
    await look();
    expect(hooks.get(KEY)!.dueAt).toBe(clock.now() + 4_000);
    expect(types()).toEqual([]);
    delete at.answer;
    await later(4_000);

    expect(calls).toEqual(['list-webhooks', 'list-webhooks', 'add-webhook']);
  });

  it('takes an answer that nobody understands for a problem, and no crash', async () => {
    const { look, at, notices } = await registering();
    const facts = { operation: 'x', status: 200, providerDate: null, observedAt: 1, requestedAt: 1, answeredAt: 1 };
    at.answer = { kind: 'answer', answer: { ...facts, bytes: Buffer.from('<html>') } };
    await look();
    await look();
    expect(notices).toEqual([expect.objectContaining({ type: 'webhooks-refused', reason: 'malformed-answer' })]);
  });

  it('is quiet while the broker is away', async () => {
    const { look, at, calls, hooks } = await registering();
    at.brokerAway = true;
    await look();
    expect(calls).toEqual([]);
    expect(hooks.keys()).toEqual([]);
  });
});

describe('webhooks that do not come', () => {
  it('are noticed by what polls find; the registration is looked at there and then, and every minute', async () => {
    const { look, later, polled, calls, types, clock, hooks } = await registering();
    await look();
    await look();
    await later(10 * 60_000);
    const asked = calls.length;
    polled(clock.now() - 3 * 60_000);
    await look();

    expect(types()).toEqual(['webhooks-mended', 'webhooks-silent']);
    expect(hooks.get(KEY)!.silentSince).toBe(clock.now());
    expect(calls.slice(asked)).toEqual(['list-webhooks']);
    await later(66_000);
    expect(calls.slice(asked)).toEqual(['list-webhooks', 'list-webhooks']);
    expect(types()).toHaveLength(2);
  });

  it('are heard again with the first that comes', async () => {
    const { look, later, polled, heard, types, clock, hooks } = await registering();
    await look();
    await look();
    await later(10 * 60_000);
    polled(clock.now() - 3 * 60_000);
    await look();
    heard.keep('heard.c1', { at: clock.now() });
    await look();

    expect(types()).toEqual(['webhooks-mended', 'webhooks-silent', 'webhooks-heard']);
    expect(hooks.get(KEY)!.silentSince).toBeNull();
  });

  it('are missed where a person registers them, too', async () => {
    const { look, later, polled, types, clock } = await registering([BASE], { ...account, provider: 'smoobu' });
    await look();
    await later(10 * 60_000);
    polled(clock.now() - 3 * 60_000);
    await look();
    expect(types()).toEqual(['webhooks-silent']);
  });

  it('are nobody’s fault where the change is older than the watch', async () => {
    const { look, polled, types, clock } = await registering();
    polled(clock.now() - 86_400_000);
    await look();
    await look();
    expect(types()).toEqual(['webhooks-mended']);
  });
});
