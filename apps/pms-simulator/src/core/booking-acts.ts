import {
  chooseListing,
  choose,
  doorsOf,
  isRefused,
  refuse,
  type Acts,
  type Done,
  type Refused,
  type Scene,
} from './act-scene.ts';
import { newReservation } from './new-reservation.ts';
import { holds, isFree, STATUSES, type Reservation, type ReservationStatus, type Stay } from './reservation.ts';
import { addDays } from './stamps.ts';
import { Versions } from './versions.ts';
import { standing, type Listing } from './world.ts';

const TRIES = 24;

/** Acts that bring reservations into the world and take them out. */
export const bookingActs: Acts<'book' | 'confirm' | 'cancel' | 'remove'> = {
  book(scene) {
    const { account, command, now, clock } = scene;
    const place = command.arrivalDate === undefined ? findGap(scene) : givenPlace(scene, command.arrivalDate);
    if (isRefused(place)) return place;
    const status = statusFor(scene);
    if (isRefused(status)) return status;
    const { listing, ...stay } = place;
    const reservation = newReservation(account, listing, { ...stay, now: clock, guestName: command.guestName, ...status });
    account.reservations.set(reservation.id, new Versions(now, reservation));
    return created(reservation);
  },

  confirm(scene) {
    const asked = choose(scene, ({ status }) => status === 'pending' || status === 'inquiry');
    if (isRefused(asked)) return asked;
    if (!scene.command.overlap && !isFree(asked, standing(scene.account), asked.id)) return refuse('somebody else has the place');
    return change(scene, asked, { status: 'new' });
  },

  cancel(scene) {
    const booked = choose(scene, (one) => holds(one) && one.arrivalDate > scene.today);
    if (isRefused(booked)) return booked;
    if (booked.status === 'cancelled') return refuse(`reservation ${booked.id} is cancelled already`);
    const by = scene.command.by ?? (scene.account.chance.happens(0.8) ? 'guest' : 'host');
    for (const task of scene.account.cleanings.values()) if (task.reservationId === booked.id) task.status = 'cancelled';
    return change(scene, booked, { status: 'cancelled', cancelledAt: scene.clock, cancelledBy: by });
  },

  /** Gone from the API: a deletion by hand. Not every provider tells of it. */
  remove(scene) {
    const lost = choose(scene, () => true);
    if (isRefused(lost)) return lost;
    scene.account.reservations.get(lost.id)?.set(scene.now, null);
    return {
      kind: 'reservation',
      id: lost.id,
      listings: [lost.listingId],
      notices: [{ about: 'reservation', change: 'removed', reservation: lost, before: lost }],
    };
  },
};

/** The one way a reservation changes: as a new state with its time, told as an update. */
export function change({ account, now, clock }: Scene, before: Reservation, changes: Partial<Reservation>): Done {
  const reservation = { ...before, ...changes, updatedAt: clock, activityAt: clock };
  account.reservations.get(before.id)?.set(now, reservation);
  const listings = [...new Set([before.listingId, reservation.listingId])];
  return {
    kind: 'reservation',
    id: before.id,
    listings,
    notices: [{ about: 'reservation', change: 'updated', reservation, before }],
  };
}

export const created = (reservation: Reservation): Done => ({
  ...{ kind: 'reservation', id: reservation.id, listings: [reservation.listingId] },
  notices: [{ about: 'reservation', change: 'created', reservation, before: null }],
});

function statusFor({ account, command }: Scene): { status: ReservationStatus } | Refused {
  if (command.status === undefined)
    return { status: account.chance.weighted(account.provider.story.bookings as Record<ReservationStatus, number>) };
  const status = STATUSES.find((known) => known === command.status);
  const known = status && !account.provider.story.lacks.includes(status);
  return known ? { status } : refuse(`a reservation cannot be ${command.status}`);
}

type Gap = Stay & { listing: Listing };

function givenPlace(scene: Scene, arrivalDate: string): Gap | Refused {
  const { account, command } = scene;
  const departureDate = command.departureDate ?? addDays(arrivalDate, command.nights ?? 2);
  if (departureDate <= arrivalDate) return refuse('departureDate must come after arrivalDate');
  const named = command.listing === undefined ? undefined : chooseListing(scene);
  if (named && isRefused(named)) return named;
  const others = standing(account);
  const stays = (named ? [named] : account.listings).flatMap((listing) =>
    doorsOf(listing)
      .filter((unitId) => command.unit === undefined || unitId === command.unit)
      .map((unitId) => ({ listing, listingId: listing.id, unitId, arrivalDate, departureDate })),
  );
  return stays.find((stay) => command.overlap || isFree(stay, others)) ?? refuse('the place is taken');
}

/** A free gap not far from today. */
function findGap(scene: Scene): Gap | Refused {
  const { account, command, today } = scene;
  const others = standing(account);
  for (let tries = 0; tries < TRIES; tries++) {
    const listing = chooseListing(scene);
    if (isRefused(listing)) return listing;
    const unitId = command.unit ?? account.chance.pick(doorsOf(listing));
    const arrivalDate = addDays(today, Math.floor(account.chance.next() ** 2 * 60));
    const departureDate = addDays(arrivalDate, command.nights ?? account.chance.int(1, 5));
    const stay = { listingId: listing.id, unitId, arrivalDate, departureDate };
    if (command.overlap || isFree(stay, others)) return { listing, ...stay };
  }
  return refuse('no free place found');
}
