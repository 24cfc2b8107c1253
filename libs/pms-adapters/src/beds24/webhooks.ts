import {
  PmsError,
  type AccountContext,
  type Registration,
  type RequestPlan,
  type WantedWebhook,
  type WebhookRegistry,
} from '@roomwire/pms-port';
import { wireRegistrations } from './wire.ts';

/**
 * A property has one webhook, of several addresses, one a line. Each property is a registration without an address, so that one that
 * has none is known, and one more for each address.
 */
export const webhooks: WebhookRegistry = { listRequests, listed, ensureRequests };

function listRequests(): RequestPlan[] {
  return [{ operation: 'webhooks', method: 'GET', path: '/properties' }];
}

function listed(_plan: RequestPlan, body: unknown): Registration[] {
  const parsed = wireRegistrations.safeParse(body);
  if (!parsed.success) throw new PmsError('malformed-answer', { provider: 'beds24', operation: 'webhooks' });
  return parsed.data.data.flatMap(({ id, webhooks: { version, url, additionalData } }) => {
    // Version one is a GET without a body, and with more data a card's code rides along.
    const enabled = version === 'twoWithPersonalData' && additionalData === 'none';
    return ['', ...linesOf(url)].map((line) => ({ id, url: line, event: null, enabled }));
  });
}

/** One POST for all the properties that need it. Other people's addresses stay, in their order. */
function ensureRequests(registered: readonly Registration[], wanted: WantedWebhook, _account: AccountContext): RequestPlan[] {
  const properties = [...Map.groupBy(registered, ({ id }) => id)].filter(([, lines]) => !isWell(lines, wanted));
  const items = properties.flatMap(([id, lines]) => itemOf(id, lines, wanted) ?? []);
  if (items.length < properties.length && items.length === 0)
    throw new PmsError('invalid-request', {
      ...{ provider: 'beds24', operation: 'webhooks' },
      detail: 'a property’s header goes to all of its addresses: where others have one, use a key',
    });
  if (items.length === 0) return [];
  const headers = { 'content-type': 'application/json' };
  return [{ operation: 'register-webhooks', method: 'POST', path: '/properties', headers, body: JSON.stringify(items) }];
}

function isWell(lines: readonly Registration[], wanted: WantedWebhook): boolean {
  const ours = lines.filter((line) => wanted.isOurs(line.url));
  return ours.length === 1 && ours[0]!.url === wanted.url && ours[0]!.enabled;
}

/** Undefined where it cannot be had: a header is the property's and not an address's, so it would be shown to others, and theirs be lost. */
function itemOf(id: string, lines: readonly Registration[], wanted: WantedWebhook): object | undefined {
  const { url, secret } = wanted;
  const others = lines.map((line) => line.url).filter((line) => line !== '' && !wanted.isOurs(line));
  const login = secret && 'login' in secret ? secret : undefined;
  if (login && others.length > 0) return undefined;
  return {
    id: Number(id),
    webhooks: {
      ...{ version: 'twoWithPersonalData', url: [...others, url].join('\n'), additionalData: 'none' },
      ...(login ? { customHeader: `${login.login}: ${login.password}` } : {}),
    },
  };
}

function linesOf(url: string): string[] {
  return url
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
