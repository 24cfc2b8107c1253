import { randomUUID } from 'node:crypto';
import { inSpan, isTracing, type SpanStart } from '@roomwire/telemetry';
import { headers, PermissionViolationError, TimeoutError, type NatsConnection } from '@nats-io/nats-core';
import { z } from 'zod';
import { LeaseCache } from './lease-cache.ts';
import { VaultError, type Lease, type VaultClient, type Whose } from './vault-client.ts';
import {
  answers,
  refusal,
  vaultSubject,
  type RepairOperation,
  type ToSign,
  type VaultAnswer,
  type VaultOperation,
  type VaultRequest,
} from './wire.ts';

/**
 * How long an answer is waited for, ms. A lease may hold a request to the provider (8 s) and its token's first second; a gateway that
 * waits for secrets has a provider of its own waiting. Asked again after `each`: a replica that was killed never answers, another does.
 */
type Patience = { all: number; each: number };
type Asked = Exclude<VaultOperation, RepairOperation>;
const PATIENCE_MS: Record<Asked, Patience> = {
  lease: { all: 14_000, each: 4_000 },
  report: { all: 14_000, each: 4_000 },
  'webhook-secrets': { all: 3_000, each: 1_000 },
  'put-credentials': { all: 5_000, each: 5_000 },
  'put-webhook-secret': { all: 5_000, each: 5_000 },
};

/** Nest's answer to a request; `err` only if the vault's own code failed in a way that it does not know. */
const packet = z.object({ response: z.union([z.object({ value: z.unknown() }), z.object({ error: refusal })]) });

/** Asks token-vault over NATS in the wire format of Nest's transport. `service` is the caller's name, as in its NATS user. */
export function natsVaultClient(
  nc: NatsConnection,
  service: string,
  options: { now?: () => number; patienceMs?: Patience } = {},
): VaultClient {
  const now = options.now ?? Date.now;
  const leases = new LeaseCache(now);
  const ask = <O extends Asked>(operation: O, data: VaultRequest<O>) => {
    const subject = vaultSubject(operation, service);
    const patience = options.patienceMs ?? PATIENCE_MS[operation];
    if (!isTracing()) return request(nc, subject, operation, data, patience);
    return inSpan(askingSpan(subject, operation, data), ({ traceparent }) =>
      request(nc, subject, operation, data, patience, traceparent),
    );
  };

  const lease = async ({ tenant, connection }: Whose, toSign?: ToSign): Promise<Lease> => {
    // From before the request: the answer's way shortens the token's life, it never lengthens it.
    const asked = now();
    const after = leases.newestForgotten({ tenant, connection });
    const { validForMs, ...proof } = await ask('lease', { tenant, connection, after, ...(toSign ? { toSign } : {}) });
    return { ...proof, expiresAt: asked + validForMs };
  };
  return {
    lease: (whose, toSign) => (toSign ? lease(whose, toSign) : leases.get(whose, () => lease(whose))),
    report: async (report) => {
      // First: while the vault thinks about it, nobody in this process may be given the refused token.
      leases.forget(report, report.lease);
      const { outcome } = await ask('report', report);
      leases.forget(report, report.lease);
      return outcome;
    },
    webhookSecrets: ({ tenant, connection }) => ask('webhook-secrets', { tenant, connection }),
    putCredentials: async (put) => void (await ask('put-credentials', put)),
    putWebhookSecret: async (put) => void (await ask('put-webhook-secret', put)),
  };
}

/** Whose it is, and nothing else of what is asked: it may hold what the vault is given to keep. */
function askingSpan(subject: string, operation: VaultOperation, { tenant, connection }: Whose): SpanStart {
  return {
    name: `request vault.${operation}.{caller}`,
    kind: 'client',
    attributes: {
      ...{ 'messaging.system': 'nats', 'messaging.operation.name': 'request', 'messaging.operation.type': 'send' },
      ...{ 'messaging.destination.name': subject, 'messaging.destination.template': `vault.${operation}.{caller}` },
      ...{ 'roomwire.tenant': tenant, 'roomwire.connection': connection },
    },
  };
}

async function request<O extends VaultOperation>(
  nc: NatsConnection,
  subject: string,
  operation: O,
  data: VaultRequest<O>,
  patience: Patience,
  traceparent?: string,
): Promise<VaultAnswer<O>> {
  let body: unknown;
  try {
    body = await reply(nc, subject, data, patience, traceparent);
  } catch (error) {
    // The cause's own text may quote what was sent: only its name is kept.
    const detail = error instanceof Error ? error.name : 'no answer';
    throw new VaultError(isForbidden(error) ? 'not-allowed' : 'unavailable', { detail });
  }
  const parsed = packet.safeParse(body);
  if (!parsed.success) throw new VaultError('unavailable', { detail: 'the answer is not one of ours' });
  const { response } = parsed.data;
  if ('error' in response) throw new VaultError(response.error.code, response.error);
  const value = answers[operation].safeParse(response.value);
  if (!value.success) throw new VaultError('unavailable', { detail: 'the answer is not one of ours' });
  return value.data as VaultAnswer<O>;
}

async function reply(
  nc: NatsConnection,
  subject: string,
  data: unknown,
  { all, each }: Patience,
  traceparent: string | undefined,
): Promise<unknown> {
  const head = headers();
  if (traceparent) head.set('traceparent', traceparent);
  const until = performance.now() + all;
  for (;;) {
    const timeout = Math.max(1, Math.min(each, until - performance.now()));
    try {
      const options = { timeout, ...(traceparent ? { headers: head } : {}) };
      return (await nc.request(subject, JSON.stringify({ pattern: subject, data, id: randomUUID() }), options)).json();
    } catch (error) {
      if (!isTimeout(error) || performance.now() + 1 >= until) throw error;
    }
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof TimeoutError || (error instanceof Error && error.cause instanceof TimeoutError);
}

/** The client wraps what the broker said of a request into an error of its own. */
export function isForbidden(error: unknown): boolean {
  return error instanceof PermissionViolationError || (error instanceof Error && error.cause instanceof PermissionViolationError);
}
