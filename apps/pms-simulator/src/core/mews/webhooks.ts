import type { Notice } from '../act-scene.ts';
import type { Draft } from '../deliveries.ts';
import type { Hooks } from '../provider.ts';
import { evenly, arrived } from '../retry.ts';
import type { Reservation } from '../reservation.ts';
import { hourOf } from '../stamps.ts';
import { listingOf, type Account, type Listing } from '../world.ts';
import { utc } from './fields.ts';
import { enterpriseOf, guid, resourceId } from './ids.ts';
import { mewsOf, type MewsEvent } from './own.ts';
import { factNumber, stateOfDoor } from './wire-resource.ts';
import { stateOfStay, stayOf } from './wire-reservation.ts';

/** M:events/wh-faq.md: any 2xx within 5 s; 4xx is tried again too; redirects are followed. */
export const hooks: Hooks = {
  answerWithinMs: 5_000,
  followsRedirects: true,

  drafts(account, notice, now) {
    if (notice.about === 'access') return integrationDrafts(account, notice.change, now);
    const sockets = account.listeners > 0 ? socketEvents(account, notice) : [];
    return [...generalDrafts(account, notice), ...socketDrafts(sockets)];
  },

  /** Only the token in the address: nothing is signed. */
  headers: () => ({}),

  afterTry(account, { hook, tries }, result) {
    const { webhookAttempts: attempts, webhookEveryMs: everyMs } = mewsOf(account).config.readings;
    // What nobody heard on a socket is not said again.
    return evenly(arrived(result), tries, { attempts: hook === 'socket' ? 1 : attempts, everyMs });
  },

  registered: (account) =>
    [mewsOf(account).config.webhook, mewsOf(account).config.integrationWebhook].flatMap((webhook) => webhook ?? []),
};

/** Ids only: no state, no time (M:events/wh-general.md). */
function generalDrafts(account: Account, notice: Notice): Draft[] {
  const { config, held } = mewsOf(account);
  if (!config.webhook) return [];
  const { url } = config.webhook;
  return eventsOf(account, notice).flatMap(({ enterprise, events }) => {
    const waiting = [...(held.get(enterprise) ?? []), ...events];
    const full = waiting.length >= config.readings.batch;
    held.set(enterprise, full ? [] : waiting);
    const ids = { EnterpriseId: guid(account, 'enterprise', enterprise), IntegrationId: guid(account, 'integration', 0) };
    const body = JSON.stringify({ ...ids, Events: waiting });
    return full ? [{ hook: 'general', event: waiting[0]!.Discriminator, url, body, target: null }] : [];
  });
}

type Told = { enterprise: number; events: MewsEvent[] };

/** By enterprise: a webhook is of one. */
function eventsOf(account: Account, notice: Notice): Told[] {
  const of = (listing: Listing, ...events: [string, string][]): Told => ({
    ...{ enterprise: enterpriseOf(account, listing) },
    events: events.map(([Discriminator, Id]) => ({ Discriminator, Value: { Id } })),
  });
  if (notice.about === 'reservation')
    return [of(listingOf(account, notice.reservation.listingId)!, ...bookingEvents(account, notice))];
  if (notice.about === 'message')
    return [of(listingOf(account, notice.message.listingId)!, ['MessageAdded', guid(account, 'message', notice.message.id)])];
  if (notice.about === 'units') {
    const changed = notice.doors.map(({ unit, listingId }) =>
      of(listingOf(account, listingId)!, ['ResourceUpdated', resourceOf(account, unit)]),
    );
    return [...new Set(changed.map(({ enterprise }) => enterprise))].map((enterprise) => ({
      enterprise,
      events: changed.filter((one) => one.enterprise === enterprise).flatMap(({ events }) => events),
    }));
  }
  if (notice.about !== 'ticket' || notice.ticket.block === null) return [];
  const listing = listingOf(account, notice.ticket.listingId)!;
  return [of(listing, ['ResourceBlockUpdated', guid(account, 'block', factNumber(notice.ticket.id))])];
}

/** "Updated" covers creation; "Added" is extra. */
function bookingEvents(
  account: Account,
  { change, reservation: { id } }: Extract<Notice, { about: 'reservation' }>,
): [string, string][] {
  const customer = guid(account, 'customer', id);
  const added: [string, string][] = [
    ['CustomerAdded', customer],
    ['CustomerUpdated', customer],
  ];
  return [['ServiceOrderUpdated', guid(account, 'reservation', id)], ...(change === 'created' ? added : [])];
}

const resourceOf = (account: Account, door: string): string => {
  const [listing, unit] = door.split('/').map(Number);
  return resourceId(account, listing!, unit ?? null);
};

/** One event a POST; the bodies hold secrets (M:events/wh-integration.md). */
function integrationDrafts(account: Account, change: 'renewed' | 'revoked', now: number): Draft[] {
  const { accessToken, integrationWebhook } = mewsOf(account).config;
  if (!integrationWebhook) return [];
  const Integration = { Id: guid(account, 'integration', 0), Name: 'Roomwire' };
  const Enterprise = { Id: guid(account, 'enterprise', 0), Name: `Hotel ${account.id}-1` };
  const [Action, Data] =
    change === 'renewed'
      ? ['IntegrationApiKeyCreated', { Integration, ApiKey: accessToken }]
      : ['IntegrationDeleted', { DeletedUtc: utc(now), Integration: { ...Integration, Enterprise } }];
  return [
    {
      hook: 'integration',
      event: Action,
      url: integrationWebhook.url,
      body: JSON.stringify({ Action, Data }),
      target: null,
    },
  ];
}

/** M:events/websockets.md: these carry state. */
const socketDrafts = (Events: object[]): Draft[] =>
  Events.length === 0 ? [] : [{ hook: 'socket', event: 'socket', url: '', body: JSON.stringify({ Events }), target: null }];

function socketEvents(account: Account, notice: Notice): object[] {
  if (notice.about === 'reservation') return [reservationEvent(account, notice.reservation)];
  if (notice.about === 'units')
    return notice.doors.map((door) => ({ Type: 'Resource', Id: resourceOf(account, door.unit), State: stateOfDoor(door) }));
  if (notice.about !== 'rates') return [];
  const start = (date: string): string => utc(hourOf(date, 0, account.config.timeZone));
  return [
    {
      ...{ Type: 'PriceUpdate', Id: guid(account, 'category', notice.listing.id) },
      ...{ StartUtc: start(notice.from), EndUtc: start(notice.until) },
      ...{ RateId: guid(account, 'rate', enterpriseOf(account, notice.listing)) },
      ResourceCategoryId: guid(account, 'category', notice.listing.id),
    },
  ];
}

function reservationEvent(account: Account, one: Reservation): object {
  const { start, end } = stayOf(account, one);
  return {
    ...{ Type: 'Reservation', Id: guid(account, 'reservation', one.id), State: stateOfStay(one) },
    ...{ StartUtc: utc(start), EndUtc: utc(end), AssignedResourceId: resourceId(account, one.listingId, one.unitId) },
  };
}
