import type { Connection, FetchLane, ProviderId } from '@roomwire/events';
import { blockedBy, isCounted, PmsError, RATE_LIMITED_MS, type Pms, type RequestPlan, type Usage } from '@roomwire/pms-port';
import { CALL_DEADLINE_MS, type Permit, type Permits, type Scope } from '@roomwire/rate';
import { VaultError, type Lease, type ReportOutcome, type VaultClient } from '@roomwire/vault-client';
import type { Breakers, Pass, Shut } from './breakers.ts';
import { afterFailure, afterReport, afterVault, isDown, type Decision } from './core/after.ts';
import type { ReadAnswer } from './core/raw.ts';
import { scopesOf } from './core/scopes.ts';
import type { Figures } from './figures.ts';

export type ReaderParts = {
  permits: Permits;
  breakers: Pick<Breakers, 'enter'>;
  vault: Pick<VaultClient, 'lease' | 'report'>;
  http: typeof fetch;
  egress: string;
  figures: Pick<Figures, 'read' | 'permits'>;
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
const ALWAYS = async (): Promise<boolean> => true;
/** Why nobody was called: it was no longer wanted. */
export const OVERTAKEN = 'overtaken';

/** What a call is for. `kind` and `entity` name what no two calls may be under way for at once; `entity` may stand for all of the kind. */
export type Asked = {
  /** Names the job for good, over redeliveries. */
  id: string;
  /** Of the other jobs that the call is for. */
  others?: readonly string[];
  /** Whether all that it asks for will be read by others, which may turn out while it waits. */
  isNeedless?: () => Promise<boolean>;
  tenant: string;
  provider: ProviderId;
  connection: string;
  lane: FetchLane | 'push';
  kind: string;
  entity: string;
};
type Reading = {
  job: Asked;
  connection: Connection;
  pms: Pms;
  plan: RequestPlan & { ids?: readonly string[]; cursor?: string };
  scopes: Scope[];
  pass: Pass;
  isWanted: () => Promise<boolean>;
};
type Attempt = ReadOutcome | { kind: 'report'; lease: Lease; repeat: boolean };

/** One call: breakers, lease, permit, request; and what its failure leads to. */
export class Reader {
  constructor(private readonly parts: ReaderParts) {}

  /** `isWanted`: asked with the permit in hand, since much may have changed while it was waited for; false: nobody is called. */
  async read(
    job: Asked,
    connection: Connection,
    pms: Pms,
    plan: Reading['plan'],
    isWanted: Reading['isWanted'] = ALWAYS,
  ): Promise<ReadOutcome> {
    // Before the token and the permit: who may not call takes neither from those who may.
    const pass = this.parts.breakers.enter({ ...job, address: addressOf(connection, pms) });
    if ('waitMs' in pass) return this.shut(job, pass);
    const call = { ...job, account: connection.account, egress: this.parts.egress };
    const reading = { job, connection, pms, plan, scopes: scopesOf(pms.adapter.limits, call), pass, isWanted };
    try {
      const first = await this.attempt(reading, false);
      if (first.kind !== 'report') return first;
      const outcome = await this.report(reading, first.lease);
      if (!first.repeat) return { kind: 'decision', decision: afterReport(outcome) };
      const second = await this.attempt(reading, true);
      if (second.kind !== 'report') return second;
      return { kind: 'decision', decision: afterReport(await this.report(reading, second.lease)) };
    } catch (error) {
      if (error instanceof VaultError) return { kind: 'decision', decision: afterVault(error) };
      throw error;
    } finally {
      pass.leave();
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

  private async permit({ job, pms, plan, scopes, pass }: Reading): Promise<Permit | { kind: 'decision'; decision: Decision }> {
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
          job.lane === 'live' || job.lane === 'push' ? 0 : Math.min(answer.ms, REST_MS_MAX),
        );
      }
      figures.permits.waited(job, 'waited');
      await sleep(Math.max(1, answer.ms));
      const shut = pass.shut();
      if (shut) return this.shut(job, shut);
      if (await job.isNeedless?.()) return { kind: 'decision', decision: { kind: 'drop', reason: 'newer-job' } };
    }
  }

  private async call(reading: Reading, permit: Permit, lease: Lease | undefined, repeated: boolean): Promise<Attempt> {
    const { job, connection, pms, plan } = reading;
    const isWanted = await this.isWanted(reading, permit);
    if (!isWanted || !permit.isGood()) {
      await this.release(reading, permit);
      return isWanted ? deferred('permit-too-late', REDIS_AWAY_MS) : deferred(OVERTAKEN, 0);
    }
    const requestedAt = this.parts.now();
    const { operation, ids, cursor } = plan;
    const named = { operation, ...(ids ? { ids } : {}), ...(cursor === undefined ? {} : { cursor }) };
    const facts = { ...named, observedAt: permit.observedAt, requestedAt };
    try {
      const { baseUrl } = connection;
      const options = { baseUrl, proof: lease ?? null, deadlineMs: CALL_DEADLINE_MS, fetch: this.parts.http };
      const { status, bytes, providerDate, usage } = await pms.call(plan, options);
      const answeredAt = this.parts.now();
      reading.pass.answered();
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

  /** A slot that nobody will use is given back, whatever becomes of the question. */
  private async isWanted(reading: Reading, permit: Permit): Promise<boolean> {
    try {
      return await reading.isWanted();
    } catch (error) {
      await this.release(reading, permit);
      throw error;
    }
  }

  private async failed(
    { job, pms, scopes, pass }: Reading,
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
    const shut = isDown(error) ? pass.failed(error.code) : undefined;
    // A failure that the breaker has taken for its provider's is no attempt of the job's.
    if (shut) return this.shut(job, { ...shut, waitMs: Math.max(shut.waitMs, error.retryAfterMs ?? 0) });
    if (next.kind === 'answer') pass.answered();
    if (next.kind === 'end') return { kind: 'decision', decision: next.decision };
    if (next.kind === 'answer')
      return { kind: 'answer', answer: { ...facts, status: next.status, bytes: NO_BYTES, providerDate: null } };
    // Without a token of ours there is nothing to renew.
    return lease ? { kind: 'report', lease, repeat: next.repeat } : { kind: 'decision', decision: afterReport('unknown') };
  }

  /**
   * Those who wait come scattered over half of the pause: one of them is the probe, and the others are to know what has become of it.
   * Of one account the consumer does not rest: what waits in the stream behind its jobs may be another's.
   */
  private shut({ lane }: Asked, { waitMs, of }: Shut): { kind: 'decision'; decision: Decision } {
    const afterMs = waitMs * (1 + this.parts.random() / 2) + this.parts.random() * SPREAD_MS;
    return deferred(`breaker-open-${of}`, afterMs, of === 'address' && lane !== 'live' ? Math.min(waitMs, REST_MS_MAX) : 0);
  }

  private report({ job }: Reading, { lease }: Lease): Promise<ReportOutcome> {
    return this.parts.vault.report({ tenant: job.tenant, connection: job.connection, lease, code: 'credential-expired' });
  }

  /** Not released, the slot frees itself later: that must not cost the answer. */
  private async release({ job, pms }: Reading, permit: Permit, usage: Usage = {}): Promise<void> {
    this.parts.figures.permits.answered(job, pms.adapter.limits, usage);
    await permit.release(usage).catch(() => undefined);
  }
}

function addressOf({ baseUrl }: Connection, { adapter }: Pms): string {
  const url = baseUrl ?? adapter.baseUrl;
  return URL.canParse(url) ? new URL(url).host : url;
}

/** A deferred job comes back as another message. */
function placeOf({ connection, kind, entity }: Asked): string {
  return [connection, kind, entity].join('/');
}

function deferred(reason: string, afterMs: number, restMs = 0): { kind: 'decision'; decision: Decision } {
  const rest = restMs > 0 ? { restMs: Math.ceil(restMs) } : {};
  return { kind: 'decision', decision: { kind: 'defer', reason, afterMs: Math.ceil(afterMs), ...rest } };
}
