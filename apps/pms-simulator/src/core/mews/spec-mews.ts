import type { Answered } from '../door.ts';
import { SpecWorld } from '../spec-world.ts';

export const TOKENS = { ClientToken: 'client token', AccessToken: 'access token', Client: 'Spec 1.0.0' };
export const MEWS = {
  provider: 'mews',
  clientToken: TOKENS.ClientToken,
  accessToken: TOKENS.AccessToken,
  webhook: { url: 'http://receiver.invalid/mews?Token=shared' },
  integrationWebhook: { url: 'http://receiver.invalid/integration?Token=shared' },
} as const;

type Json = Record<string, unknown>;

export class MewsSpec extends SpecWorld {
  constructor(more: Json = {}) {
    super({ ...MEWS, ...more });
  }

  call(operation: string, body: Json = {}): Answered {
    const url = `/api/connector/v1/${operation}`;
    return this.ask({ method: 'POST', url, body: JSON.stringify({ ...TOKENS, ...body }) });
  }

  /** What must be answered. */
  read<T = Json>(operation: string, body: Json = {}): T {
    const { status, body: answer } = this.call(operation, body);
    if (status !== 200) throw new Error(`${operation}: ${status} ${JSON.stringify(answer)}`);
    return answer as T;
  }
}
