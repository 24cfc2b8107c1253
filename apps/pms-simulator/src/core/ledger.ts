import { tallyOf } from './deliveries.ts';
import { rfc3339 } from './stamps.ts';
import { wireListing, wireUnit } from './wire-listing.ts';
import { wireMessage } from './wire-conversation.ts';
import { wireReservation } from './wire-reservation.ts';
import { wireTask } from './wire-task.ts';
import { standing, type Account, type ActRecord, type World } from './world.ts';

const ACTS_SHOWN = 500;

/** The truth, in the same objects as the API's, without its lag, limits and faults. */
export function ledgerOf(world: World, now: number, only?: number): object {
  const accounts = [...world.accounts.values()].filter(({ id }) => only === undefined || id === only);
  const acts = world.acts.filter(({ accountId }) => only === undefined || accountId === only);
  const violations = violationsOf(world);
  return {
    ...{ at: rfc3339(now), sequence: world.sequence, violations, accounts: accounts.map(accountLedger) },
    acts: acts.slice(-ACTS_SHOWN),
  };
}

/** Calls that were refused for a limit, and the most that any 10 s held. Faults asked for by respond429 are not among them. */
function violationsOf(world: World): object {
  const rows = (windows: [string, { refused: number; highest: number }][]): object =>
    Object.fromEntries(windows.map(([name, { refused, highest }]) => [name, { refused, highest }]));
  const addresses = [...world.addresses];
  const accounts = [...world.accounts.values()].map(({ id, window }) => [String(id), window] as [string, typeof window]);
  const total = [...addresses, ...accounts].reduce((sum, [, { refused }]) => sum + refused, 0);
  return { total, byAddress: rows(addresses), byAccount: rows(accounts) };
}

function accountLedger(account: Account): object {
  const { config, tally } = account;
  const stays = standing(account);
  return {
    ...{ accountId: account.id, timeZone: config.timeZone, faults: account.faults },
    listings: account.listings.map((listing) => ({ ...wireListing(account, listing), units: listing.units.map(wireUnit) })),
    // As an authoritative read shows them.
    reservations: stays.map((one) => wireReservation(account, one, { resources: true })),
    messages: messagesOf(account),
    tasks: [...account.cleanings.values()].flatMap((task) => {
      const stay = account.reservations.get(task.reservationId)?.current;
      return stay ? [wireTask(account, task, stay)] : [];
    }),
    housekeeping: {
      ...{
        unitStatuses: [...account.unitStatuses.values()],
        tasks: [...account.works.values()],
        tickets: [...account.tickets.values()],
      },
    },
    calls: tally.calls,
    webhooks: {
      ...tallyOf(account, { hook: 'unified' }),
      registered: account.webhooks.map(({ id, url, enabled }) => ({ id, url, enabled })),
    },
    internalWebhooks: tallyOf(account, { hook: 'internal' }),
  };
}

/** What an act was done to, as it stands after it. */
export function objectOf(account: Account, { kind, id }: ActRecord): unknown {
  const reservation = kind === 'reservation' ? account.reservations.get(Number(id))?.current : undefined;
  if (reservation) return wireReservation(account, reservation, { resources: true });
  if (kind === 'message') return messagesOf(account).find((message) => message['id'] === id);
  if (kind === 'unit-status') return account.unitStatuses.get(String(id)) ?? [...account.unitStatuses.values()];
  return account.works.get(String(id)) ?? account.tickets.get(String(id)) ?? null;
}

const messagesOf = (account: Account): Record<string, unknown>[] =>
  account.messages.map((message) =>
    wireMessage(account, message, account.reservations.get(message.reservationId)?.current?.channelId ?? null),
  );
