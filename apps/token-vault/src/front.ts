import { randomUUID } from 'node:crypto';
import type { Connection } from '@roomwire/events';
import type { Log } from '@roomwire/telemetry';
import {
  requests,
  VaultError,
  type Refusal,
  type Reply,
  type VaultAnswer,
  type VaultOperation,
  type VaultRequest,
} from '@roomwire/vault-client';
import { callerOf, refusalOf } from './core/access.ts';
import type { Figures } from './figures.ts';
import type { Journal } from './journal.ts';
import type { SecretDesk } from './secret-desk.ts';
import type { TokenDesk } from './token-desk.ts';

/** The connection as KV has it; undefined only after its leader said so. Throws where nobody can say. */
export type FindConnection = (id: string) => Promise<Connection | undefined>;

export type FrontParts = {
  find: FindConnection;
  tokens: Pick<TokenDesk, 'lease' | 'report'>;
  secrets: Pick<SecretDesk, 'putCredentials' | 'putWebhookSecret' | 'webhookSecrets'>;
  journal: Journal;
  figures: Figures;
  log: Log;
  now: () => number;
};

const MINUTE_MS = 60_000;
type Asked<O extends VaultOperation> = { operation: O; caller: string; request: VaultRequest<O> };

/** Everything that is asked of the vault comes through here: who asks, of what, whose it is; then one wide line. Never throws. */
export class Front {
  constructor(private readonly parts: FrontParts) {}

  async answer<O extends VaultOperation>(operation: O, subject: string, body: unknown): Promise<Reply<O>> {
    const caller = callerOf(subject);
    const parsed = requests[operation].safeParse(body);
    const asked = { operation, caller, request: parsed.data as VaultRequest<O> };
    const started = performance.now();
    let reply: Reply<O>;
    try {
      if (!parsed.success)
        throw new VaultError('not-allowed', {
          detail: `the request is not right at "${String(parsed.error.issues[0]!.path[0] ?? '')}"`,
        });
      reply = { value: await this.perform(asked, await this.admit(asked)) };
    } catch (error) {
      reply = { error: this.refusalFor(asked, error) };
    }
    this.tell(asked, reply, performance.now() - started);
    return reply;
  }

  private async admit({ operation, caller, request }: Asked<VaultOperation>): Promise<Connection> {
    const connection = await this.parts.find(request.connection);
    const refusal = refusalOf(operation, caller, request, connection);
    if (!refusal) return connection!;
    await this.auditRefusal({ operation, caller, request }, refusal, connection);
    throw new VaultError(refusal);
  }

  /** Into the trail of whose connection it is. One entry a minute for each cause: whoever is refused may ask a thousand times a second. */
  private async auditRefusal(
    { operation, caller, request }: Asked<VaultOperation>,
    code: string,
    connection: Connection | undefined,
  ): Promise<void> {
    const tenant = connection?.tenant ?? request.tenant;
    const id = [
      'audit',
      operation,
      caller,
      request.tenant,
      request.connection,
      code,
      Math.floor(this.parts.now() / MINUTE_MS),
    ].join(':');
    const entry = { operation, caller, tenant, connection: request.connection, verdict: 'refused' as const, code };
    // A tenant that does not exist has no trail; the log line has it all the same.
    await this.parts.journal
      .audit(entry, id)
      .catch((error: unknown) => this.parts.log.warn({ operation, caller, err: error }, 'a refusal was not audited'));
  }

  private async perform<O extends VaultOperation>(asked: Asked<O>, connection: Connection): Promise<VaultAnswer<O>> {
    const { tokens, secrets } = this.parts;
    const { request } = asked as Asked<VaultOperation>;
    const done = {} as VaultAnswer<O>;
    switch (asked.operation) {
      case 'lease':
        return (await tokens.lease(connection)) as VaultAnswer<O>;
      case 'report':
        await tokens.report(connection, request as VaultRequest<'report'>);
        return done;
      case 'webhook-secrets':
        return (await secrets.webhookSecrets(connection)) as VaultAnswer<O>;
      case 'put-credentials':
        await this.auditChange(asked, connection);
        await secrets.putCredentials(connection, (request as VaultRequest<'put-credentials'>).credentials);
        return done;
      default:
        await this.auditChange(asked, connection);
        await secrets.putWebhookSecret(connection, (request as VaultRequest<'put-webhook-secret'>).secret);
        return done;
    }
  }

  /** Before the change: without an entry there is no change, and a crash in between leaves one that says `asked`. */
  private async auditChange({ operation, caller }: Asked<VaultOperation>, { id, tenant }: Connection): Promise<void> {
    await this.parts.journal.audit({ operation, caller, tenant, connection: id, verdict: 'asked' }, `audit:${randomUUID()}`);
  }

  private refusalFor({ operation, caller, request }: Asked<VaultOperation>, error: unknown): Refusal {
    if (error instanceof VaultError)
      return {
        code: error.code,
        ...detailOf(error),
        ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      };
    this.parts.log.error(
      { operation, caller, tenant: request.tenant, connection: request.connection, err: error },
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
