import { CloudbedsSpec } from './spec-cloudbeds.ts';

type Stay = {
  reservationID: string;
  status: string;
  dateModified: string;
  isDeleted: boolean;
  dateModifiedUTC: string;
  rooms: { roomStatus: string }[];
};
const all = (spec: CloudbedsSpec, query = ''): Stay[] => spec.read<Stay[]>(`getReservations?${query}`);
const ids = (stays: readonly Stay[]): string[] => stays.map(({ reservationID }) => reservationID);

describe('reads', () => {
  it('page from one, each once, with the total on every page', () => {
    const spec = new CloudbedsSpec();
    const pages = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((page) => all(spec, `pageNumber=${page}&pageSize=7`));

    expect(ids(pages.flat())).toEqual(ids(all(spec)));
    expect(spec.call('getReservations?pageSize=7').body).toMatchObject({ count: 7, total: all(spec).length });
    expect(pages.at(-1)).toEqual([]);
  });

  it.each([
    ['property', '2027-01-11 13:00:01', true],
    ['property', '2027-01-11 13:00:02', false],
    ['UTC', '2027-01-11 12:00:01', true],
    ['UTC', '2027-01-11 12:00:02', false],
  ])('modifiedFrom on the wall of %s: %s', (modifiedZone, from, found) => {
    const spec = new CloudbedsSpec({ readings: { modifiedZone } });
    spec.now += 1_500;
    const { record } = spec.act({ act: 'book', status: 'new' });

    const stays = all(spec, `modifiedFrom=${encodeURIComponent(from)}`);

    expect(ids(stays).includes(String(record.id))).toBe(found);
    expect(spec.read<Stay[]>(`getReservationsWithRateDetails?reservationID=${record.id}`)).toMatchObject([
      { dateModified: '2027-01-11 13:00:01', dateModifiedUTC: '2027-01-11 12:00:01' },
    ]);
  });

  it('fail with 200 for a time that is none, and for a reservation that is not there', () => {
    const spec = new CloudbedsSpec();

    for (const path of ['getReservations?modifiedFrom=yesterday', 'getReservation?reservationID=1'])
      expect(spec.call(path)).toMatchObject({ status: 200, body: { success: false } });
  });

  it('spell a cancelled reservation "canceled" and its room "cancelled"', () => {
    const spec = new CloudbedsSpec();
    const { record } = spec.act({ act: 'cancel' });

    const [stay] = all(spec, `reservationID=${record.id}&includeAllRooms=true`);

    expect(stay).toMatchObject({ status: 'canceled', rooms: [{ roomStatus: 'cancelled' }] });
  });

  it('show deleted ones only with rates and only on demand', () => {
    const spec = new CloudbedsSpec();
    const id = String(spec.act({ act: 'remove' }).record.id);
    const detailed = (query: string): Stay | undefined =>
      spec.read<Stay[]>(`getReservationsWithRateDetails?reservationID=${id}&${query}`)[0];

    expect(detailed('')).toBeUndefined();
    expect(detailed('includeDeleted=true')).toMatchObject({ isDeleted: true });
    expect(ids(all(spec))).not.toContain(id);
  });

  it('show the rooms of today: occupied, departing, blocked', () => {
    const spec = new CloudbedsSpec({ listings: 1 });
    const room = (): unknown => spec.read('getHousekeepingStatus')[0];
    for (const id of spec.account.reservations.keys()) spec.act({ act: 'remove', reservation: id });
    const { record } = spec.act({ act: 'book', arrivalDate: '2027-01-11', nights: 1, status: 'new' });

    expect(room()).toMatchObject({ frontdeskStatus: 'check-in', roomOccupied: false, roomBlocked: false });
    spec.act({ act: 'checkIn', reservation: record.id as number });
    expect(room()).toMatchObject({ roomOccupied: true });
    spec.act({ act: 'ticket', outOfOrder: true, title: 'Boiler' });
    expect(room()).toMatchObject({ roomBlocked: true });
    spec.now += 86_400_000;
    expect(room()).toMatchObject({ date: '2027-01-12', frontdeskStatus: 'check-out' });
  });
});
