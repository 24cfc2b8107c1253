import type { Answered } from '../door.ts';
import { SpecWorld, type Asked } from '../spec-world.ts';

export const CLOUDBEDS = {
  provider: 'cloudbeds',
  clientId: 'roomwire',
  clientSecret: 'a secret of the spec',
  redirectUri: 'http://receiver.invalid/oauth',
  apiKey: 'cbat_spec',
  refreshToken: 'a refresh token',
  callsPerSecond: 1_000_000,
} as const;

type Json = Record<string, unknown>;

export class CloudbedsSpec extends SpecWorld {
  constructor(more: Json = {}) {
    super({ ...CLOUDBEDS, ...more });
  }

  get property(): number {
    return this.account.id * 100;
  }

  call(path: string, more: Partial<Asked> = {}): Answered {
    return this.ask({ url: `/api/v1.3/${path}`, headers: { 'x-api-key': CLOUDBEDS.apiKey }, ...more });
  }

  /** The data of an answer that must be a success. */
  read<T = Json[]>(path: string): T {
    const { body } = this.call(path);
    if (!(body as { success: boolean }).success) throw new Error(`${path}: ${JSON.stringify(body)}`);
    return (body as { data: T }).data;
  }

  send(path: string, form: Record<string, string>, method = 'POST'): Answered {
    return this.call(path, { method, body: new URLSearchParams(form).toString() });
  }

  subscribe(event: string, more: Record<string, string> = {}): string {
    const [object = '', action = ''] = event.split('/');
    const { body } = this.send('postWebhook', { object, action, endpointUrl: `http://receiver.invalid/${event}`, ...more });
    return (body as { data: { subscriptionID: string } }).data.subscriptionID;
  }

  /** A grant at the token endpoint. */
  grant(form: Record<string, string>): Answered {
    const client = { client_id: CLOUDBEDS.clientId, client_secret: CLOUDBEDS.clientSecret, redirect_uri: CLOUDBEDS.redirectUri };
    return this.ask({
      method: 'POST',
      url: '/api/v1.3/access_token',
      body: new URLSearchParams({ ...client, ...form }).toString(),
    });
  }

  /** What the owner's agreement brings. */
  code(): string {
    const query = new URLSearchParams({ client_id: CLOUDBEDS.clientId, redirect_uri: CLOUDBEDS.redirectUri, state: 'spec' });
    const { headers } = this.ask({ url: `/oauth/authorize?${query.toString()}` });
    return new URL(headers!['location']!).searchParams.get('code')!;
  }
}
