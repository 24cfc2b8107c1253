import type { AccountConfig } from './account-config.ts';
import type { InternalWebhook } from './account-fields.ts';
import type { Asked } from './asked.ts';
import type { Faults } from './faults.ts';
import type { Cleaning, Ticket, UnitStatus, Work } from './housekeeping.ts';
import type { Meter, SlidingWindow } from './limits.ts';
import type { Provider } from './provider.ts';
import { Chance } from './random.ts';
import type { Reservation } from './reservation.ts';
import type { DayRate } from './rates.ts';
import type { Tally } from './tally.ts';
import type { Token } from './tokens.ts';
import type { Versions } from './versions.ts';

export type Unit = { id: number; name: string; floor: string; number: string };

export type Listing = {
  id: number;
  name: string;
  street: string;
  price: number;
  cleaningFee: number;
  /** Listing-local hours, unlike every other time (D:index.html.md). */
  checkInTimeStart: number;
  checkOutTime: number;
  /** Empty for a listing that is one door. */
  units: readonly Unit[];
  insertedAt: number;
};

export type Message = {
  id: number;
  conversationId: number;
  reservationId: number;
  listingId: number;
  body: string;
  incoming: boolean;
  at: number;
};

export type Account = {
  id: number;
  provider: Provider;
  config: AccountConfig;
  /** Decides the story. */
  chance: Chance;
  /** Decides what faults hit: apart, so that a knob does not change the story. */
  faultChance: Chance;
  listings: readonly Listing[];
  reservations: Map<number, Versions<Reservation>>;
  messages: Message[];
  cleanings: Map<number, Cleaning>;
  unitStatuses: Map<string, UnitStatus>;
  works: Map<string, Work>;
  tickets: Map<string, Ticket>;
  /** The housekeeping app has told how its units stand. */
  announced: boolean;
  /** What was set for single nights, by `rateKey`. */
  rates: Map<string, DayRate>;
  internalWebhook: InternalWebhook | null;
  meter: Meter;
  /** WebSockets that are open. */
  listeners: number;
  /** What its provider keeps besides the world; its folder alone knows the type. */
  own: unknown;
  faults: Faults;
  tally: Tally;
  /** The calls of late, one by one. */
  asked: Asked[];
  nextId: Record<'reservation' | 'message' | 'cleaning' | 'webhook' | 'fact', number>;
};

/** One act, whoever did it. `sequence` counts over all accounts and never repeats. */
export type ActRecord = {
  sequence: number;
  at: string;
  accountId: number;
  act: string;
  by: 'story' | 'request' | 'api';
  kind: string;
  id: number | string;
  /** The listings whose picture it changes. */
  listings: number[];
};

export type World = {
  seed: string;
  tokenKey: string;
  timeScale: number;
  chance: Chance;
  accounts: Map<number, Account>;
  tokens: Map<string, Token>;
  /** Calls by the address they came from, where a provider counts them so. */
  addresses: Map<string, SlidingWindow>;
  sequence: number;
  deliveries: number;
  acts: ActRecord[];
  tokensIssued: number;
};

export function emptyWorld({ seed, tokenKey, timeScale = 1 }: { seed: string; tokenKey: string; timeScale?: number }): World {
  return {
    ...{ seed, tokenKey, timeScale, chance: new Chance(`${seed}/world`) },
    ...{ accounts: new Map(), tokens: new Map(), addresses: new Map() },
    ...{ sequence: 0, deliveries: 0, acts: [], tokensIssued: 0 },
  };
}

/** What stands now; what was removed is not among it. */
export const standing = (account: Account): Reservation[] =>
  [...account.reservations.values()].flatMap(({ current }) => (current ? [current] : []));

/** From a backup of an earlier instant: reservations and messages are what they were, with the stamps they had, and nobody is told. */
export function restore(account: Account, instant: number, now: number): void {
  for (const reservation of account.reservations.values()) {
    const then = reservation.asOf(instant);
    if (then !== reservation.current) reservation.set(now, then);
  }
  account.messages = account.messages.filter(({ at }) => at <= instant);
}

export const listingOf = (account: Account, id: number): Listing | undefined =>
  account.listings.find((listing) => listing.id === id);

export const accountsOf = (world: World, name: AccountConfig['provider']): Account[] =>
  [...world.accounts.values()].filter(({ config }) => config.provider === name);

/** Takes the next id of its kind. */
export function newId(account: Account, kind: keyof Account['nextId']): number {
  return account.nextId[kind]++;
}
