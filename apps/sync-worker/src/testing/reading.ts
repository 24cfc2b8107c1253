import type { Connection, FetchJob } from '@roomwire/events';
import { hostaway } from '@roomwire/pms-adapters';
import { pms, type PmsAdapter } from '@roomwire/pms-port';
import type { PermitAnswer, Permits, Usage, Wanted } from '@roomwire/rate';
import { createLog, createMeter } from '@roomwire/telemetry';
import { testClock } from '@roomwire/testkit';
import { memoryVaultClient } from '@roomwire/vault-client';
import { Breakers } from '../breakers.ts';
import { Figures } from '../figures.ts';
import { Reader } from '../reader.ts';

export const account: Connection = {
  ...{ id: 'c1', tenant: 't1', provider: 'hostaway', status: 'active', account: '10450' },
  ...{ baseUrl: 'http://provider.test', unitsOf: null },
};

export const jobOf = (more: Partial<FetchJob> = {}): FetchJob => ({
  ...{ tenant: 't1', provider: 'hostaway', connection: 'c1', kind: 'reservation', entity: '7', lane: 'live', reason: 'hint' },
  ...{ hintAt: '2027-01-11T12:00:00.000Z', receipt: 'receipt-of-hint' },
  ...more,
});

/** Permits by script: each `acquire` takes the next answer, and everything is granted when the script is at its end. */
export class ScriptedPermits implements Permits {
  readonly wanted: Wanted[] = [];
  readonly blocked: { keys: string[]; ms: number }[] = [];
  script: (PermitAnswer | Error | 'late')[] = [];
  granted = 0;
  /** What each call that was given back told of its price. */
  readonly told: Usage[] = [];

  get released(): number {
    return this.told.length;
  }

  async acquire(wanted: Wanted): Promise<PermitAnswer> {
    this.wanted.push(wanted);
    const next = this.script.shift();
    if (next instanceof Error) throw next;
    if (next && next !== 'late') return next;
    const observedAt = 1_800_000_000_000_000 + ++this.granted;
    const release = async (usage: Usage = {}): Promise<void> => void this.told.push(usage);
    return {
      kind: 'granted',
      permit: { observedAt, used: wanted.scopes.map(() => 0.5), isGood: () => next !== 'late', release },
    };
  }

  async block(_provider: string, scopes: Wanted['scopes'], ms: number): Promise<void> {
    this.blocked.push({ keys: scopes.map(({ key }) => key), ms });
  }
}

type Answering = (url: string, init: RequestInit) => Response | Promise<Response>;

/** A Reader of Hostaway, or of what is made of it, over a provider that answers by function. */
export async function reading(answer: Answering, vault = memoryVaultClient(), adapter: PmsAdapter = hostaway) {
  await vault.putCredentials({
    tenant: 't1',
    connection: 'c1',
    provider: 'hostaway',
    credentials: { clientId: '1', clientSecret: 's' },
  });
  const clock = testClock();
  const permits = new ScriptedPermits();
  const calls: { url: string; authorization: string | null }[] = [];
  const http = (async (url: string, init: RequestInit) => {
    calls.push({ url, authorization: new Headers(init.headers).get('authorization') });
    return answer(url, init);
  }) as typeof fetch;
  /** What happens while it waits, each once. */
  const meanwhile: (() => Promise<unknown>)[] = [];
  const sleep = async (ms: number): Promise<void> => {
    clock.set(clock.now() + ms);
    await meanwhile.shift()?.();
  };
  const { meter } = createMeter('spec');
  const rules = { failuresMost: 3, leastMs: 5_000, mostMs: 60_000 };
  const breakers = new Breakers({
    ...{ rules: { account: rules, address: rules }, log: createLog('spec', 'silent'), meter },
    ...{ elapsed: clock.now, random: () => 0 },
  });
  const reader = new Reader({
    ...{ permits, breakers, vault, http, egress: 'spec', figures: new Figures(meter) },
    ...{ now: clock.now, random: () => 0, sleep },
  });
  return {
    clock,
    permits,
    calls,
    vault,
    meanwhile,
    read: (job = jobOf(), at = account, isNeedless = async () => false) =>
      reader.read(
        { ...job, id: 'FETCH_t1:1', isNeedless },
        at,
        pms(adapter),
        pms(adapter).readRequest({ kind: job.kind, entities: [job.entity] }, at),
      ),
  };
}
