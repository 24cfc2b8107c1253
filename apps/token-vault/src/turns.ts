import { randomUUID } from 'node:crypto';
import type { Connection } from '@roomwire/events';
import { blockedBy, isCounted, limitScopes, PmsError, RATE_LIMITED_MS, type Limit } from '@roomwire/pms-port';
import type { Permit, Permits, Scope } from '@roomwire/rate';
import type { Log } from '@roomwire/telemetry';
import { VaultError } from '@roomwire/vault-client';
import type { Figures } from './figures.ts';
import type { AdapterOf } from './provider-calls.ts';

/** Longest wait in hand, and all of them together, ms: who waits for a lease is answered after 12 s. */
const PATIENCE_MS = 3_000;
const WAIT_MS_MAX = 6_000;
const REDIS_AWAY_MS = 1_000;

/** The right to one call at a provider, from the account that all the fleet's calls are in. */
export interface Turn {
  /** Whether the call may still be sent. */
  isGood(): boolean;
  /** Makes the call. Its place is free with the answer; without one only when none can come any more. */
  use<T>(call: () => Promise<T>): Promise<T>;
  /** Of one that was not used. */
  giveBack(): Promise<void>;
}

/** @throws {VaultError} `unavailable`: none is to be had soon; `retryAfterMs` says when */
export type TakeTurn = (connection: Connection, operation: string) => Promise<Turn>;

type TurnsParts = {
  permits: Permits;
  adapters: AdapterOf;
  /** Names the address that the vault calls from. */
  egress: string;
  figures: Figures;
  log: Log;
  monotonic: () => number;
  sleep: (ms: number) => Promise<void>;
};
type Held = { connection: Connection; limits: readonly Limit[]; scopes: Scope[]; permit: Permit };

/** Of a provider that counts nothing. */
export const freeTurn: Turn = { isGood: () => true, use: (call) => call(), giveBack: async () => undefined };

/**
 * In the lane of what somebody waits for: all other calls wait for a token. While Redis is away nobody can say how many calls are under
 * way, so none is made; whoever would need its token needs a permit too (ADR 0023).
 */
export function turns(parts: TurnsParts): TakeTurn {
  const { permits, adapters, egress, figures, log, monotonic, sleep } = parts;
  return async (connection, operation) => {
    const { id, tenant, provider, account } = connection;
    const limits = adapters(provider)?.limits ?? [];
    if (limits.length === 0) return freeTurn;
    const scopes = limitScopes(limits, { provider, connection: id, account, egress });
    const of = { provider, connection: id, tenant, lane: 'live', operation, scopes } as const;
    // Whoever comes again has the place of before; a call that a killed replica has made is still under way.
    const asked = { ...of, job: `vault/${randomUUID()}`, place: `vault/${id}/${operation}`, patienceMs: PATIENCE_MS };
    const refused = (detail: string, retryAfterMs: number): VaultError => {
      figures.waited(provider);
      return new VaultError('unavailable', { detail, retryAfterMs: Math.ceil(retryAfterMs) });
    };
    const until = monotonic() + WAIT_MS_MAX;
    for (;;) {
      const answer = await permits.acquire(asked).catch((error: unknown) => {
        log.warn({ connection: id, operation, err: error }, 'nobody can say whether the provider may be called');
        throw refused('no permit for a call can be had at the moment', REDIS_AWAY_MS);
      });
      if (answer.kind === 'granted') return turnOf(permits, { connection, limits, scopes, permit: answer.permit });
      if (answer.ms > PATIENCE_MS || monotonic() + answer.ms > until)
        throw refused('the provider may not be called yet', answer.ms);
      await sleep(Math.max(1, answer.ms));
    }
  };
}

function turnOf(permits: Permits, { connection, limits, scopes, permit }: Held): Turn {
  let isUsed = false;
  // What is not freed frees itself later.
  const release = (error?: PmsError): Promise<void> => permit.release(error?.usage).catch(() => undefined);
  return {
    isGood: () => permit.isGood(),
    use: async (call) => {
      isUsed = true;
      try {
        const answer = await call();
        await release();
        return answer;
      } catch (error) {
        if (!(error instanceof PmsError)) throw error;
        if (isCounted(error)) await release(error);
        if (error.code === 'rate-limited')
          await permits
            .block(connection.provider, blockedBy(scopes, limits), error.retryAfterMs ?? RATE_LIMITED_MS)
            .catch(() => undefined);
        throw error;
      }
    },
    giveBack: async () => (isUsed ? undefined : release()),
  };
}
