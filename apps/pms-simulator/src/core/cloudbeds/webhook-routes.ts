import { formOf, type Answer } from '../request.ts';
import type { Call, Route } from '../route.ts';
import { both, failure, ok, properties, WRONG_PROPERTY } from './answer.ts';
import { cloudbedsOf, type Subscription } from './own.ts';
import { EVENTS } from './webhooks.ts';

/** One subscription an event (SPEC). */
export const webhookRoutes: readonly Route[] = [
  ...both('POST', 'postWebhook', (call) => {
    const form = formOf(call.request);
    if (!properties(call, form)) return WRONG_PROPERTY;
    const [entity, action, endpoint] = ['object', 'action', 'endpointUrl'].map((name) => form.get(name) ?? '') as [
      string,
      string,
      string,
    ];
    if (!EVENTS.includes(`${entity}/${action}`)) return failure('Invalid object or action');
    if (!URL.canParse(endpoint)) return failure('Invalid endpointUrl');
    const own = cloudbedsOf(call.account);
    const id = `sub${call.account.id}x${own.nextId++}`;
    const property = form.has('propertyID') ? Number(form.get('propertyID')) : null;
    own.subscriptions.push({ id, entity, action, endpoint, property, authHeader: authHeaderOf(call, form) });
    return ok({ subscriptionID: id });
  }),
  ...both('GET', 'getWebhooks', (call) => {
    const wanted = properties(call, call.request.query);
    if (!wanted) return WRONG_PROPERTY;
    const found = cloudbedsOf(call.account).subscriptions.filter(
      ({ property }) => property === null || wanted.includes(property),
    );
    return ok(found.map((one) => wireSubscription(call, one)));
  }),
  ...both('DELETE', 'deleteWebhook', (call): Answer => {
    const own = cloudbedsOf(call.account);
    const id = call.request.query.get('subscriptionID');
    if (!own.subscriptions.some((one) => one.id === id)) return failure('Subscription not found');
    own.subscriptions = own.subscriptions.filter((one) => one.id !== id);
    return { status: 200, body: { success: true } };
  }),
  ...both('POST', 'postAppState', ({ account, request }): Answer => {
    const state = formOf(request).get('app_state') ?? '';
    if (!['enabled', 'disabled', 'installing', 'pending'].includes(state)) return failure('Invalid app_state');
    // With the app its subscriptions go.
    if (state === 'disabled') cloudbedsOf(account).subscriptions = [];
    return { status: 200, body: { success: true } };
  }),
];

/** In no specification yet: where the reading does not have it, the two members are nothing. */
function authHeaderOf({ account }: Call, form: URLSearchParams): Subscription['authHeader'] {
  const [name, value] = [form.get('authHeaderName'), form.get('authHeaderValue')];
  return cloudbedsOf(account).config.readings.authHeader && name && value ? { name, value } : null;
}

const wireSubscription = ({ account }: Call, one: Subscription): object => ({
  ...{ id: one.id, key: { type: one.property === null ? 'association' : 'property', id: String(one.property ?? account.id) } },
  ...{ event: { entity: one.entity, action: one.action }, owner: { type: 'user', id: String(account.id) } },
  ...{ subscriptionType: 'webhook', subscriptionData: { endpoint: one.endpoint } },
  ...(one.authHeader ? { authHeader: { name: one.authHeader.name } } : {}),
});
