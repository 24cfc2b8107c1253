import {
  PmsError,
  type AccountContext,
  type Registration,
  type RequestPlan,
  type WantedWebhook,
  type WebhookRegistry,
} from '@roomwire/pms-port';
import { wireRegistrations } from './wire.ts';

/** A subscription tells one event. These are what a record of ours may change by. */
export const EVENTS: readonly string[] = [
  ...['created', 'status_changed', 'dates_changed', 'accommodation_status_changed', 'accommodation_type_changed'].map(
    (action) => `reservation/${action}`,
  ),
  ...['reservation/accommodation_changed', 'reservation/deleted'],
  ...['guest/assigned', 'guest/removed', 'guest/accommodation_changed'],
  ...['roomblock/created', 'roomblock/removed', 'roomblock/details_changed'],
  'housekeeping/room_condition_changed',
];

export const webhooks: WebhookRegistry = { listRequests, listed, ensureRequests };

function listRequests(account: AccountContext): RequestPlan[] {
  const query = new URLSearchParams({ propertyID: propertyOf(account) });
  return [{ operation: 'list-webhooks', method: 'GET', path: `/getWebhooks?${query.toString()}` }];
}

function listed(_plan: RequestPlan, body: unknown): Registration[] {
  const answer = wireRegistrations.safeParse(body);
  if (!answer.success) throw new PmsError('malformed-answer', { provider: 'cloudbeds', operation: 'list-webhooks' });
  return answer.data.data.map(({ id, event, subscriptionData }) => ({
    id,
    url: subscriptionData?.endpoint ?? subscriptionData?.url ?? '',
    event: `${event.entity}/${event.action}`,
    enabled: true,
  }));
}

/** One subscription of ours for each event; those that go elsewhere, or are there twice, are taken back. */
function ensureRequests(
  registered: readonly Registration[],
  { url, isOurs }: WantedWebhook,
  account: AccountContext,
): RequestPlan[] {
  const ours = registered.filter((each) => isOurs(each.url));
  const kept = EVENTS.flatMap((event) => ours.find((each) => each.event === event && each.url === url && each.enabled) ?? []);
  const missing = EVENTS.filter((event) => !kept.some((each) => each.event === event));
  const superfluous = ours.filter((each) => !kept.includes(each));
  return [...missing.map((event) => subscription(event, url, account)), ...superfluous.map(({ id }) => removal(id, account))];
}

function subscription(event: string, endpointUrl: string, account: AccountContext): RequestPlan {
  const [object = '', action = ''] = event.split('/');
  const form = new URLSearchParams({ object, action, endpointUrl, propertyID: propertyOf(account) });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { operation: 'add-webhook', method: 'POST', path: '/postWebhook', headers, body: form.toString() };
}

function removal(subscriptionID: string, account: AccountContext): RequestPlan {
  const query = new URLSearchParams({ subscriptionID, propertyIDs: propertyOf(account) });
  return { operation: 'remove-webhook', method: 'DELETE', path: `/deleteWebhook?${query.toString()}` };
}

function propertyOf({ account }: AccountContext): string {
  if (account !== null) return account;
  const detail = 'the connection names no property as its account';
  throw new PmsError('invalid-request', { provider: 'cloudbeds', operation: 'webhooks', detail });
}
