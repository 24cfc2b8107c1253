import {
  pathSegment,
  PmsError,
  type Registration,
  type RequestPlan,
  type WantedWebhook,
  type WebhookRegistry,
} from '@roomwire/pms-port';
import { wireRegistrations } from './wire.ts';

/** Unified webhooks: one registration tells all. The deprecated kinds are left alone; where there are any, both fire. */
export const webhooks: WebhookRegistry = { listRequests, listed, ensureRequests };

const PATH = '/v1/webhooks/unifiedWebhooks';

function listRequests(): RequestPlan[] {
  return [{ operation: 'list-webhooks', method: 'GET', path: PATH }];
}

function listed(_plan: RequestPlan, body: unknown): Registration[] {
  const answer = wireRegistrations.safeParse(body);
  if (!answer.success) throw new PmsError('malformed-answer', { provider: 'hostaway', operation: 'list-webhooks' });
  return answer.data.result.map(({ id, url, isEnabled }) => ({ id, url: url ?? '', event: null, enabled: !!isEnabled }));
}

/** One of ours is good, is made good, or is added; any other of ours would tell everything twice. */
function ensureRequests(registered: readonly Registration[], wanted: WantedWebhook): RequestPlan[] {
  const ours = registered.filter(({ url }) => wanted.isOurs(url));
  const isGood = ({ url, enabled }: Registration) => url === wanted.url && enabled;
  const kept = ours.find(isGood) ?? ours[0];
  const superfluous = ours.filter((each) => each !== kept).map(({ id }) => removal(id));
  if (!kept) return [{ operation: 'add-webhook', method: 'POST', path: PATH, ...registration(wanted) }];
  if (isGood(kept)) return superfluous;
  const path = `${PATH}/${pathSegment(kept.id)}`;
  return [{ operation: 'change-webhook', method: 'PUT', path, ...registration(wanted) }, ...superfluous];
}

function registration({ url, secret }: WantedWebhook): Required<Pick<RequestPlan, 'headers' | 'body'>> {
  if (!secret || !('login' in secret))
    throw new PmsError('invalid-request', {
      provider: 'hostaway',
      operation: 'add-webhook',
      detail: 'it proves itself by a login',
    });
  const { login, password } = secret;
  return {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ isEnabled: 1, url, login, password }),
  };
}

function removal(id: string): RequestPlan {
  return { operation: 'remove-webhook', method: 'DELETE', path: `${PATH}/${pathSegment(id)}` };
}
