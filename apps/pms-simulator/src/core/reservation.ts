/** D:includes/_reservation_reservationStatuses.md: these block the calendar, "cancelled" and "inquiry" do not. */
export const BLOCKING = ['new', 'modified', 'awaitingPayment', 'awaitingGuestVerification', 'ownerStay'] as const;
export const STATUSES = [...BLOCKING, 'pending', 'cancelled', 'declined', 'expired', 'inquiry'] as const;
export type ReservationStatus = (typeof STATUSES)[number];

/** How often each books here is the story's own. */
export const CHANNELS = ['direct', 'vrbo', 'bookingcom', 'airbnb'] as const;
export type Channel = (typeof CHANNELS)[number];

export type Guest = { firstName: string; lastName: string; country: string; city: string; adults: number; children: number };

/** Our memory of one reservation: a value that is replaced, never changed, so that an earlier state can still be read. */
export type Reservation = {
  id: number;
  conversationId: number;
  listingId: number;
  /** Of a multi-unit listing, else null. */
  unitId: number | null;
  channel: Channel;
  channelReservationId: string;
  confirmationCode: string | null;
  guest: Guest;
  arrivalDate: string;
  departureDate: string;
  previousArrivalDate: string | null;
  previousDepartureDate: string | null;
  checkInTime: number | null;
  checkOutTime: number | null;
  totalPrice: number;
  currency: string;
  status: ReservationStatus;
  cancelledAt: number | null;
  cancelledBy: 'host' | 'guest' | null;
  doorCode: string | null;
  checkedInAt: number | null;
  checkedOutAt: number | null;
  /** Cancelled because nobody came. */
  noShow: boolean;
  insertedAt: number;
  /** Providers show it by the second or the minute. */
  updatedAt: number;
  /** Also moved by messages. */
  activityAt: number;
};

/** What a place and its dates are taken by. A pending request holds them too: it may be confirmed any moment. */
export const blocks = ({ status }: Reservation): boolean => (BLOCKING as readonly string[]).includes(status);
export const holds = (reservation: Reservation): boolean => blocks(reservation) || reservation.status === 'pending';

export type Stay = Pick<Reservation, 'listingId' | 'unitId' | 'arrivalDate' | 'departureDate'>;

/** How the housekeeping app names a door: the listing's id, and behind it the unit's where the listing has several. */
export const doorOf = ({ listingId, unitId }: Pick<Stay, 'listingId' | 'unitId'>): string =>
  unitId === null ? String(listingId) : `${listingId}/${unitId}`;

/** The night of departure belongs to the next guest. */
export const overlap = (a: Stay, b: Stay): boolean =>
  a.listingId === b.listingId && a.unitId === b.unitId && a.arrivalDate < b.departureDate && b.arrivalDate < a.departureDate;

export const isFree = (stay: Stay, others: Iterable<Reservation>, except?: number): boolean => {
  for (const other of others) if (other.id !== except && holds(other) && overlap(stay, other)) return false;
  return true;
};

/** New dates keep the old ones in view; a change of dates or place makes a confirmed booking "modified". */
export function withDates(reservation: Reservation, arrivalDate: string, departureDate: string): Partial<Reservation> {
  return {
    arrivalDate,
    departureDate,
    previousArrivalDate: reservation.arrivalDate,
    previousDepartureDate: reservation.departureDate,
    ...(reservation.status === 'new' ? { status: 'modified' as const } : {}),
  };
}

/** Not over yet, and begun by `horizon`. */
export const isAround = ({ arrivalDate, departureDate }: Reservation, today: string, horizon: string): boolean =>
  departureDate >= today && arrivalDate <= horizon;
