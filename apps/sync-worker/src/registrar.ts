import { heardKey, hookKey, subjectOf, type Connection, type Drain, drainKey, type Heard, type Hook } from '@roomwire/events';
import { BusError, type Bus, type KvTable } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import { parseJson, pms, PmsError, type Pms, type Registration, type RequestPlan } from '@roomwire/pms-port';
import { VaultError, type VaultClient } from '@roomwire/vault-client';
import { randomUUID } from 'node:crypto';
import { afterVault, type Decision } from './core/after.ts';
import { addressesOf, changedAt, driftOf } from './core/webhook-health.ts';
import type { Figures } from './figures.ts';
import type { Reader } from './reader.ts';
import { eachActive, Ticking, type ActiveParts } from './ticking.ts';

export type RegistrarParts = ActiveParts & {
  bus: Pick<Bus, 'publish'>;
  drains: Pick<KvTable<Drain>, 'get'>;
  heard: Pick<KvTable<Heard>, 'get'>;
  hooks: Pick<KvTable<Hook>, 'get' | 'create' | 'update' | 'entryFromLeader'>;
  reader: Pick<Reader, 'read'>;
  vault: Pick<VaultClient, 'webhookSecrets'>;
  /** Where providers reach a gateway, then where they once did. Empty: nobody has said, and registrations are left alone. */
  bases: readonly string[];
  /** Between two looks at a registration, ms. */
  everyMs: number;
  figures: Pick<Figures, 'webhooks'>;
  now: () => number;
  random: () => number;
};

/** What a look at a registration came to. */
type Found = { kind: 'good' } | { kind: 'mended'; requests: number } | { kind: 'later'; afterMs: number } | Problem;
type Problem = { kind: 'problem'; reason: string };
type Known = { hook: Hook; seq: number };

/** A connection that is silent is looked at so much more often. */
const SILENT_MS = 60_000;
/** What a look would wait for is worth asking for again then, at most, ms. */
const LATER_MS_MAX = 60_000;

/**
 * Keeps webhooks coming. Providers disable and forget registrations, so each is looked at again and again, by level: each replica looks
 * at all connections, compare-and-set lets one do each, and a look that was cut short by a crash is done by the next one.
 */
export class Registrar extends Ticking {
  constructor(private readonly parts: RegistrarParts) {
    super();
  }

  look(): Promise<void> {
    return eachActive(this.parts, 'webhooks', async (connection) => {
      const adapter = adapterOf(connection.provider);
      if (adapter?.capabilities.webhooks) await this.lookAt(connection, pms(adapter));
    });
  }

  private async lookAt(connection: Connection, provider: Pms): Promise<void> {
    const { hooks, now, figures } = this.parts;
    const key = hookKey(connection.id);
    const told = hooks.get(key);
    if (!told) return this.first(key, connection);
    const driftMs = this.driftOf(connection, provider, told);
    figures.webhooks.drifted(connection, driftMs);
    const silent = driftMs > 0;
    const isKept = provider.adapter.webhooks !== undefined && this.parts.bases.length > 0;
    const isDue = ({ dueAt }: Hook): boolean => isKept && dueAt <= now();
    if (silent === (told.silentSince !== null) && !isDue(told)) return;
    const entry = await hooks.entryFromLeader(key);
    if (!entry?.value || entry.value.dueAt !== told.dueAt) return;
    const held = await this.heardOf(connection, { hook: entry.value, seq: entry.seq }, silent);
    if (held && isDue(held.hook)) await this.take(connection, provider, held);
  }

  private async first(key: string, { tenant, provider, id: connection }: Connection): Promise<void> {
    const at = this.parts.now();
    await this.parts.hooks.create(key, {
      ...{ tenant, provider, connection, since: at, dueAt: at, goodAt: null, mendedAt: null },
      ...{ problem: null, silentSince: null },
    });
  }

  /** How far the changes that polls have found go beyond the last webhook, ms; 0 where that says nothing. */
  private driftOf({ id }: Connection, { adapter }: Pms, { since }: Hook): number {
    const { drains, heard, now } = this.parts;
    const changed = changedAt(adapter, (list) => drains.get(drainKey({ connection: id, list, lane: 'poll' })));
    return driftOf({ changed, heardAt: Math.max(since, heard.get(heardKey(id))?.at ?? 0), now: now() });
  }

  /** With what the polls say of it. Undefined: somebody else was here. */
  private async heardOf(connection: Connection, held: Known, silent: boolean): Promise<Known | undefined> {
    if (silent === (held.hook.silentSince !== null)) return held;
    const { now } = this.parts;
    const hook = { ...held.hook, silentSince: silent ? now() : null, dueAt: silent ? now() : held.hook.dueAt };
    const seq = await this.parts.hooks.update(hookKey(connection.id), hook, held.seq);
    if (seq === undefined) return undefined;
    await this.notice(connection, silent ? 'webhooks-silent' : 'webhooks-heard', String(held.seq), {});
    return { hook, seq };
  }

