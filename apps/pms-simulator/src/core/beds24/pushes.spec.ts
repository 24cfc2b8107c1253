import { ledgerOf } from '../ledger.ts';
import { Beds24Spec } from './spec-beds24.ts';

type Outcome = { success: boolean; new?: { id: number } };

describe('pushes', () => {
  let spec: Beds24Spec;
  let roomId: number;
  beforeEach(() => {
    spec = new Beds24Spec();
    roomId = spec.account.listings[0]!.id;
  });
  const stay = { arrival: '2028-01-01', departure: '2028-01-05' };

  it('POST /bookings: 201 also where one of three is refused; the others are done', () => {
    const { status, body } = spec.post('bookings', [
      { roomId, ...stay, firstName: 'Ada' },
      { roomId: 1, ...stay },
      { roomId, arrival: '2028-02-01', departure: '2028-02-02', status: 'nonsense' },
    ]);

    expect(status).toBe(201);
    expect(body).toMatchObject([
      { success: true, new: { id: expect.any(Number) as number } },
      { success: false, errors: [{ field: 'roomId' }] },
      { success: false, warnings: [{ field: 'status' }] },
    ]);
    const { id } = (body as Outcome[])[0]!.new!;
    expect(spec.read(`bookings?id=${id}`)).toMatchObject([{ id, ...stay, firstName: 'Ada', channel: 'direct' }]);
    const { accounts } = ledgerOf(spec.world, spec.now) as { accounts: { truth: { reservations: { id: string }[] } }[] };
    expect(accounts[0]!.truth.reservations.map((one) => one.id)).toContain(String(id));
  });

  it.each([
    [undefined, ['inventory']],
    [true, ['booking', 'inventory']],
  ])('allowWebhooks %s: %j', (allowWebhooks, hooks) => {
    const { deliveries } = spec.post('bookings', [{ roomId, ...stay, actions: { allowWebhooks } }]);

    expect(deliveries.map(({ hook }) => hook)).toEqual(hooks);
  });

  it('changes and cancels by id, and refuses a place that is taken', () => {
    const id = (spec.post('bookings', [{ roomId, ...stay }]).body as Outcome[])[0]!.new!.id;

    expect(spec.post('bookings', [{ roomId, ...stay }]).body).toMatchObject([{ success: false }]);
    expect(spec.post('bookings', [{ id, departure: '2028-01-10' }]).body).toMatchObject([{ success: true }]);
    expect(spec.read(`bookings?id=${id}`)).toMatchObject([{ departure: '2028-01-10', status: 'confirmed' }]);
    expect(spec.post('bookings', [{ id, status: 'cancelled' }]).body).toMatchObject([{ success: true }]);
    expect(spec.read(`bookings?id=${id}&status=cancelled`)).toHaveLength(1);
    expect(spec.post('bookings', [{ roomId, ...stay }]).body).toMatchObject([{ success: true }]);
  });

  it('the calendar: prices are set and taken back, a blackout closes', () => {
    const { price } = spec.account.listings[0]!;
    const set = (change: object): void =>
      void spec.post('inventory/rooms/calendar', [{ roomId, calendar: [{ from: '2028-04-02', to: '2028-04-03', ...change }] }]);
    const days = (): unknown =>
      spec.read(
        `inventory/rooms/calendar?roomId=${roomId}&startDate=2028-04-01&endDate=2028-04-04&includePrices=true&includeNumAvail=true`,
      )[0]!['calendar'];

    set({ price1: 450, minStay: 3 });
    expect(days()).toEqual([
      { from: '2028-04-01', to: '2028-04-01', numAvail: 1, price1: price },
      { from: '2028-04-02', to: '2028-04-03', numAvail: 1, price1: 450 },
      { from: '2028-04-04', to: '2028-04-04', numAvail: 1, price1: price },
    ]);
    set({ price1: null, override: 'blackout' });
    expect(days()).toContainEqual({ from: '2028-04-02', to: '2028-04-03', numAvail: 0, price1: price });
  });

  it('messages: written to a guest, and marked as read', () => {
    const { record } = spec.act({ act: 'message' });
    const message = (): Record<string, unknown> => spec.read(`bookings/messages?id=${record.id}`)[0]!;

    expect(message()).toMatchObject({ source: 'guest', read: false });
    spec.post('bookings/messages', [{ id: record.id, read: true }]);
    expect(message()).toMatchObject({ read: true });
    const bookingId = message()['bookingId'];
    expect(spec.post('bookings/messages', [{ bookingId, message: 'Hello world!' }]).body).toMatchObject([{ success: true }]);
    expect(spec.read(`bookings/messages?bookingId=${String(bookingId)}&source=host`)).toMatchObject([
      { message: 'Hello world!' },
    ]);
  });

  it('DELETE: gone', () => {
    const id = [...spec.account.reservations.keys()][0]!;

    expect(spec.call(`bookings?id=${id}`, { method: 'DELETE' })).toMatchObject({ body: [{ success: true }] });
    expect(spec.read(`bookings?id=${id}`)).toEqual([]);
  });
});
