import { placeIn } from '../places.ts';
import { doorOf } from '../reservation.ts';
import type { Account, Listing } from '../world.ts';
import { beds24Of, propertyOf, unitNumber } from './own.ts';

type Wire = Record<string, unknown>;

const COLORS = { dirty: 'ff0000', cleaning: 'ffa500', clean: '00ff00', inspected: '00ff00' } as const;
const NO_WEBHOOK = { version: 'one', url: '', additionalData: 'none', customHeader: '' };

export function wireProperty(account: Account, id: number, { units }: { units: boolean }): Wire {
  const rooms = account.listings.filter((listing) => propertyOf(account, listing) === id);
  const unitStatuses = Object.entries(COLORS).map(([text, color]) => ({ text, color }));
  return {
    ...{ account: { unitStatuses }, id, name: `Property ${id}`, propertyType: 'apartment' },
    ...{ currency: placeIn(account.config.timeZone).currency, checkInStart: '15:00', checkInEnd: '22:00', checkOutEnd: '11:00' },
    roomTypes: rooms.map((listing) => wireRoom(account, listing, units)),
    webhooks: beds24Of(account).webhooks.get(id) ?? NO_WEBHOOK,
  };
}

/** A room is a type; its doors are units, numbered from one. */
export function wireRoom(account: Account, listing: Listing, units: boolean): Wire {
  return {
    ...{ id: listing.id, name: listing.name, roomType: 'apartment', qty: Math.max(1, listing.units.length), minStay: 1 },
    ...{ maxStay: 365, controlPriority: 1, unitAllocation: 'perBooking' },
    units: units ? wireUnits(account, listing) : [],
  };
}

/** Free text of the panel: the nearest that Beds24 has to a state of cleaning. */
const wireUnits = (account: Account, listing: Listing): Wire[] =>
  (listing.units.length > 0 ? listing.units : [null]).map((unit) => {
    const door = account.unitStatuses.get(doorOf({ listingId: listing.id, unitId: unit?.id ?? null }));
    return {
      ...{ id: unitNumber(listing, unit?.id ?? null), name: unit?.number ?? '1', name2: '', name3: '', name4: '', name5: '' },
      ...{
        name6: '',
        name7: '',
        name8: '',
        note: '',
        statusColor: door ? COLORS[door.status] : '',
        statusText: door?.status ?? '',
      },
    };
  });
