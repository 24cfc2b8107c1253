import type { Notice } from '../act-scene.ts';
import type { Draft } from '../deliveries.ts';
import type { Hooks } from '../provider.ts';
import { arrived, evenly } from '../retry.ts';
import { daysBetween } from '../stamps.ts';
import type { Account } from '../world.ts';
import { smoobuOf } from './own.ts';
import { ratesOf } from './rate-routes.ts';
import { apartmentsOf, isCancelled, wireReservation } from './wire-reservation.ts';

/** One address for everything. No signature, no event id, no time in the envelope (CA, SV). */
export const hooks: Hooks = {
  /** NOT FOUND, chosen. */
  answerWithinMs: 10_000,

  drafts(account, notice): Draft[] {
    const { webhook } = smoobuOf(account).config;
    const told = webhook ? partOf(account, notice) : undefined;
    if (!webhook || !told) return [];
    return [{ hook: 'webhook', event: told.action, url: webhook.url, body: bodyOf(account, told), target: null }];
  },

  /** As one observer saw them. */
  headers: ({ id }) => ({ 'api-key': `smoobu-${id}`, 'user-agent': 'Symfony BrowserKit' }),

  afterTry(account, { tries }, result) {
    const { webhookAttempts: attempts, webhookEveryMs: everyMs } = smoobuOf(account).config.readings;
    return evenly(arrived(result), tries, { attempts, everyMs });
  },

  registered: (account) => [smoobuOf(account).config.webhook].flatMap((webhook) => webhook ?? []),
};

type Part = { action: string; data: object };

function partOf(account: Account, notice: Notice): Part | undefined {
  if (notice.about === 'reservation') return reservationPart(account, notice);
  if (notice.about === 'message') {
    const { id, incoming, reservationId } = notice.message;
    return { action: 'newMessage', data: { id, sender: incoming ? 'guest' : 'host', booking: { id: reservationId } } };
  }
  if (notice.about !== 'rates') return undefined;
  const days = daysBetween(notice.from, notice.until);
  const { listing, unitId } = notice;
  const apartments = apartmentsOf(account).filter((one) => one.listing === listing && (unitId === null || one.unitId === unitId));
  return { action: 'updateRates', data: Object.fromEntries(apartments.map(({ id }) => [id, ratesOf(account, id, days)])) };
}

/** Price elements come with an update and not with a new one (IX:17152484203). */
function reservationPart(account: Account, { change, reservation, before }: Extract<Notice, { about: 'reservation' }>): Part {
  if (change === 'removed') return { action: 'deleteReservation', data: { id: reservation.id } };
  const ended = isCancelled(reservation) && before !== null && !isCancelled(before);
  const action = ended ? 'cancelReservation' : change === 'created' ? 'newReservation' : 'updateReservation';
  return { action, data: wireReservation(account, reservation, { priceElements: action === 'updateReservation' }) };
}

function bodyOf(account: Account, { action, data }: Part): string {
  const { webhookBody } = smoobuOf(account).config.readings;
  const content = webhookBody === 'flat' ? data : { [webhookBody]: data };
  return JSON.stringify({ action, user: account.id, ...content });
}
