import type { Connection } from '@roomwire/events';
import type { Log } from '@roomwire/telemetry';
import {
  requests,
  VaultError,
  type Refusal,
  type RepairOperation,
  type Reply,
  type VaultAnswer,
  type VaultOperation,
  type VaultRequest,
} from '@roomwire/vault-client';
import type { Auditor } from './auditor.ts';
import { callerOf, refusalOf } from './core/access.ts';
import type { RateLimit } from './core/rate-limit.ts';
import type { Figures } from './figures.ts';
import type { RepairDesk } from './repair-desk.ts';
import type { SecretDesk } from './secret-desk.ts';
import type { TokenDesk } from './token-desk.ts';

/** The connection as KV has it; undefined only after its leader said so. Throws where nobody can say. */
export type FindConnection = (id: string) => Promise<Connection | undefined>;

export type FrontParts = {
  find: FindConnection;
  /** As this process has heard of it. Enough where only whose it is counts: that is for good. */
  known: (id: string) => Connection | undefined;
  tokens: Pick<TokenDesk, 'lease' | 'report'>;
  secrets: Pick<SecretDesk, 'putCredentials' | 'putWebhookSecret' | 'webhookSecrets'>;
  repairs: Pick<RepairDesk, 'begin' | 'reauthorise' | 'redeem'>;
  auditor: Pick<Auditor, 'asked' | 'leased' | 'refused'>;
  limit: RateLimit;
  figures: Figures;
  log: Log;
  /** Milliseconds of a clock that nobody sets. */
  monotonic: () => number;
};

type Asked<O extends VaultOperation> = { operation: O; caller: string; request: VaultRequest<O> };

/** Everything that is asked of the vault comes through here: who asks, of what, whose it is; then one wide line. Never throws. */
export class Front {
  constructor(private readonly parts: FrontParts) {}

  async answer<O extends VaultOperation>(operation: O, subject: string, body: unknown): Promise<Reply<O>> {
    const caller = callerOf(subject);
    const started = this.parts.monotonic();
    const retryAfterMs = this.parts.limit.waitMs(caller, started);
    if (retryAfterMs > 0) {
      // No line of log: that would be a flood of its own.
      this.parts.figures.limited(operation);
      return { error: { code: 'unavailable', detail: 'too many requests', retryAfterMs } };
    }
    const parsed = requests[operation].safeParse(body);
    const asked = { operation, caller, request: parsed.data as VaultRequest<O> };
    let reply: Reply<O>;
    try {
      if (!parsed.success) await this.refuseForm(asked, String(parsed.error.issues[0]!.path[0] ?? ''));
      reply = { value: await this.perform(asked, await this.admit(asked)) };
    } catch (error) {
      reply = { error: this.refusalFor(asked, error) };
    }
    this.tell(asked, reply, this.parts.monotonic() - started);
    return reply;
  }

  private async refuseForm({ operation, caller }: Asked<VaultOperation>, path: string): Promise<never> {
    await this.parts.auditor.refused({ operation, caller }, 'not-allowed');
    throw new VaultError('not-allowed', { detail: `the request is not right at "${path}"` });
  }

  private async admit({ operation, caller, request }: Asked<VaultOperation>): Promise<Connection> {
    const heard = operation === 'lease' ? this.parts.known(request.connection) : undefined;
    const connection = heard ?? (await this.parts.find(request.connection));
    const refusal = refusalOf(operation, caller, request, connection);
    if (!refusal) return connection!;
    // Into the trail of whose connection it is, not of whom the caller says.
    const tenant = connection?.tenant ?? request.tenant;
    await this.parts.auditor.refused({ operation, caller, tenant, connection: request.connection }, refusal);
    throw new VaultError(refusal);
  }

  private async perform<O extends VaultOperation>(asked: Asked<O>, connection: Connection): Promise<VaultAnswer<O>> {
    const { tokens, secrets } = this.parts;
    const { request } = asked as Asked<VaultOperation>;
    const done = {} as VaultAnswer<O>;
    switch (asked.operation) {
      case 'lease':
        return (await this.lease(asked.caller, connection, request)) as VaultAnswer<O>;
      case 'report':
        return { outcome: await tokens.report(connection, request as VaultRequest<'report'>) } as VaultAnswer<O>;
      case 'webhook-secrets':
        return (await secrets.webhookSecrets(connection)) as VaultAnswer<O>;
      case 'put-credentials':
        await this.auditChange(asked, connection);
        await secrets.putCredentials(connection, (request as VaultRequest<'put-credentials'>).credentials);
        return done;
      case 'put-webhook-secret':
        await this.auditChange(asked, connection);
        await secrets.putWebhookSecret(connection, (request as VaultRequest<'put-webhook-secret'>).secret);
        return done;
      default:
        return (await this.repair(asked.operation, asked.caller, connection, request)) as VaultAnswer<O>;
    }
  }

  /** Into the trail by themselves: with who decided, and how it ended. */
  private repair(operation: RepairOperation, caller: string, connection: Connection, request: unknown) {
    const { repairs } = this.parts;
    switch (operation) {
      case 'reauthorise':
        return repairs.reauthorise(caller, connection, request as VaultRequest<'reauthorise'>);
      case 'begin-code-grant':
        return repairs.begin(caller, connection, request as VaultRequest<'begin-code-grant'>);
      case 'redeem-code':
        return repairs.redeem(caller, connection, request as VaultRequest<'redeem-code'>);
    }
  }

  private async lease(caller: string, connection: Connection, wanted: VaultRequest<'lease'>): Promise<VaultAnswer<'lease'>> {
    const lease = await this.parts.tokens.lease(connection, wanted);
    this.parts.auditor.leased(caller, connection);
    return lease;
  }

  private async auditChange({ operation, caller }: Asked<VaultOperation>, { id, tenant }: Connection): Promise<void> {
    await this.parts.auditor.asked({ operation, caller, tenant, connection: id });
  }

  private refusalFor({ operation, caller, request }: Asked<VaultOperation>, error: unknown): Refusal {
    if (error instanceof VaultError)
      return {
        code: error.code,
        ...detailOf(error),
        ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      };
    this.parts.log.error(
      { operation, caller, tenant: request?.tenant, connection: request?.connection, err: error },
      'the vault could not answer',
    );
    return { code: 'unavailable' };
  }

  private tell({ operation, caller, request }: Asked<VaultOperation>, reply: Reply<VaultOperation>, ms: number): void {
    const outcome = 'error' in reply ? reply.error.code : 'ok';
    this.parts.figures.answered(operation, outcome);
    const fields = {
      operation,
      caller,
      tenant: request?.tenant,
      connection: request?.connection,
      outcome,
      duration_ms: Math.round(ms * 10) / 10,
    };
    this.parts.log[outcome === 'ok' || outcome === 'no-secret' ? 'info' : 'warn'](fields, 'vault request');
  }
}

/** The text after the code; ours, and without a value. */
function detailOf(error: VaultError): { detail?: string } {
  const detail = error.message.split(': ').slice(2).join(': ');
  return detail ? { detail } : {};
}
