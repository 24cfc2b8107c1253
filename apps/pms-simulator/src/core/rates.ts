import { chooseListing, isRefused, refuse, type Acts } from './act-scene.ts';
import { addDays, daysBetween } from './stamps.ts';
import type { Account, Listing } from './world.ts';

/** What was set for one night of a listing; null or absent = as the listing has it. */
export type DayRate = {
  price?: number | null;
  minStay?: number | null;
  maxStay?: number | null;
  closed?: boolean;
  closedToArrival?: boolean;
  closedToDeparture?: boolean;
};

const NIGHTS = 7;

export const rateKey = (listingId: number, date: string): string => `${listingId}/${date}`;

export const rateOf = ({ rates }: Account, listing: Listing, date: string): DayRate & { price: number } => {
  const set = rates.get(rateKey(listing.id, date));
  return { ...set, price: set?.price ?? listing.price };
};

/** Both ends included. What is not said stays as it was set. */
export function setRates(account: Account, listing: Listing, days: { from: string; until: string }, set: DayRate): void {
  for (const date of daysBetween(days.from, days.until)) {
    const key = rateKey(listing.id, date);
    account.rates.set(key, { ...account.rates.get(key), ...set });
  }
}

export const rateActs: Acts<'rates'> = {
  rates(scene) {
    const listing = chooseListing(scene);
    if (isRefused(listing)) return listing;
    const { account, command, today } = scene;
    const from = command.from ?? today;
    const until = command.until ?? addDays(from, NIGHTS - 1);
    if (until < from) return refuse('until must not come before from');
    const { price = Math.round(listing.price * (0.8 + 0.4 * account.chance.next())), minStay, closed } = command;
    const set = { price, ...(minStay === undefined ? {} : { minStay }), ...(closed === undefined ? {} : { closed }) };
    setRates(account, listing, { from, until }, set);
    const notices = [{ about: 'rates', listing, unitId: null, from, until } as const];
    return { kind: 'rates', id: listing.id, listings: [listing.id], notices };
  },
};
