import { rateOf } from './rates.ts';
import { blocks, doorOf, type Reservation } from './reservation.ts';
import { daysBetween, rfc3339 } from './stamps.ts';
import type { Ticket } from './housekeeping.ts';
import { listingOf, standing, type Account, type Listing, type Message } from './world.ts';

/** What stands, in no provider's words but with its ids: what whoever listened to everything should hold in the end. */
export function truthOf(account: Account): object {
  return {
    units: account.listings.flatMap((listing) => unitsOf(account, listing)),
    reservations: standing(account).map((one) => reservationOf(account, one)),
    messages: account.messages.flatMap((one) => messageOf(account, one) ?? []),
    tickets: [...account.tickets.values()].map((one) => ticketOf(account, one)),
  };
}

/** Of each listing its doors and, night by night (both ends included), which of them a stay takes, whether it is closed, and what it costs. */
export function nightsOf(account: Account, { from, until }: { from: string; until: string }): object[] {
  const { ids } = account.provider.view;
  const taking = Map.groupBy(standing(account).filter(blocks), ({ listingId }) => listingId);
  return account.listings.map((listing) => {
    const doors = listing.units.length > 0 ? listing.units.map(({ id }) => id) : [null];
    const stays = taking.get(listing.id) ?? [];
    const nights = daysBetween(from, until).map((date) => {
      const { closed = false, price, minStay } = rateOf(account, listing, date);
      const taken = stays.filter((one) => one.arrivalDate <= date && date < one.departureDate);
      return { date, closed, price, minStay: minStay ?? 1, taken: taken.map(({ unitId }) => ids.unit(account, listing, unitId)) };
    });
    return { listing: ids.listing(account, listing), units: doors.map((door) => ids.unit(account, listing, door)), nights };
  });
}

function unitsOf(account: Account, listing: Listing): object[] {
  const { ids } = account.provider.view;
  return (listing.units.length > 0 ? listing.units : [null]).map((unit) => {
    const door = account.unitStatuses.get(doorOf({ listingId: listing.id, unitId: unit?.id ?? null }));
    return {
      ...{ id: ids.unit(account, listing, unit?.id ?? null), listing: ids.listing(account, listing) },
      ...{ property: ids.property(account, listing), name: unit?.name ?? listing.name },
      ...{ status: door?.status, outOf: door?.outOf },
    };
  });
}

function reservationOf(account: Account, one: Reservation): object {
  const { ids } = account.provider.view;
  const listing = listingOf(account, one.listingId)!;
  return {
    ...{ id: ids.reservation(account, one), status: one.status, noShow: one.noShow },
    ...{ property: ids.property(account, listing), listing: ids.listing(account, listing) },
    ...{ unit: ids.unit(account, listing, one.unitId), arrivalDate: one.arrivalDate, departureDate: one.departureDate },
    ...{ checkInTime: one.checkInTime, checkOutTime: one.checkOutTime, doorCode: one.doorCode },
    guestName: `${one.guest.firstName} ${one.guest.lastName}`.trim(),
    ...{ checkedIn: one.checkedInAt !== null, checkedOut: one.checkedOutAt !== null, updatedAt: rfc3339(one.updatedAt) },
  };
}

/** What was said about a stay that is not there any more nobody can read. */
function messageOf(account: Account, one: Message): object | undefined {
  const { ids } = account.provider.view;
  const stay = account.reservations.get(one.reservationId)?.current;
  if (!stay) return undefined;
  const { conversationId: conversation, body, incoming } = one;
  return { id: ids.message(account, one), reservation: ids.reservation(account, stay), conversation, body, incoming };
}

function ticketOf(account: Account, { id, unit: door, listingId, title, status, block, from, until }: Ticket): object {
  const { ids } = account.provider.view;
  const [, unitId] = door.split('/');
  const unit = ids.unit(account, listingOf(account, listingId)!, unitId === undefined ? null : Number(unitId));
  return { id, unit, title, status, block, from, until };
}
