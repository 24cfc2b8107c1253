import type { Connection, FetchLane, ProviderId } from '@roomwire/events';
import { PmsError, type Pms, type RequestPlan, type Usage } from '@roomwire/pms-port';
import { CALL_DEADLINE_MS, type Permit, type Permits, type Scope } from '@roomwire/rate';
import { VaultError, type Lease, type VaultClient } from '@roomwire/vault-client';
import { afterFailure, afterVault, isCounted, RATE_LIMITED_MS, type Decision } from './core/after.ts';
import type { ReadAnswer } from './core/raw.ts';
import { blockedBy, scopesOf } from './core/scopes.ts';
import type { Figures } from './figures.ts';

export type ReaderParts = {
  permits: Permits;
  vault: Pick<VaultClient, 'lease' | 'report'>;
  http: typeof fetch;
  egress: string;
  figures: Figures;
  now: () => number;
  random: () => number;
  sleep: (ms: number) => Promise<void>;
};

export type ReadOutcome = { kind: 'answer'; answer: ReadAnswer } | { kind: 'decision'; decision: Decision };

/** Longest wait for a permit with the job in hand, and for all of them together, ms; longer waits are for the transport. */
const PATIENCE_MS = 3_000;
/**
 * Bulk work that finds no permit rests the tenant's consumer: what waits in the stream costs nothing, and a copy of each of ten thousand
 * jobs would. Not for long: another of the tenant's accounts at the provider may have room, ms.
 */
const REST_MS_MAX = 2_000;
const PERMIT_WAIT_MS_MAX = 6_000;
/** Spreads those who were told to wait for the same instant, ms. */
const SPREAD_MS = 500;
const REDIS_AWAY_MS = 1_000;
const NO_BYTES = new Uint8Array();

/** What a call is for. `kind` and `entity` name what no two calls may be under way for at once; `entity` may stand for all of the kind. */
export type Asked = {
  /** Names the job for good, over redeliveries. */
  id: string;
  tenant: string;
  provider: ProviderId;
  connection: string;
  lane: FetchLane;
  kind: string;
  entity: string;
};
type Reading = { job: Asked; connection: Connection; pms: Pms; plan: RequestPlan & { ids?: readonly string[] }; scopes: Scope[] };
type Attempt = ReadOutcome | { kind: 'report'; lease: Lease; repeat: boolean; decision: Decision };

/** One call: lease, permit, request; and what its failure leads to. */
export class Reader {
  constructor(private readonly parts: ReaderParts) {}

  async read(job: Asked, connection: Connection, pms: Pms, plan: Reading['plan']): Promise<ReadOutcome> {
    const call = { ...job, account: connection.account, egress: this.parts.egress };
    const reading = { job, connection, pms, plan, scopes: scopesOf(pms.adapter.limits, call) };
    try {
      const first = await this.attempt(reading, false);
      if (first.kind !== 'report') return first;
      await this.report(reading, first.lease);
      if (!first.repeat) return { kind: 'decision', decision: first.decision };
      const second = await this.attempt(reading, true);
      if (second.kind !== 'report') return second;
      await this.report(reading, second.lease);
      return { kind: 'decision', decision: second.decision };
    } catch (error) {
      if (error instanceof VaultError) return { kind: 'decision', decision: afterVault(error) };
      throw error;
    }
  }

  /**
   * The lease comes before the permit, although both are needed: a permit in hand holds slots that others want, and its instant,
   * which is part of every version, must be close before the request.
   */
  private async attempt(reading: Reading, repeated: boolean): Promise<Attempt> {
    const { tenant, connection } = reading.job;
    const toSign = reading.pms.toSign(reading.plan, reading.connection.baseUrl);
    const lease = reading.pms.adapter.token ? await this.parts.vault.lease({ tenant, connection }, toSign) : undefined;
    const permit = await this.permit(reading);
    if ('decision' in permit) return permit;
    return this.call(reading, permit, lease, repeated);
  }

