import type { Ticket } from '../housekeeping.ts';
import { blocks, doorOf } from '../reservation.ts';
import { addDays, todayIn } from '../stamps.ts';
import { standing, type Account } from '../world.ts';
import { cloudbedsOf, roomsOf, type Room, type RoomFlags } from './own.ts';

type Wire = Record<string, unknown>;

const CONDITIONS = { dirty: 'dirty', cleaning: 'dirty', clean: 'clean', inspected: 'inspected' } as const;

const NO_FLAGS: RoomFlags = { doNotDisturb: false, refusedService: false, vacantPickup: false, roomComments: '' };
export const flagsOf = (account: Account, door: string): RoomFlags => cloudbedsOf(account).flags.get(door) ?? NO_FLAGS;

export const doorOfRoom = ({ listing, unitId }: Room): string => doorOf({ listingId: listing.id, unitId });

export function conditionOf(account: Account, door: string): string {
  const { status } = account.unitStatuses.get(door)!;
  const { inspected } = cloudbedsOf(account).config.readings;
  return status === 'inspected' && !inspected ? 'clean' : CONDITIONS[status];
}

const blockedOn = (account: Account, door: string, day: string): boolean =>
  [...account.tickets.values()].some(
    ({ unit, block, status, from, until }) =>
      unit === door && block !== null && status === 'open' && (from ?? day) <= day && day <= (until ?? day),
  );

export function wireRoom(account: Account, room: Room, now: number): Wire {
  const blocked = blockedOn(account, doorOfRoom(room), todayIn(account.config.timeZone, now));
  return {
    ...{ roomID: room.roomID, roomName: room.name, dormRoomName: '', roomDescription: '', maxGuests: 4, isPrivate: true },
    ...{ isVirtual: false, roomBlocked: blocked, roomTypeID: String(room.listing.id), roomTypeName: room.listing.name },
    ...{ roomTypeNameShort: room.listing.name.slice(0, 4), doorlockID: '', linkedRoomIDs: [], linkedRoomTypeIDs: [] },
    linkedRoomTypeQty: [],
  };
}

/** Of today, and of no other day. */
export function wireHousekeeping(account: Account, room: Room, now: number): Wire {
  const date = todayIn(account.config.timeZone, now);
  const door = doorOfRoom(room);
  const here = standing(account).filter(
    (one) => doorOf(one) === door && blocks(one) && one.arrivalDate <= date && date <= one.departureDate,
  );
  const [arrives, departs] = [here.some((one) => one.arrivalDate === date), here.some((one) => one.departureDate === date)];
  const frontdeskStatus = arrives
    ? departs
      ? 'turnover'
      : 'check-in'
    : departs
      ? 'check-out'
      : here.length > 0
        ? 'stayover'
        : 'unused';
  return {
    ...{ date, roomTypeID: String(room.listing.id), roomTypeName: room.listing.name, roomID: room.roomID, roomName: room.name },
    ...{ roomCondition: conditionOf(account, door), roomBlocked: blockedOn(account, door, date), frontdeskStatus },
    roomOccupied: here.some(({ checkedInAt, checkedOutAt }) => checkedInAt !== null && checkedOutAt === null),
    ...{ housekeeperID: '', housekeeper: '', ...flagsOf(account, door) },
  };
}

type Blocked = { roomID: string; roomTypeID: string } & Wire;

/** The last day of a block is its last night. */
export function wireBlock(
  account: Account,
  { id, block, title, from, until, unit, openedAt, listingId }: Ticket,
): Wire & { rooms: Blocked[] } {
  const room = roomsOf(account).find((one) => doorOfRoom(one) === unit)!;
  const day = todayIn(account.config.timeZone, openedAt);
  return {
    ...{ roomBlockID: id, roomBlockType: block === 'internal-use' ? 'blocked_dates' : 'out_of_service', roomBlockReason: title },
    ...{ startDate: from ?? day, endDate: until ?? addDays(from ?? day, 1) },
    rooms: [
      { eventID: id, roomID: room.roomID, roomTypeID: String(listingId), isSource: true, sourceEventIds: [], linkedEventIds: [] },
    ],
  };
}
