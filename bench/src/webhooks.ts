/** What a provider says of a room's guest, version after version: each version changes the room. */
export type Told = { /** Index among the rooms of the bench. */ room: number; version: number };

const FIRST_RESERVATION = 600_000;
const LISTINGS_FROM = 800_000;
/** Stamps are whole seconds and may not lie in the future: a version is a second, and there is room for two days of them. */
const VERSIONS_MAX = 2 * 86_400 - 600;

export const reservationOf = (room: number): number => FIRST_RESERVATION + room;
export const roomOf = (reservation: string): number => Number(reservation) - FIRST_RESERVATION;
export const listingOf = (room: number): number => LISTINGS_FROM + reservationOf(room);
const guestOf = (version: number): string => `Guest ${version}`;
/** 0 for a guest that is none of ours. */
export const versionOf = (guest: string | null | undefined): number => Number(/^Guest (\d+)$/.exec(guest ?? '')?.[1] ?? 0);

const day = (now: number, days: number): string => new Date(now + days * 86_400_000).toISOString().slice(0, 10);
const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/** Bodies of Hostaway's unified `reservation.updated`, as its documents show them (libs/pms-adapters/src/hostaway/fixtures). */
export class Webhooks {
  private readonly began = Date.now() - 2 * 86_400_000;
  private readonly arrival = day(Date.now(), -3);
  private readonly departures = [day(Date.now(), 4), day(Date.now(), 5)];

  /** Someone who has been in the room for three days and stays on: whatever the hour, the room is occupied, by the guest told. */
  body({ room, version }: Told, account: string): string {
    if (version > VERSIONS_MAX) throw new RangeError(`version ${version}: a fleet serves ${VERSIONS_MAX} updates of each room`);
    const id = reservationOf(room);
    const data = {
      ...{ id, listingMapId: listingOf(room), channelId: 2000, channelName: 'direct', status: 'modified' },
      ...{ reservationId: `${account}-${id}`, arrivalDate: this.arrival, departureDate: this.departures[version % 2] },
      ...{ isDatesUnspecified: 0, nights: 7, checkInTime: 15, checkOutTime: 11, guestName: guestOf(version) },
      ...{ guestFirstName: 'Guest', guestLastName: String(version), numberOfGuests: 1, adults: 1, children: null },
      ...{ totalPrice: 100 + (version % 500), currency: 'EUR', doorCode: '4711', updatedOn: stamp(this.began + version * 1000) },
    };
    return JSON.stringify({ object: 'reservation', event: 'reservation.updated', accountId: Number(account), data });
  }
}