  private async permit({ job, pms, plan, scopes }: Reading): Promise<Permit | { kind: 'decision'; decision: Decision }> {
    const { permits, figures, now, random, sleep } = this.parts;
    const asked = { ...job, job: job.id, place: placeOf(job), operation: plan.operation, patienceMs: PATIENCE_MS, scopes };
    const until = now() + PERMIT_WAIT_MS_MAX;
    for (;;) {
      let answer;
      try {
        answer = await permits.acquire(asked);
      } catch {
        // Redis or the register away: nobody can say how many calls are under way, so none is sent.
        figures.permits.waited(job, 'unavailable');
        return deferred('permits-unavailable', REDIS_AWAY_MS + random() * SPREAD_MS);
      }
      if (answer.kind === 'granted') {
        figures.permits.granted(job, pms.adapter.limits, answer.permit);
        return answer.permit;
      }
      if (answer.ms > PATIENCE_MS || now() + answer.ms > until) {
        figures.permits.waited(job, 'deferred');
        return deferred(
          'no-permit',
          answer.ms + random() * SPREAD_MS,
          job.lane === 'live' ? 0 : Math.min(answer.ms, REST_MS_MAX),
        );
      }
      figures.permits.waited(job, 'waited');
      await sleep(Math.max(1, answer.ms));
    }
  }

  private async call(reading: Reading, permit: Permit, lease: Lease | undefined, repeated: boolean): Promise<Attempt> {
    const { job, connection, pms, plan } = reading;
    if (!permit.isGood()) {
      await this.release(reading, permit);
      return deferred('permit-too-late', REDIS_AWAY_MS);
    }
    const requestedAt = this.parts.now();
    const { operation, ids } = plan;
    const facts = { operation, ...(ids ? { ids } : {}), observedAt: permit.observedAt, requestedAt };
    try {
      const { baseUrl } = connection;
      const options = { baseUrl, proof: lease ?? null, deadlineMs: CALL_DEADLINE_MS, fetch: this.parts.http };
      const { status, bytes, providerDate, usage } = await pms.call(plan, options);
      const answeredAt = this.parts.now();
      await this.release(reading, permit, usage);
      this.parts.figures.read(job, 'answered', answeredAt - requestedAt);
      return { kind: 'answer', answer: { ...facts, status, bytes, providerDate, answeredAt } };
    } catch (error) {
      if (!(error instanceof PmsError)) throw error; // a bug: the slot stays taken until no answer can come
      const answeredAt = this.parts.now();
      if (isCounted(error)) await this.release(reading, permit, error.usage);
      this.parts.figures.read(job, error.code, answeredAt - requestedAt);
      return this.failed(reading, error, lease, repeated, { ...facts, answeredAt });
    }
  }

  private async failed(
    { job, pms, scopes }: Reading,
    error: PmsError,
    lease: Lease | undefined,
    repeated: boolean,
    facts: Omit<ReadAnswer, 'status' | 'bytes' | 'providerDate'>,
  ): Promise<Attempt> {
    const next = afterFailure(error, repeated);
    if (error.code === 'rate-limited') {
      const blocked = blockedBy(scopes, pms.adapter.limits);
      await this.parts.permits.block(job.provider, blocked, error.retryAfterMs ?? RATE_LIMITED_MS).catch(() => undefined);
    }
    if (next.kind === 'end') return { kind: 'decision', decision: next.decision };
    if (next.kind === 'answer')
      return { kind: 'answer', answer: { ...facts, status: next.status, bytes: NO_BYTES, providerDate: null } };
    // Without a token of ours there is nothing to renew.
    return lease
      ? { kind: 'report', lease, repeat: next.repeat, decision: next.decision }
      : { kind: 'decision', decision: next.decision };
  }

  private report({ job }: Reading, { lease }: Lease): Promise<void> {
    return this.parts.vault.report({ tenant: job.tenant, connection: job.connection, lease, code: 'credential-expired' });
  }

  /** Not released, the slot frees itself later: that must not cost the answer. */
  private async release({ job, pms }: Reading, permit: Permit, usage: Usage = {}): Promise<void> {
    this.parts.figures.permits.answered(job, pms.adapter.limits, usage);
    await permit.release(usage).catch(() => undefined);
  }
}

/** A deferred job comes back as another message. */
function placeOf({ connection, kind, entity }: Asked): string {
  return [connection, kind, entity].join('/');
}

function deferred(reason: string, afterMs: number, restMs = 0): { kind: 'decision'; decision: Decision } {
  const rest = restMs > 0 ? { restMs: Math.ceil(restMs) } : {};
  return { kind: 'decision', decision: { kind: 'defer', reason, afterMs: Math.ceil(afterMs), ...rest } };
}
