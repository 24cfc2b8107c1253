import type { Meter } from './limits.ts';
import { rfc3339 } from './stamps.ts';
import { truthOf } from './truth.ts';
import { standing, type Account, type ActRecord, type World } from './world.ts';

const ACTS_SHOWN = 500;

/** The truth, in the same objects as the API's and in no provider's words, without lag, limits and faults. */
export function ledgerOf(world: World, now: number, only?: number): object {
  const accounts = [...world.accounts.values()].filter(({ id }) => only === undefined || id === only);
  const acts = world.acts.filter(({ accountId }) => only === undefined || accountId === only);
  const violations = violationsOf(world);
  return {
    ...{ at: rfc3339(now), sequence: world.sequence, violations, accounts: accounts.map(accountLedger) },
    acts: acts.slice(-ACTS_SHOWN),
  };
}

/** Calls that were refused for a limit, and the most that any window held. Faults asked for by respond429 are not among them. */
function violationsOf(world: World): object {
  const rows = (meters: [string, Meter][]): object =>
    Object.fromEntries(
      meters.map(([name, { refused, highest, limit, windowMs }]) => [name, { refused, highest, limit, windowMs }]),
    );
  const addresses = [...world.addresses];
  const accounts = [...world.accounts.values()].map(({ id, meter }) => [String(id), meter] as [string, Meter]);
  const total = [...addresses, ...accounts].reduce((sum, [, { refused }]) => sum + refused, 0);
  return { total, byAddress: rows(addresses), byAccount: rows(accounts) };
}

function accountLedger(account: Account): object {
  const { config, provider, tally } = account;
  const { view } = provider;
  return {
    ...{ accountId: account.id, provider: provider.name, timeZone: config.timeZone, faults: account.faults },
    // As an authoritative read shows them.
    listings: account.listings.map((listing) => view.listing(account, listing)),
    reservations: standing(account).map((one) => view.reservation(account, one)),
    messages: account.messages.map((message) => view.message(account, message)),
    tasks: view.tasks(account),
    truth: truthOf(account),
    housekeeping: {
      ...{
        unitStatuses: [...account.unitStatuses.values()],
        tasks: [...account.works.values()],
        tickets: [...account.tickets.values()],
      },
    },
    calls: tally.calls,
    webhooks: {
      ...tally.webhooks,
      registered: provider.hooks.registered(account),
    },
    internalWebhooks: tally.internalWebhooks,
  };
}

/** What an act was done to, as it stands after it. */
export function objectOf(account: Account, { kind, id }: ActRecord): unknown {
  const { view } = account.provider;
  const reservation = kind === 'reservation' ? account.reservations.get(Number(id))?.current : undefined;
  if (reservation) return view.reservation(account, reservation);
  const message = kind === 'message' ? account.messages.find((one) => one.id === id) : undefined;
  if (message) return view.message(account, message);
  if (kind === 'unit-status') return account.unitStatuses.get(String(id)) ?? [...account.unitStatuses.values()];
  return account.works.get(String(id)) ?? account.tickets.get(String(id)) ?? null;
}
