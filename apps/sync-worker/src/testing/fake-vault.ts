import type { NatsConnection } from '@roomwire/jetstream';

/** Answers as token-vault does, in the wire format of Nest's transport. */
export class FakeVault {
  lease = 1;
  refusal: { code: string } | undefined;
  /** What goes into bodies, of a provider that wants that in place of a token. */
  fields: Record<string, string> | undefined;
  /** Connections whose credentials are refused. */
  readonly lapsed = new Set<string>();
  readonly reports: unknown[] = [];
  /** Told of a request that has come, before it is answered. */
  onAsked: (() => void) | undefined;

  constructor(nc: NatsConnection) {
    nc.subscribe('vault.>', {
      callback: (_error, message) => {
        this.onAsked?.();
        const { id, data } = message.json<{ id: string; data: { lease: number; connection: string } }>();
        if (message.subject === 'vault.report.sync-worker') {
          this.reports.push(data);
          if (data.lease === this.lease) this.lease++;
        }
        const outcome = data.lease < this.lease ? 'renewed' : 'unknown';
        const value = message.subject.startsWith('vault.report.')
          ? { outcome }
          : { ...this.proof(), validForMs: 3_600_000, lease: this.lease };
        const refusal = this.lapsed.has(data.connection) ? { code: 'lapsed' } : this.refusal;
        message.respond(JSON.stringify({ id, response: refusal ? { error: refusal } : { value }, isDisposed: true }));
      },
    });
  }

  private proof(): object {
    return this.fields ? { kind: 'fields', fields: this.fields } : { kind: 'token', accessToken: `token-${this.lease}` };
  }
}
