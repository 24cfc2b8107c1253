import type { Notice } from '../act-scene.ts';
import type { Draft } from '../deliveries.ts';
import type { Hooks } from '../provider.ts';
import { arrived, evenly } from '../retry.ts';
import type { Reservation } from '../reservation.ts';
import { listingOf, type Account } from '../world.ts';
import { utc } from './answer.ts';
import { beds24Of, propertyOf } from './own.ts';
import type { WebhookSettings } from './config.ts';
import { infoItems, invoiceItems, statusOf, webhookBooking, wireMessage } from './wire-booking.ts';

/** Sent again "several times over the next 30 min" (W:Web_Hooks): how often is chosen. */
const INVENTORY = { attempts: 6, everyMs: 300_000 };

export const hooks: Hooks = {
  /** NOT FOUND, chosen. */
  answerWithinMs: 10_000,
  drafts: (account, notice, now) => [...bookingDrafts(account, notice, now), ...inventoryDrafts(account, notice)],

  headers(account, { hook, target }) {
    const { config, webhooks } = beds24Of(account);
    if (hook === 'inventory') return config.inventoryWebhook?.headers ?? {};
    const lines = (webhooks.get(Number(target))?.customHeader ?? '').split('\n').filter((line) => line.includes(':'));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]),
    );
  },

  /** `retries` says which try it is. */
  bodyOf({ hook, body, tries }) {
    if (hook === 'inventory' || tries === 0) return body;
    const sent = JSON.parse(body) as object | object[];
    return JSON.stringify(
      Array.isArray(sent) ? sent.map((one: object) => ({ ...one, retries: tries })) : { ...sent, retries: tries },
    );
  },

  afterTry(account, { hook, tries }, result) {
    if (hook === 'inventory') return evenly(arrived(result), tries, INVENTORY);
    const { webhookAttempts: attempts, webhookEveryMs: everyMs } = beds24Of(account).config.readings;
    return evenly('status' in result && result.status < 400, tries, { attempts, everyMs });
  },

  drop: (account) => beds24Of(account).webhooks.clear(),

  registered: (account) => [...beds24Of(account).webhooks].map(([property, { version, url }]) => ({ property, version, url })),
};

/** A new booking, a change that touches availability, a cancellation, a guest's message (W:Setting/propertiesnotifyurl). */
function bookingDrafts(account: Account, notice: Notice, now: number): Draft[] {
  const one = toldOf(account, notice);
  if (!one) return [];
  const own = beds24Of(account);
  const property = propertyOf(account, listingOf(account, one.listingId)!);
  const settings = own.webhooks.get(property);
  if (!settings || settings.version === 'one') return [];
  const messages = notice.about === 'message' ? [wireMessage(account, notice.message)] : [];
  const body = wrapped(account, bodyOf(account, one, settings, messages, now));
  const event = notice.about === 'message' ? 'message' : statusOf(one);
  return settings.url
    .split('\n')
    .filter((url) => url.trim() !== '')
    .map((url) => ({ hook: 'booking', event, url: url.trim(), body, target: property }));
}

function toldOf(account: Account, notice: Notice): Reservation | undefined {
  if (notice.about === 'message')
    return notice.message.incoming ? (account.reservations.get(notice.message.reservationId)?.current ?? undefined) : undefined;
  if (notice.about !== 'reservation' || notice.change === 'removed' || notice.quiet) return undefined;
  return notice.before === notice.reservation || touchesAvailability(notice) ? notice.reservation : undefined;
}

function touchesAvailability({ before, reservation }: Extract<Notice, { about: 'reservation' }>): boolean {
  if (!before) return true;
  const keys = ['status', 'arrivalDate', 'departureDate', 'listingId', 'unitId'] as const;
  return keys.some((key) => before[key] !== reservation[key]);
}

function bodyOf(...[account, one, settings, messages, now]: [Account, Reservation, WebhookSettings, object[], number]): object {
  return {
    timeStamp: utc(messages.length > 0 ? now + account.faults.skewMs : one.updatedAt),
    booking: webhookBooking(account, one, settings),
    ...{ infoItems: infoItems(one, settings.additionalData), invoiceItems: invoiceItems(account, one), messages, retries: 0 },
  };
}

/** SPEC: one object. A real body was an array. */
function wrapped(account: Account, body: object): string {
  const own = beds24Of(account);
  const { webhookBody } = own.config.readings;
  const array = webhookBody === 'array' || (webhookBody === 'either' && own.bodies++ % 2 === 1);
  return JSON.stringify(array ? [body] : body);
}

/** Ids only, and they are text; also for what is made over the API (W:Web_Hooks). */
function inventoryDrafts(account: Account, notice: Notice): Draft[] {
  const { inventoryWebhook } = beds24Of(account).config;
  if (!inventoryWebhook) return [];
  return roomsOf(notice).map((room) => {
    const propId = String(propertyOf(account, listingOf(account, room)!));
    const body = JSON.stringify({ roomId: String(room), propId, ownerId: String(account.id), action: 'SYNC_ROOM' });
    return { hook: 'inventory', event: 'SYNC_ROOM', url: inventoryWebhook.url, body, target: null };
  });
}

function roomsOf(notice: Notice): number[] {
  if (notice.about === 'rates') return [notice.listing.id];
  if (notice.about !== 'reservation') return [];
  if (notice.change === 'updated' && !touchesAvailability(notice)) return [];
  return [...new Set([...(notice.before ? [notice.before.listingId] : []), notice.reservation.listingId])];
}
