import { choose, doorsOf, isRefused, refuse, type Acts, type Refused, type Scene } from './act-scene.ts';
import { change } from './booking-acts.ts';
import { priceOf } from './new-reservation.ts';
import { blocks, holds, isFree, withDates, type Reservation, type Stay } from './reservation.ts';
import { addDays, nightsBetween } from './stamps.ts';
import { listingOf, standing } from './world.ts';

const LATEST_CHECK_OUT = 16;
const EARLIEST_CHECK_IN = 10;

/** Acts that change a stay that is there. */
type StayAct = 'extend' | 'shorten' | 'move' | 'lateCheckout' | 'earlyCheckin' | 'doorCode' | 'resend';

export const stayActs: Acts<StayAct | 'checkIn' | 'checkOut' | 'noShow'> = {
  extend: (scene) => {
    const nights = scene.command.nights ?? 1;
    const longer = (one: Reservation): Stay => ({ ...one, departureDate: addDays(one.departureDate, nights) });
    const others = standing(scene.account);
    const stay = choose(scene, (one) => blocks(one) && one.departureDate >= scene.today && isFree(longer(one), others, one.id));
    if (isRefused(stay)) return stay;
    if (!scene.command.overlap && !isFree(longer(stay), others, stay.id)) return refuse('the next guest is in the way');
    return newDates(scene, stay, longer(stay).departureDate);
  },

  shorten: (scene) => {
    const nights = scene.command.nights ?? 1;
    const left = (one: Reservation): string => addDays(one.departureDate, -nights);
    const stay = choose(scene, (one) => blocks(one) && left(one) > one.arrivalDate && left(one) >= scene.today);
    if (isRefused(stay)) return stay;
    if (left(stay) <= stay.arrivalDate) return refuse('no night would be left');
    return newDates(scene, stay, left(stay));
  },

  move: (scene) => {
    const stay = choose(scene, (one) => blocks(one) && one.departureDate > scene.today);
    if (isRefused(stay)) return stay;
    const place = placeFor(scene, stay);
    if (isRefused(place)) return place;
    const { arrivalDate, departureDate } = stay;
    return change(scene, stay, { ...withDates(stay, arrivalDate, departureDate), ...previousDatesOf(stay), ...place });
  },

  lateCheckout: (scene) => {
    const stay = choose(
      scene,
      (one) => blocks(one) && one.departureDate >= scene.today && (one.checkOutTime ?? 0) < LATEST_CHECK_OUT,
    );
    if (isRefused(stay)) return stay;
    const hour = scene.command.hour ?? Math.min(LATEST_CHECK_OUT, (stay.checkOutTime ?? 11) + scene.account.chance.int(1, 2));
    return change(scene, stay, { checkOutTime: hour });
  },

  earlyCheckin: (scene) => {
    const stay = choose(
      scene,
      (one) => blocks(one) && one.arrivalDate >= scene.today && (one.checkInTime ?? 24) > EARLIEST_CHECK_IN,
    );
    if (isRefused(stay)) return stay;
    const hour = scene.command.hour ?? Math.max(EARLIEST_CHECK_IN, (stay.checkInTime ?? 15) - scene.account.chance.int(1, 2));
    return change(scene, stay, { checkInTime: hour });
  },

  doorCode: (scene) => {
    const stay = choose(scene, (one) => blocks(one) && nightsBetween(scene.today, one.arrivalDate) <= 7);
    if (isRefused(stay)) return stay;
    return change(scene, stay, { doorCode: scene.command.code ?? String(scene.account.chance.int(1000, 9999)) });
  },

  checkIn: (scene) => {
    const stay = choose(scene, (one) => blocks(one) && one.arrivalDate <= scene.today && one.checkedInAt === null);
    if (isRefused(stay)) return stay;
    if (!blocks(stay) || stay.checkedInAt !== null) return refuse(`nobody is to arrive with reservation ${stay.id}`);
    return change(scene, stay, { checkedInAt: scene.clock });
  },

  checkOut: (scene) => {
    const inside = (one: Reservation): boolean => blocks(one) && one.checkedInAt !== null && one.checkedOutAt === null;
    const stay = choose(scene, (one) => inside(one) && one.departureDate <= scene.today);
    if (isRefused(stay)) return stay;
    if (!inside(stay)) return refuse(`nobody is in the house with reservation ${stay.id}`);
    return change(scene, stay, { checkedOutAt: scene.clock });
  },

  noShow: (scene) => {
    const awaited = (one: Reservation): boolean => holds(one) && one.checkedInAt === null;
    const stay = choose(scene, (one) => awaited(one) && one.arrivalDate <= scene.today);
    if (isRefused(stay)) return stay;
    if (!awaited(stay)) return refuse(`reservation ${stay.id} awaits nobody`);
    return change(scene, stay, { status: 'cancelled', cancelledAt: scene.clock, cancelledBy: 'guest', noShow: true });
  },

  /** The same state once more: "several notices for one update" (D:includes/_webhook_unified.md). */
  resend: (scene) => {
    const reservation = choose(scene, blocks);
    if (isRefused(reservation)) return reservation;
    const notices = [{ about: 'reservation', change: 'updated', reservation, before: reservation } as const];
    return { kind: 'reservation', id: reservation.id, listings: [], notices };
  },
};

function newDates(scene: Scene, stay: Reservation, departureDate: string): ReturnType<typeof change> {
  const listing = listingOf(scene.account, stay.listingId)!;
  const dates = withDates(stay, stay.arrivalDate, departureDate);
  return change(scene, stay, { ...dates, totalPrice: priceOf(listing, { ...stay, departureDate }) });
}

const previousDatesOf = ({ previousArrivalDate, previousDepartureDate }: Reservation): Partial<Reservation> => ({
  previousArrivalDate,
  previousDepartureDate,
});

/** The door named, else any other that is free for the stay: the first after its own, so that the same guest is not moved to and fro. */
function placeFor({ account, command }: Scene, stay: Reservation): Pick<Stay, 'listingId' | 'unitId'> | Refused {
  if (command.to !== undefined && !listingOf(account, command.to)) return refuse(`no listing ${command.to}`);
  const others = standing(account);
  const doors = account.listings
    .filter((listing) => command.to === undefined || listing.id === command.to)
    .flatMap((listing) => doorsOf(listing).map((unitId) => ({ listingId: listing.id, unitId })))
    .filter((door) => command.unit === undefined || door.unitId === command.unit)
    .filter((door) => door.listingId !== stay.listingId || door.unitId !== stay.unitId);
  const free = doors.filter((door) => command.overlap || isFree({ ...stay, ...door }, others, stay.id));
  return free.find(({ listingId }) => listingId > stay.listingId) ?? free[0] ?? refuse('no other place is free');
}
