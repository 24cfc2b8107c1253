import { createHmac } from 'node:crypto';

/**
 * Headers of a signed webhook in the form of Standard Webhooks: HMAC-SHA256 over "id.timestamp.body" under the bytes that stand,
 * base64-encoded, behind "whsec_". The id stays through all tries; the timestamp is of this try.
 */
export function signedHeaders(key: string, id: string, now: number, body: string): Record<string, string> {
  const timestamp = Math.floor(now / 1000).toString();
  const secret = Buffer.from(key.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
