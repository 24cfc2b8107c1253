import { bodyFor, headersFor, settleTry, type Delivery } from '../deliveries.ts';
import { Beds24Spec } from './spec-beds24.ts';

type Body = { booking: Record<string, unknown>; infoItems: { code: string }[]; messages: unknown[]; retries: number };
const booking = (deliveries: readonly Delivery[]): Delivery | undefined => deliveries.find(({ hook }) => hook === 'booking');
const bodyOf = (delivery: Delivery | undefined): Body => JSON.parse(delivery!.body) as Body;

describe('the booking webhook', () => {
  it('carries the custom header, and nothing that signs it', () => {
    const spec = new Beds24Spec();
    const { deliveries } = spec.act({ act: 'book', status: 'new' });

    expect(headersFor(spec.account, booking(deliveries)!, spec.now)).toEqual({
      'content-type': 'application/json',
      'X-Secret': 'shared',
    });
  });

  it.each([
    ['extend', true],
    ['cancel', true],
    ['move', true],
    ['message', true],
    ['reply', false],
    ['doorCode', false],
    ['unitStatus', false],
  ] as const)('%s: told %s', (act, told) => {
    expect(booking(new Beds24Spec().act({ act, overlap: true }).deliveries) !== undefined).toBe(told);
  });

  it('shows tokens of cards, codes and PINs where it is set so, and no person where it is set so', () => {
    const webhook = { url: 'http://receiver.invalid/', additionalData: 'CVCAndToken', version: 'twoNoPersonalData' };
    const spec = new Beds24Spec({ webhook });
    const { record } = spec.act({ act: 'doorCode', code: '4711' });

    const body = bodyOf(booking(spec.act({ act: 'resend', reservation: record.id as number }).deliveries));

    expect(body.booking).toMatchObject({ stripeToken: expect.stringMatching(/^tok_/) as string, firstName: '', email: '' });
    expect(body.infoItems.map(({ code }) => code)).toEqual(['LOCKPIN', 'CVC']);
  });

  it.each([
    ['object', [false, false]],
    ['array', [true, true]],
    ['either', [false, true]],
  ])('is an object or an array: %s', (webhookBody, arrays) => {
    const spec = new Beds24Spec({ readings: { webhookBody } });
    const sent = [1, 2].map(() => JSON.parse(booking(spec.act({ act: 'resend' }).deliveries)!.body) as unknown);

    expect(sent.map((body) => Array.isArray(body))).toEqual(arrays);
  });

  it('counts its retries in its body', () => {
    const spec = new Beds24Spec({ readings: { webhookAttempts: 3 } });
    const delivery = booking(spec.act({ act: 'resend' }).deliveries)!;
    const settle = (tries: number): string =>
      settleTry(spec.world, spec.account, { ...delivery, tries }, { status: 400 }, spec.now).kind;

    expect([1, 2, 3].map(settle)).toEqual(['again', 'again', 'given-up']);
    expect((JSON.parse(bodyFor(spec.account, { ...delivery, tries: 2 })) as Body).retries).toBe(2);
  });

  it('goes to every line of its address, and by property', () => {
    const spec = new Beds24Spec({ properties: 2, webhook: undefined });
    const [first] = spec.read<{ id: number }[]>('properties');
    const url = 'http://one.invalid/\nhttp://two.invalid/';
    spec.post('properties', [{ id: first!.id, webhooks: { version: 'twoWithPersonalData', url } }]);
    const [one, other] = spec.account.listings.map(({ id }) => id);
    const sent = (listing: number): string[] =>
      spec
        .act({ act: 'resend', listing })
        .deliveries.filter(({ hook }) => hook === 'booking')
        .map(({ url: to }) => to);

    expect(sent(one!)).toEqual(['http://one.invalid/', 'http://two.invalid/']);
    expect(sent(other!)).toEqual([]);
  });
});

describe('the inventory webhook', () => {
  it('says ids as text, for both rooms of a move', () => {
    const { record, deliveries } = new Beds24Spec().act({ act: 'move', overlap: true });
    const rooms = deliveries
      .filter(({ hook }) => hook === 'inventory')
      .map(({ body }) => (JSON.parse(body) as { roomId: string }).roomId);

    expect(rooms).toEqual(record.listings.map(String));
  });

  it('comes for prices too, and not for doors', () => {
    const spec = new Beds24Spec();

    expect(spec.act({ act: 'rates' }).deliveries.map(({ hook }) => hook)).toEqual(['inventory']);
    expect(spec.act({ act: 'unitStatus' }).deliveries).toEqual([]);
  });
});
