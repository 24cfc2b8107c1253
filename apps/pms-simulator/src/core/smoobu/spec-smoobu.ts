import { createHash, createHmac } from 'node:crypto';
import type { Answered } from '../door.ts';
import { SpecWorld, type Asked } from '../spec-world.ts';

export const SMOOBU = {
  provider: 'smoobu',
  apiKey: 'usr_live_spec',
  apiSecret: 'a secret of the spec',
  legacyKey: 'a legacy key',
  webhook: { url: 'http://receiver.invalid/smoobu?secret=shared' },
} as const;

type Json = Record<string, unknown>;

export class SmoobuSpec extends SpecWorld {
  #nonces = 0;

  constructor(more: Json = {}) {
    super({ ...SMOOBU, ...more });
  }

  /** A request that is signed as the recipe says; the spec's own hand, not the door's. */
  signed(url: string, more: Partial<Asked> & { nonce?: string; timestamp?: string; secret?: string } = {}): Asked {
    const { method = 'GET', body = '', secret = SMOOBU.apiSecret } = more;
    const timestamp = more.timestamp ?? new Date(this.now).toISOString();
    const nonce = more.nonce ?? `550e8400-e29b-41d4-a716-${String(++this.#nonces).padStart(12, '0')}`;
    const [path, query = ''] = url.split('?');
    const sorted = query === '' ? '' : query.split('&').sort().join('&');
    const digest = createHash('sha256').update(body).digest('hex');
    const text = [method, path, sorted, timestamp, nonce, digest, SMOOBU.apiKey].join('\n');
    const signature = createHmac('sha256', secret).update(text).digest('base64');
    const headers = { 'x-api-key': SMOOBU.apiKey, 'x-timestamp': timestamp, 'x-nonce': nonce, 'x-signature': signature };
    return { method, url, body, headers };
  }

  call(url: string, method = 'GET', body?: unknown): Answered {
    return this.ask(this.signed(url, { method, body: body === undefined ? '' : JSON.stringify(body) }));
  }

  read<T = Json>(url: string): T {
    const { status, body } = this.call(url);
    if (status !== 200) throw new Error(`${url}: ${status} ${JSON.stringify(body)}`);
    return body as T;
  }
}
