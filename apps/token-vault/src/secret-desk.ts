import type { Connection } from '@roomwire/events';
import { VaultError, type VaultAnswer, type WebhookSecret } from '@roomwire/vault-client';
import { isSameAsPut } from './core/credentials.ts';
import { newEntry } from './core/entry.ts';
import { replaced } from './core/token.ts';
import { replaceSecret, secretsInForce, webhookSecrets, type WebhookSecrets } from './core/webhook-secrets.ts';
import { openCredentials, placeOf, type Shell } from './shell.ts';
import { amend } from './vault-store.ts';

/** Takes secrets in, and hands out those that webhooks are checked with. */
export class SecretDesk {
  constructor(
    private readonly shell: Pick<Shell, 'store' | 'keeper' | 'now' | 'operationsOf'>,
    /** How long a replaced webhook secret stays good, ms. */
    private readonly overlapMs: number,
  ) {}

  /** False: they are what is held, and in order. */
  async putCredentials(connection: Connection, credentials: Record<string, string>): Promise<boolean> {
    const problem = problemOf(this.shell.operationsOf(connection.provider)?.credentialFields, credentials);
    if (problem) throw new VaultError('not-allowed', { detail: problem });
    const place = placeOf(connection, 'credentials');
    const sealed = this.shell.keeper.seal(credentials, place);
    let same = false;
    await amend(this.shell.store, connection.id, (entry) => {
      same =
        !!entry?.credentials &&
        entry.state === 'active' &&
        isSameAsPut(openCredentials(this.shell, connection, entry.credentials), credentials);
      return same ? undefined : replaced(entry ?? newEntry(connection), sealed, this.shell.now());
    });
    return !same;
  }

  async putWebhookSecret(connection: Connection, secret: WebhookSecret): Promise<void> {
    const place = placeOf(connection, 'webhook-secrets');
    await amend(this.shell.store, connection.id, (entry) => {
      const next = replaceSecret(this.opened(connection, entry?.webhookSecrets), secret, this.shell.now(), this.overlapMs);
      return next && { ...(entry ?? newEntry(connection)), webhookSecrets: this.shell.keeper.seal(next, place) };
    });
  }

  async webhookSecrets(connection: Connection): Promise<VaultAnswer<'webhook-secrets'>> {
    const { entry } = await this.shell.store.read(connection.id);
    const held = this.opened(connection, entry?.webhookSecrets);
    if (!held) throw new VaultError('no-secret');
    return secretsInForce(held, this.shell.now());
  }

  private opened(connection: Connection, sealed: string | null | undefined): WebhookSecrets | undefined {
    return sealed ? webhookSecrets.parse(this.shell.keeper.open(sealed, placeOf(connection, 'webhook-secrets'))) : undefined;
  }
}

/** Names fields, never values. */
function problemOf(fields: readonly string[] | undefined, credentials: Record<string, string>): string | undefined {
  if (!fields) return 'this provider takes no credentials';
  const given = Object.keys(credentials);
  const wrong = [...fields.filter((field) => !given.includes(field)), ...given.filter((field) => !fields.includes(field))];
  return wrong.length > 0 ? `expected the credentials ${fields.join(', ')}` : undefined;
}
