import { truthOf } from '../truth.ts';
import { SmoobuSpec } from './spec-smoobu.ts';

describe('pushes', () => {
  let spec: SmoobuSpec;
  let apartmentId: number;
  beforeEach(() => {
    spec = new SmoobuSpec();
    apartmentId = spec.account.listings[0]!.id;
  });
  const stay = { arrivalDate: '2028-01-01', departureDate: '2028-01-05' };
  const book = (): ReturnType<SmoobuSpec['call']> =>
    spec.call('/api/reservations', 'POST', { ...stay, apartmentId, firstName: 'Ada' });

  it('a booking: read, ledger and webhook have it alike', () => {
    const { status, body, deliveries } = book();
    const { id } = body as { id: number };

    expect(status).toBe(201);
    expect(spec.read(`/api/reservations/${id}`)).toMatchObject({
      arrival: '2028-01-01',
      apartment: { id: apartmentId },
      'guest-name': 'Ada',
    });
    expect(JSON.parse(deliveries[0]!.body)).toMatchObject({ action: 'newReservation', data: { id } });
    const { reservations } = truthOf(spec.account) as { reservations: { id: string }[] };
    expect(reservations.map((one) => one.id)).toContain(String(id));
    expect(book().status).toBe(422);
  });

  it('PUT changes, DELETE cancels and keeps', () => {
    const { id } = book().body as { id: number };

    expect(spec.call(`/api/reservations/${id}`, 'PUT', { departureDate: '2028-01-08' }).status).toBe(200);
    expect(spec.read(`/api/reservations/${id}`)).toMatchObject({ departure: '2028-01-08', type: 'modification of booking' });
    expect(spec.call(`/api/reservations/${id}`, 'DELETE').status).toBe(200);
    expect(spec.read(`/api/reservations/${id}`)).toMatchObject({ type: 'cancellation' });
  });

  it('rates: set for spans of days, and closed', () => {
    const operations = [
      { dates: ['2028-03-01:2028-03-02'], daily_price: 120, min_length_of_stay: 3 },
      { dates: ['2028-03-02'], available: 0 },
    ];
    expect(spec.call('/api/rates', 'POST', { apartments: [apartmentId], operations }).status).toBe(200);

    const { data } = spec.read<{ data: object }>(
      `/api/rates?start_date=2028-03-01&end_date=2028-03-03&apartments[]=${apartmentId}`,
    );

    const { price } = spec.account.listings[0]!;
    expect(data).toEqual({
      [apartmentId]: {
        '2028-03-01': { price: 120, min_length_of_stay: 3, available: 1 },
        '2028-03-02': { price: 120, min_length_of_stay: 3, available: 0 },
        '2028-03-03': { price, min_length_of_stay: 1, available: 1 },
      },
    });
  });

  it('rates: one apartment that is not there refuses the whole', () => {
    const operations = [{ dates: ['2028-03-01'], daily_price: 120 }];

    expect(spec.call('/api/rates', 'POST', { apartments: [apartmentId, 1], operations }).status).toBe(404);
    expect(spec.account.rates.size).toBe(0);
  });

  it('a message to the guest is in the outbox', () => {
    const { id } = book().body as { id: number };
    spec.call(`/api/reservations/${id}/messages/send-message-to-guest`, 'POST', { messageBody: 'Welcome' });

    expect(spec.read(`/api/reservations/${id}/messages`)).toMatchObject({
      total_items: 1,
      messages: [{ message: 'Welcome', type: 2 }],
    });
  });
});
