import type { NatsConnection } from '@roomwire/jetstream';

/** Answers as token-vault does, in the wire format of Nest's transport. */
export class FakeVault {
  lease = 1;
  refusal: { code: string } | undefined;
  readonly reports: unknown[] = [];

  constructor(nc: NatsConnection) {
    nc.subscribe('vault.>', {
      callback: (_error, message) => {
        const { id, data } = message.json<{ id: string; data: { lease: number } }>();
        if (message.subject === 'vault.report.sync-worker') {
          this.reports.push(data);
          if (data.lease === this.lease) this.lease++;
        }
        const value = { kind: 'token', accessToken: `token-${this.lease}`, validForMs: 3_600_000, lease: this.lease };
        message.respond(JSON.stringify({ id, response: this.refusal ? { error: this.refusal } : { value }, isDisposed: true }));
      },
    });
  }
}
