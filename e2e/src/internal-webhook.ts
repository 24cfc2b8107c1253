import { createHmac, randomUUID } from 'node:crypto';
import { post, type Answer, type Tenant } from './hostaway-webhook.ts';

/** A fact of Roomwire's own webhook: what housekeeping apps, locks and people tell. */
export type Fact = { kind: 'unit-status' | 'task' | 'ticket'; id: string; modifiedAt: string } & Record<string, unknown>;

export function unitStatus(unit: string, status: 'dirty' | 'cleaning' | 'clean' | 'inspected', at = Date.now()): Fact {
  return { kind: 'unit-status', id: `status-${unit}`, unit, status, modifiedAt: new Date(at).toISOString() };
}

/** Standard Webhooks: HMAC-SHA256 over `<id>.<seconds>.<body>`, base64; the key is `whsec_<base64>`. */
export function signed(key: string, body: string, at = Date.now()): Record<string, string> {
  const [id, timestamp] = [`msg_${randomUUID()}`, String(Math.floor(at / 1000))];
  const hmac = createHmac('sha256', Buffer.from(key.replace(/^whsec_/, ''), 'base64')).update(`${id}.${timestamp}.${body}`);
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${hmac.digest('base64')}` };
}

/** Tells facts as somebody who has the tenant's signing key; `at` is when they were signed. */
export async function tell(tenant: Tenant, facts: Fact[], at = Date.now()): Promise<Answer> {
  const { webhookUrl, signingKey } = tenant.connections.find(({ provider }) => provider === 'internal')!;
  const body = JSON.stringify({ facts });
  return post(webhookUrl, body, signed(signingKey!, body, at));
}
