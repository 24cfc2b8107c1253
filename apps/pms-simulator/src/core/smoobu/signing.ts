import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ApiRequest } from '../request.ts';

export type Signed = Pick<ApiRequest, 'method' | 'path' | 'query' | 'body'> & {
  timestamp: string;
  nonce: string;
  apiKey: string;
};

/** METHOD, path, sorted query, timestamp, nonce, SHA-256 of the body, key, a line each (CA, HV, TR). */
export function canonical(
  { method, path, query, body, timestamp, nonce, apiKey }: Signed,
  encode: (text: string) => string,
): string {
  const pairs = [...query]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, value]) => `${encode(key)}=${encode(value)}`);
  const digest = createHash('sha256').update(body).digest('hex');
  return [method, path, pairs.join('&'), timestamp, nonce, digest, apiKey].join('\n');
}

export const signatureOf = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('base64');

const ENCODINGS = { percent: encodeURIComponent, plain: (text: string): string => text };

export function isSigned(signed: Signed, secret: string, signature: string, encoding: 'percent' | 'plain' | 'either'): boolean {
  const ways = encoding === 'either' ? (['percent', 'plain'] as const) : [encoding];
  const given = Buffer.from(signature);
  return ways.some((way) => {
    const wanted = Buffer.from(signatureOf(secret, canonical(signed, ENCODINGS[way])));
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  });
}
