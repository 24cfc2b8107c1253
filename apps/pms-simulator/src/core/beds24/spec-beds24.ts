import type { Answered } from '../door.ts';
import { SpecWorld, type Asked } from '../spec-world.ts';

export const BEDS24 = {
  provider: 'beds24',
  refreshToken: 'a refresh token',
  inviteCode: 'an invite code',
  longLifeToken: 'a long-life token',
  credits: 100_000,
  webhook: { url: 'http://receiver.invalid/beds24', customHeader: 'X-Secret: shared' },
  inventoryWebhook: { url: 'http://receiver.invalid/inventory', headers: { 'x-secret': 'shared' } },
} as const;

type Json = Record<string, unknown>;

export class Beds24Spec extends SpecWorld {
  #access: string | undefined;

  constructor(more: Json = {}) {
    super({ ...BEDS24, ...more });
  }

  /** For `authentication/…`: its headers, and no token. */
  auth(path: string, headers: Record<string, string>, method = 'GET'): Answered {
    return this.ask({ method, url: `/api/v2/authentication/${path}`, headers });
  }

  call(path: string, more: Partial<Asked> = {}): Answered {
    this.#access ??= (this.auth('token', { refreshtoken: BEDS24.refreshToken }).body as { token: string }).token;
    return this.ask({ url: `/api/v2/${path}`, headers: { token: this.#access }, ...more });
  }

  read<T = Json[]>(path: string): T {
    const { status, body } = this.call(path);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return (body as { data: T }).data;
  }

  post(path: string, body: unknown): Answered {
    return this.call(path, { method: 'POST', body: JSON.stringify(body) });
  }
}
