import { z } from 'zod';
import { jsonOf, type Answer } from '../request.ts';
import type { Call, Route } from '../route.ts';
import { newId } from '../world.ts';
import { fail, success } from './answer.ts';
import { hostawayOf, type UnifiedWebhook } from './own.ts';

const flag = z.union([z.literal(0), z.literal(1), z.boolean().transform(Number)]);
const settings = z.object({
  isEnabled: flag.optional(),
  url: z.url({ protocol: /^https?$/ }),
  login: z.string().nullish(),
  password: z.string().nullish(),
  alertingEmailAddress: z.string().nullish(),
});

/** D:includes/_webhook_unified*.md */
const PATH = '/v1/webhooks/unifiedWebhooks';

export const webhookRoutes: readonly Route[] = [
  { method: 'GET', path: PATH, answer: ({ account }) => success(hostawayOf(account).webhooks.map(wireWebhook)) },
  {
    method: 'POST',
    path: PATH,
    answer(call) {
      const sent = settings.safeParse(jsonOf(call.request));
      if (!sent.success) return fail(400, z.prettifyError(sent.error));
      const { isEnabled = 1, url, login = null, password = null, alertingEmailAddress = null } = sent.data;
      const id = newId(call.account, 'webhook');
      const webhook = { id, enabled: isEnabled === 1, url, login, password, alertingEmailAddress, failingSince: null };
      hostawayOf(call.account).webhooks.push(webhook);
      return success(wireWebhook(webhook));
    },
  },
  { method: 'GET', path: `${PATH}/:id`, answer: (call) => withWebhook(call, (webhook) => success(wireWebhook(webhook))) },
  {
    method: 'PUT',
    path: `${PATH}/:id`,
    answer: (call) =>
      withWebhook(call, (webhook) => {
        const sent = settings.partial().safeParse(jsonOf(call.request));
        if (!sent.success) return fail(400, z.prettifyError(sent.error));
        const { isEnabled, ...given } = sent.data;
        const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
        // Who switches it on again starts with a clean record.
        Object.assign(webhook, said, isEnabled === undefined ? {} : { enabled: isEnabled === 1, failingSince: null });
        return success(wireWebhook(webhook));
      }),
  },
  {
    method: 'DELETE',
    path: `${PATH}/:id`,
    answer: (call) =>
      withWebhook(call, (webhook) => {
        const own = hostawayOf(call.account);
        own.webhooks = own.webhooks.filter((one) => one !== webhook);
        return success([]);
      }),
  },
];

function withWebhook({ account, ids }: Call, answer: (webhook: UnifiedWebhook) => Answer): Answer {
  const webhook = hostawayOf(account).webhooks.find(({ id }) => id === ids[0]);
  return webhook ? answer(webhook) : fail(404, `Unified webhook ${ids[0]} not found`);
}

/** The password is masked as in the documented webhook log; whether this answer shows it: NOT FOUND. */
const wireWebhook = ({ id, enabled, url, login, password, alertingEmailAddress }: UnifiedWebhook): object => ({
  ...{ id, isEnabled: enabled ? 1 : 0, url, login, password: password === null ? null : '****', alertingEmailAddress },
});
