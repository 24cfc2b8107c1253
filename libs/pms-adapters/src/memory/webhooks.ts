import {
  pathSegment,
  PmsError,
  type Registration,
  type RequestPlan,
  type WantedWebhook,
  type WebhookRegistry,
} from '@roomwire/pms-port';
import { wireWebhooks } from './wire.ts';

/** One registration tells all. */
export const webhooks: WebhookRegistry = { listRequests, listed, ensureRequests };

function listRequests(): RequestPlan[] {
  return [{ operation: 'list-webhooks', method: 'GET', path: '/webhooks' }];
}

function listed(_plan: RequestPlan, body: unknown): Registration[] {
  const answer = wireWebhooks.safeParse(body);
  if (!answer.success) throw new PmsError('malformed-answer', { provider: 'memory', operation: 'list-webhooks' });
  return answer.data.webhooks.map(({ id, url, enabled }) => ({ id, url, event: null, enabled }));
}

function ensureRequests(registered: readonly Registration[], { url, secret, isOurs }: WantedWebhook): RequestPlan[] {
  const ours = registered.filter((each) => isOurs(each.url));
  const kept = ours.find((each) => each.url === url && each.enabled);
  const stale = ours.filter((each) => each !== kept);
  const added: RequestPlan = {
    operation: 'add-webhook',
    method: 'POST',
    path: '/webhooks',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url, secret }),
  };
  // What is wanted is there before anything is taken away.
  return [...(kept ? [] : [added]), ...stale.map(removed)];
}

function removed({ id }: Registration): RequestPlan {
  return { operation: 'remove-webhook', method: 'DELETE', path: `/webhooks/${pathSegment(id)}` };
}
