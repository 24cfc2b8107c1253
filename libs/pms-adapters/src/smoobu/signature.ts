import { createHmac } from 'node:crypto';
import type { Credentials, SigningMoment, ToSign } from '@roomwire/pms-port';

/**
 * HMAC-SHA256, base64, over method, path, query, instant, nonce, the body's hash and the key, a line each. The query's pairs are sorted by
 * name and written as they are sent; those of one name stay in their order.
 */
export function sign(
  { apiKey = '', apiSecret = '' }: Credentials,
  { method, path, bodySha256 }: ToSign,
  { at, nonce }: SigningMoment,
): Record<string, string> {
  const [route = '', query = ''] = path.split('?');
  const canonical = [method, route, inOrder(query), at, nonce, bodySha256, apiKey].join('\n');
  const signature = createHmac('sha256', apiSecret).update(canonical).digest('base64');
  return { 'x-api-key': apiKey, 'x-timestamp': at, 'x-nonce': nonce, 'x-signature': signature };
}

function inOrder(query: string): string {
  const pairs = query.split('&').map((pair) => ({ pair, name: pair.split('=')[0]! }));
  return pairs
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ pair }) => pair)
    .join('&');
}
