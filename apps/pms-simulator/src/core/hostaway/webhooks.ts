import type { Notice } from '../act-scene.ts';
import type { Delivery, Draft } from '../deliveries.ts';
import type { Hooks } from '../provider.ts';
import { afterTry, ANSWER_WITHIN_MS } from '../retry.ts';
import type { Account } from '../world.ts';
import { hostawayOf, type UnifiedWebhook } from './own.ts';
import { wireMessage } from './wire-conversation.ts';
import { shortened, wireReservation } from './wire-reservation.ts';

/** A webhook that has failed for so long is switched off. */
const DISABLED_AFTER_MS = 5 * 24 * 3_600_000;

/** Unified webhooks: bookings and what guests write. Basic auth, and nothing signed. */
export const hooks: Hooks = {
  answerWithinMs: ANSWER_WITHIN_MS,
  afterTry: (_, { tries }, result) => afterTry(result, tries),
  // Five bad days, without the days.
  drop: (account) => hostawayOf(account).webhooks.forEach((webhook) => (webhook.enabled = false)),
  registered: (account) => hostawayOf(account).webhooks.map(({ id, url, enabled }) => ({ id, url, enabled })),

  drafts(account, notice): Draft[] {
    const enabled = hostawayOf(account).webhooks.filter((webhook) => webhook.enabled);
    const part = enabled.length > 0 ? partOf(account, notice) : undefined;
    if (!part) return [];
    const body = bodyOf(account, part);
    return enabled.map(({ id, url }) => ({ hook: 'unified', event: part.event, url, body, target: id }));
  },

  headers(account, delivery) {
    const webhook = webhookOf(account, delivery);
    if (!webhook || (webhook.login === null && webhook.password === null)) return {};
    return { authorization: `Basic ${Buffer.from(`${webhook.login ?? ''}:${webhook.password ?? ''}`).toString('base64')}` };
  },

  settled(account, delivery, arrived, now, timeScale) {
    const webhook = webhookOf(account, delivery);
    if (!webhook) return;
    webhook.failingSince = arrived ? null : (webhook.failingSince ?? now);
    if (webhook.failingSince !== null && now - webhook.failingSince >= DISABLED_AFTER_MS * timeScale) webhook.enabled = false;
  },
};

const webhookOf = (account: Account, { target }: Delivery): UnifiedWebhook | undefined =>
  hostawayOf(account).webhooks.find(({ id }) => id === target);

type Part = { object: string; event: string; data: Record<string, unknown> };

/** Nobody is told of a removal, of what the host writes, or of anything at the door. */
function partOf(account: Account, notice: Notice): Part | undefined {
  if (notice.about === 'message')
    return notice.message.incoming
      ? { object: 'conversationMessage', event: 'message.received', data: wireMessage(account, notice.message) }
      : undefined;
  if (notice.about !== 'reservation' || notice.change === 'removed') return undefined;
  const { faults, faultChance } = account;
  const whole = wireReservation(account, notice.reservation, { resources: false });
  const { updatedOn, ...undated } = whole;
  const event = `reservation.${notice.change}`;
  if (faultChance.happens(faults.shortenedBodies)) return { object: 'reservation', event, data: shortened(whole) };
  const data = faultChance.happens(faults.omitUpdatedOn) ? undated : { ...undated, updatedOn };
  return { object: 'reservation', event, data };
}

/** {object, event, accountId, data}: not printed in the documentation, agreed by four receivers (SH, NR, IX). */
function bodyOf({ id, faults, faultChance }: Account, { object, event, data }: Part): string {
  const content = faultChance.happens(faults.payloadNested) ? { payload: { data } } : { data };
  const body = JSON.stringify({ object, event, accountId: id, ...content });
  return faultChance.happens(faults.doublyEncoded) ? JSON.stringify(body) : body;
}
