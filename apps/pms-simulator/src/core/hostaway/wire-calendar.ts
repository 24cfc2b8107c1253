import { rateOf } from '../rates.ts';
import { blocks, type Reservation } from '../reservation.ts';
import { daysBetween } from '../stamps.ts';
import type { ReservationView } from './wire-reservation.ts';
import { wireReservation } from './wire-reservation.ts';
import type { Account, Listing } from '../world.ts';

const EPOCH_DAY_MS = 24 * 3_600_000;

/** D:includes/_calendar_calendarDayObject.md, a day each, both ends included. `stays`: what stands, of this listing. */
export function wireCalendar(
  ...[account, listing, stays, days, view]: [
    Account,
    Listing,
    readonly Reservation[],
    { from: string; until: string },
    ReservationView,
  ]
): Record<string, unknown>[] {
  const blocking = stays.filter(blocks);
  return daysBetween(days.from, days.until).map((date) => {
    const taken = blocking.filter((one) => one.arrivalDate <= date && date < one.departureDate);
    const doors = rateOf(account, listing, date).closed ? 0 : Math.max(1, listing.units.length);
    const free = Math.max(0, doors - taken.length);
    return {
      // One id per listing and night, the same at every call.
      id: listing.id * 100_000 + Date.parse(date) / EPOCH_DAY_MS,
      ...{
        date,
        isAvailable: free > 0 ? 1 : 0,
        isProcessed: 1,
        status: free > 0 ? 'available' : 'reserved',
        price: rateOf(account, listing, date).price,
      },
      ...{
        minimumStay: rateOf(account, listing, date).minStay ?? 1,
        maximumStay: 365,
        closedOnArrival: null,
        closedOnDeparture: null,
        note: null,
      },
      ...countsOf(listing, stays, date, taken.length, free),
      reservations: view.resources ? taken.map((one) => wireReservation(account, one, { resources: false })) : [],
    };
  });
}

/** Counted for multi-unit listings, null for one door, as in the sample. */
function countsOf(
  { units }: Listing,
  stays: readonly Reservation[],
  date: string,
  taken: number,
  free: number,
): Record<string, unknown> {
  const pending = stays.filter((one) => one.status === 'pending' && one.arrivalDate <= date && date < one.departureDate).length;
  const many = units.length > 0;
  const counted = (count: number): number | null => (many ? count : null);
  return {
    ...{ countAvailableUnits: counted(free), availableUnitsToSell: counted(free), countPendingUnits: counted(pending) },
    ...{ countBlockingReservations: counted(taken), countBlockedUnits: counted(0), desiredUnitsToSell: null },
  };
}
