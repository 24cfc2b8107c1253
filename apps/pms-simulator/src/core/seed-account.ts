import type { AccountConfig } from './account-config.ts';
import { NO_FAULTS } from './faults.ts';
import type { UnitState } from './housekeeping.ts';
import { listingName, placeIn } from './places.ts';
import { PROVIDERS } from './providers.ts';
import { Chance, hash } from './random.ts';
import { newReservation } from './new-reservation.ts';
import { doorOf } from './reservation.ts';
import { addDays, todayIn } from './stamps.ts';
import { emptyTally } from './tally.ts';
import { Versions } from './versions.ts';
import type { Account, Listing, Unit, World } from './world.ts';

/** Around today, days. */
const CALENDAR = { daysBack: 10, daysAhead: 45 };
/** The automation that plans cleanings looks no further ahead, days. */
const CLEANINGS_AHEAD = 60;
const HOUR_MS = 3_600_000;

/** An account with its listings and a calendar of stays around today. Its ids depend on nothing but its account id. */
export function addAccount(world: World, config: AccountConfig, now: number): Account {
  const base = hash(`account ${config.accountId}`);
  const provider = PROVIDERS.find(({ name }) => name === config.provider)!;
  const account: Omit<Account, 'own' | 'meter'> = {
    ...{
      id: config.accountId,
      provider,
      config,
      announced: false,
      listeners: 0,
      internalWebhook: config.internalWebhook ?? null,
    },
    chance: new Chance(`${world.seed}/${config.accountId}/story`),
    faultChance: new Chance(`${world.seed}/${config.accountId}/faults`),
    listings: makeListings(config, base, now),
    ...{
      reservations: new Map(),
      messages: [],
      cleanings: new Map(),
      unitStatuses: new Map(),
      works: new Map(),
      tickets: new Map(),
      rates: new Map(),
    },
    ...{ faults: { ...NO_FAULTS }, tally: emptyTally(), asked: [] },
    nextId: { reservation: 40_000_000 + (base % 9_000) * 1_000, message: 300_000, cleaning: 5_000, webhook: 1, fact: 1 },
  };
  const opened: Account = Object.assign(account, provider.open(world, account as Account, now));
  for (const listing of opened.listings)
    for (const unit of listing.units.length > 0 ? listing.units : [null]) fillCalendar(opened, listing, unit, now);
  world.accounts.set(opened.id, opened);
  return opened;
}

function makeListings(config: AccountConfig, base: number, now: number): Listing[] {
  // Of its own: the number of listings must not shift the story, nor the story the listings.
  const chance = new Chance(`listings ${config.accountId}`);
  const { streets } = placeIn(config.timeZone);
  const firstId = 100_000 + (base % 4_000) * 100;
  return Array.from({ length: config.listings }, (_, index) => ({
    id: firstId + index,
    name: listingName(index),
    street: `${chance.pick(streets)} ${chance.int(1, 90)}`,
    price: chance.int(60, 240),
    cleaningFee: chance.int(4, 12) * 5,
    ...{ checkInTimeStart: chance.pick([14, 15, 16]), checkOutTime: chance.pick([10, 11]) },
    units: index < (config.multiUnit?.listings ?? 0) ? makeUnits(firstId + index, config.multiUnit?.units ?? 0) : [],
    insertedAt: now - 400 * 24 * HOUR_MS,
  }));
}

/** Ids apart from those of listings, which lie under 600,000. */
const makeUnits = (listingId: number, count: number): Unit[] =>
  Array.from({ length: count }, (_, index) => {
    const number = String(100 * (1 + Math.floor(index / 4)) + (index % 4) + 1);
    return { id: listingId * 1_000 + index, name: `Room ${number}`, floor: number.slice(0, -2), number };
  });

/** Stays of two to seven nights with up to three free nights between; every third change of guests is on one day. */
function fillCalendar(account: Account, listing: Listing, unit: Unit | null, now: number): void {
  const { chance } = account;
  const { daysBack, daysAhead } = account.config.calendar ?? CALENDAR;
  const today = todayIn(account.config.timeZone, now);
  const [last, planned] = [addDays(today, daysAhead), addDays(today, CLEANINGS_AHEAD)];
  let arrival = addDays(today, chance.int(-daysBack, -daysBack + 4));
  let status: UnitState = 'inspected';
  while (arrival < last) {
    const departure = addDays(arrival, chance.int(2, 7));
    const bookedAt = now - chance.int(2, 60) * 24 * HOUR_MS - chance.int(0, 86_400_000);
    const stay = { listingId: listing.id, unitId: unit?.id ?? null, arrivalDate: arrival, departureDate: departure };
    const guest = { checkedInAt: arrival < today ? bookedAt : null, checkedOutAt: departure < today ? bookedAt : null };
    const reservation = { ...newReservation(account, listing, { ...stay, now: bookedAt, cleaned: arrival < planned }), ...guest };
    account.reservations.set(reservation.id, new Versions(bookedAt, reservation));
    if (departure === today) status = 'dirty';
    if (departure < today) cleanedAfter(account, reservation.id);
    arrival = addDays(departure, chance.pick([0, 0, 1, 1, 2, 3]));
  }
  const door = doorOf({ listingId: listing.id, unitId: unit?.id ?? null });
  account.unitStatuses.set(door, { unit: door, listingId: listing.id, status, outOf: null, modifiedAt: now, by: 'night shift' });
}

function cleanedAfter(account: Account, reservationId: number): void {
  for (const task of account.cleanings.values()) if (task.reservationId === reservationId) task.status = 'completed';
}
