import { createHmac } from 'node:crypto';
import { sameSecret, type WebhookRequest, type WebhookSecret } from '@roomwire/pms-port';

/** Older or newer than this by the gateway's clock is a replay, or a clock that needs its owner. */
export const TOLERANCE_MS = 5 * 60_000;

/**
 * Standard Webhooks: HMAC-SHA256 over `<id>.<timestamp>.<body>`, base64, in a list of `v1,<signature>`. Why it is refused, or
 * undefined where one of the secrets made it. All of them are tried, always.
 */
export function signatureProblem(
  { headers, body }: WebhookRequest,
  secrets: readonly WebhookSecret[],
  now: number,
): string | undefined {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (!id || !timestamp || !signatures) return 'webhook-id, webhook-timestamp and webhook-signature are needed';
  if (!/^\d{1,12}$/.test(timestamp)) return 'webhook-timestamp is not in seconds';
  if (Math.abs(Number(timestamp) * 1_000 - now) > TOLERANCE_MS) return 'webhook-timestamp is more than 5 minutes away';
  const told = signatures.split(' ').filter((each) => each.startsWith('v1,'));
  const made = secrets.flatMap((secret) => ('key' in secret ? [signature(secret.key, id, timestamp, body)] : []));
  const matches = made.flatMap((ours) => told.map((theirs) => sameSecret(ours, theirs)));
  return matches.includes(true) ? undefined : 'no secret made this signature';
}

/** `key` as `whsec_<base64>`. */
export function signature(key: string, id: string, timestamp: string, body: Uint8Array): string {
  const hmac = createHmac('sha256', Buffer.from(key.replace(/^whsec_/, ''), 'base64'));
  return `v1,${hmac.update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}