  /** The next look is put down first, so that one replica does this one. */
  private async take(connection: Connection, provider: Pms, { hook, seq }: Known): Promise<void> {
    const { hooks, now, random, everyMs, figures } = this.parts;
    const key = hookKey(connection.id);
    const every = hook.silentSince === null ? everyMs : Math.min(everyMs, SILENT_MS);
    const claimed = { ...hook, dueAt: Math.round(now() + every * (0.9 + 0.2 * random())) };
    const claim = await hooks.update(key, claimed, seq);
    if (claim === undefined) return;
    const found = await this.ensure(connection, provider);
    figures.webhooks.looked(connection, found.kind);
    const next = after(claimed, found, now());
    if ((await hooks.update(key, next, claim)) === undefined) return;
    if (found.kind === 'mended') await this.notice(connection, 'webhooks-mended', String(claim), { requests: found.requests });
    if (found.kind === 'problem' && found.reason !== hook.problem)
      await this.notice(connection, 'webhooks-refused', String(claim), { reason: found.reason });
  }

  private async ensure(connection: Connection, provider: Pms): Promise<Found> {
    try {
      const wanted = await this.wanted(connection);
      const { webhooks } = provider.adapter;
      const registered: Registration[] = [];
      for (const plan of webhooks!.listRequests(connection)) {
        const answer = await this.call(connection, provider, plan);
        if ('kind' in answer) return answer;
        registered.push(...webhooks!.listed(plan, parseJson(answer.bytes)));
      }
      const plans = webhooks!.ensureRequests(registered, wanted, connection);
      for (const plan of plans) {
        const answer = await this.call(connection, provider, plan);
        if ('kind' in answer) return answer;
      }
      return plans.length > 0 ? { kind: 'mended', requests: plans.length } : { kind: 'good' };
    } catch (error) {
      return problemOf(error);
    }
  }

  /** With the secret that counts from now on: where it was replaced, the provider is told of the new one. */
  private async wanted({ tenant, id, provider }: Connection) {
    const { secrets } = await this.parts.vault.webhookSecrets({ tenant, connection: id });
    const secret = secrets[0] ?? null;
    const { url, isOurs } = addressesOf(this.parts.bases, { provider, id });
    return { url: secret && 'key' in secret ? `${url}?key=${encodeURIComponent(secret.key)}` : url, secret, isOurs };
  }

  private async call(connection: Connection, provider: Pms, plan: RequestPlan): Promise<{ bytes: Uint8Array } | Found> {
    const { tenant, provider: name, id } = connection;
    const whose = { tenant, provider: name, connection: id };
    const asked = { ...whose, id: `hook:${randomUUID()}`, lane: 'poll' as const, kind: 'webhooks', entity: plan.operation };
    const outcome = await this.parts.reader.read(asked, connection, provider, plan);
    return outcome.kind === 'answer' ? outcome.answer : foundBy(outcome.decision);
  }

  private async notice({ tenant, provider, id }: Connection, type: string, once: string, more: object): Promise<void> {
    const notice = { at: new Date(this.parts.now()).toISOString(), type, tenant, connection: id, provider, ...more };
    this.parts.log.info({ ...notice, event: type }, 'webhooks');
    await this.parts.bus.publish(subjectOf({ tenant, family: 'notice', type }), notice, { id: `${type}:${id}:${once}` });
  }
}

function after(hook: Hook, found: Found, now: number): Hook {
  if (found.kind === 'good') return { ...hook, goodAt: now, problem: null };
  if (found.kind === 'mended') return { ...hook, goodAt: now, mendedAt: now, problem: null };
  if (found.kind === 'later') return { ...hook, dueAt: Math.min(hook.dueAt, now + found.afterMs) };
  return { ...hook, problem: found.reason };
}

function foundBy(decision: Decision): Found {
  const { kind, reason } = decision;
  // The credential is good, and may not do this: nothing but a person changes that.
  if (kind === 'reject' || reason === 'operation-refused') return { kind: 'problem', reason };
  const afterMs = (kind === 'drop' ? undefined : decision.afterMs) ?? LATER_MS_MAX;
  return { kind: 'later', afterMs: Math.min(LATER_MS_MAX, afterMs) };
}

/** None of its texts is told: an address may hold a secret. */
function problemOf(error: unknown): Found {
  if (error instanceof VaultError) return foundBy(afterVault(error));
  if (error instanceof PmsError) return { kind: 'problem', reason: error.code };
  if (error instanceof BusError) throw error;
  return { kind: 'problem', reason: 'adapter-threw' };
}
