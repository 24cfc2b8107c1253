import { settleTry } from '../deliveries.ts';
import { CloudbedsSpec } from './spec-cloudbeds.ts';
import { EVENTS } from './webhooks.ts';

type Body = Record<string, unknown>;
const everything = (more: object = {}): CloudbedsSpec => {
  const spec = new CloudbedsSpec({ ...more });
  for (const event of EVENTS) spec.subscribe(event);
  return spec;
};
const sent = (spec: CloudbedsSpec, ...[command]: Parameters<CloudbedsSpec['act']>): Body[] =>
  spec.act(command).deliveries.map(({ body }) => JSON.parse(body) as Body);
const names = (bodies: readonly Body[]): unknown[] => bodies.map(({ event }) => event);

describe('webhooks', () => {
  it.each([
    ['book', ['reservation/created', 'guest/created']],
    ['extend', ['reservation/dates_changed']],
    ['cancel', ['reservation/status_changed']],
    ['move', ['reservation/accommodation_type_changed', 'reservation/accommodation_changed']],
    ['lateCheckout', []],
    ['remove', ['reservation/deleted']],
    ['unitStatus', ['housekeeping/room_condition_changed']],
  ] as const)('%s: %j', (act, events) => {
    expect(names(sent(everything(), { act, overlap: true }))).toEqual(events);
  });

  it('checkIn: two events, each with its own spelling of ids', () => {
    const spec = everything();
    const { record } = spec.act({ act: 'book', arrivalDate: '2027-01-11', nights: 1, status: 'new', overlap: true });

    const [status, occupied] = sent(spec, { act: 'checkIn', reservation: record.id as number });

    expect(status).toMatchObject({
      propertyID: spec.property,
      propertyID_str: String(spec.property),
      reservationID: String(record.id),
      status: 'checked_in',
    });
    expect(occupied).toMatchObject({ propertyId: spec.property, propertyId_str: String(spec.property), status: 'occupied' });
  });

  it('carry microseconds that order them, of a clock that may be wrong', () => {
    const spec = everything();
    const times = [1, 2, 3].map(() => sent(spec, { act: 'resend' })[0]!['timestamp'] as number);
    spec.account.faults.skewMs = 60_000;
    const late = sent(spec, { act: 'resend' })[0]!['timestamp'] as number;

    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(3);
    expect(String(times[2])).toMatch(/^\d{10}\.\d{6}$/);
    expect(late - times[2]!).toBeCloseTo(60, 3);
  });

  it('go to whom they were promised: of one event, of one property, until it is taken back', () => {
    const spec = new CloudbedsSpec({ properties: 2 });
    const one = spec.subscribe('reservation/created', { propertyID: String(spec.property) });
    const book = (index: number): number =>
      spec.act({ act: 'book', listing: spec.account.listings[index]!.id, overlap: true }).deliveries.length;

    expect([book(0), book(1)]).toEqual([1, 0]);
    expect(spec.read('getWebhooks')).toMatchObject([{ id: one, event: { entity: 'reservation', action: 'created' } }]);
    spec.call(`deleteWebhook?subscriptionID=${one}`, { method: 'DELETE' });
    expect(book(0)).toBe(0);
  });

  it('cannot be had for what is none', () => {
    const { body } = new CloudbedsSpec().send('postWebhook', {
      object: 'reservation',
      action: 'sneezed',
      endpointUrl: 'http://x.invalid/',
    });

    expect(body).toMatchObject({ success: false });
  });

  it('are tried five times, a minute apart', () => {
    const spec = everything();
    const [delivery] = spec.act({ act: 'resend' }).deliveries;
    const settle = (tries: number): unknown =>
      settleTry(spec.world, spec.account, { ...delivery!, tries }, { failure: 'timeout' }, spec.now);

    expect([1, 2, 3, 4].map(settle)).toEqual(Array(4).fill({ kind: 'again', afterMs: 60_000 }));
    expect(settle(5)).toEqual({ kind: 'given-up', permanent: false });
    expect(spec.account.provider.hooks.answerWithinMs).toBe(2_000);
  });

  it.each([true, false])('carry a header of the receiver where the reading has it: %s', (authHeader) => {
    const spec = new CloudbedsSpec({ readings: { authHeader } });
    spec.subscribe('reservation/created', { authHeaderName: 'X-Secret', authHeaderValue: 'shared' });
    const [delivery] = spec.act({ act: 'book' }).deliveries;

    expect(spec.account.provider.hooks.headers(spec.account, delivery!)).toEqual(authHeader ? { 'X-Secret': 'shared' } : {});
  });

  it('go with the app', () => {
    const spec = everything();
    spec.send('postAppState', { app_state: 'disabled' });

    expect(spec.read('getWebhooks')).toEqual([]);
  });
});
