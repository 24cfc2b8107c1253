import { settleTry } from '../deliveries.ts';
import { SmoobuSpec } from './spec-smoobu.ts';

type Body = { action: string; user: number; data: Record<string, unknown> };
const bodyOf = (spec: SmoobuSpec, ...[command]: Parameters<SmoobuSpec['act']>): Body =>
  JSON.parse(spec.act(command).deliveries[0]!.body) as Body;

describe('webhooks', () => {
  it.each([
    ['book', 'newReservation'],
    ['extend', 'updateReservation'],
    ['cancel', 'cancelReservation'],
    ['remove', 'deleteReservation'],
    ['message', 'newMessage'],
    ['rates', 'updateRates'],
  ] as const)('%s: %s', (act, action) => {
    expect(bodyOf(new SmoobuSpec(), { act })).toMatchObject({ action, user: 10450 });
  });

  it('tell price elements of what has changed, not of what is new', () => {
    const spec = new SmoobuSpec();

    expect(bodyOf(spec, { act: 'book' }).data).not.toHaveProperty('priceElements');
    expect(bodyOf(spec, { act: 'extend' }).data).toHaveProperty('priceElements');
  });

  it('tell rates by apartment and day', () => {
    const spec = new SmoobuSpec();
    const listing = spec.account.listings[0]!.id;

    const { data } = bodyOf(spec, { act: 'rates', listing, from: '2028-01-01', until: '2028-01-02', price: 99, minStay: 2 });

    const day = { price: 99, min_length_of_stay: 2, available: 1 };
    expect(data).toEqual({ [listing]: { '2028-01-01': day, '2028-01-02': day } });
  });

  it.each([
    ['data', { data: { sender: 'guest' } }],
    ['booking', { booking: { sender: 'guest' } }],
    ['flat', { sender: 'guest' }],
  ])('lie under %s', (webhookBody, body) => {
    expect(bodyOf(new SmoobuSpec({ readings: { webhookBody } }), { act: 'message' })).toMatchObject(body);
  });

  it.each([
    [1, 'given-up'],
    [3, 'again'],
  ])('are tried %i times: after the first %s', (webhookAttempts, kind) => {
    const spec = new SmoobuSpec({ readings: { webhookAttempts } });
    const [delivery] = spec.act({ act: 'extend' }).deliveries;

    expect(settleTry(spec.world, spec.account, { ...delivery!, tries: 1 }, { status: 500 }, spec.now).kind).toBe(kind);
  });
});
