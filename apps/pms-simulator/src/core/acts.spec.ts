import { HOOKS, NOON, SpecWorld, TODAY } from './spec-world.ts';
import { isRefused } from './act-scene.ts';
import type { Performed } from './perform.ts';

type Wire = Record<string, unknown>;
const dataOf = ({ deliveries }: Performed): Wire => (JSON.parse(deliveries[0]!.body) as { data: Wire }).data;

describe('acts', () => {
  let spec: SpecWorld;
  let booked: number;
  let listing: number;
  beforeEach(() => {
    spec = new SpecWorld(HOOKS);
    listing = spec.account.listings[1]!.id;
    const { record } = spec.act({
      act: 'book',
      listing,
      arrivalDate: '2027-06-01',
      nights: 3,
      guestName: 'Ada Becker',
      status: 'new',
    });
    booked = record.id as number;
  });

  it('book: one reservation.created with the whole object', () => {
    const done = spec.act({ act: 'book', arrivalDate: '2027-07-01', nights: 2, guestName: 'Yusuf Kaya', status: 'new' });

    expect(done.deliveries).toHaveLength(1);
    expect(JSON.parse(done.deliveries[0]!.body)).toMatchObject({
      object: 'reservation',
      event: 'reservation.created',
      accountId: 10450,
    });
    expect(dataOf(done)).toMatchObject({
      ...{ guestName: 'Yusuf Kaya', arrivalDate: '2027-07-01', departureDate: '2027-07-03', nights: 2, status: 'new' },
      ...{ updatedOn: '2027-01-11 12:00:00', hostawayReservationId: done.record.id },
    });
  });

  it.each([
    ['extend', {}, { departureDate: '2027-06-05', nights: 4, previousDepartureDate: '2027-06-04', status: 'modified' }],
    ['shorten', { nights: 2 }, { departureDate: '2027-06-02', nights: 1, status: 'modified' }],
    ['lateCheckout', { hour: 14 }, { checkOutTime: 14, status: 'new', nights: 3 }],
    ['earlyCheckin', { hour: 12 }, { checkInTime: 12 }],
    ['doorCode', { code: '4711' }, { doorCode: '4711' }],
    ['cancel', { by: 'host' }, { status: 'cancelled', cancelledBy: 'host', cancellationDate: '2027-01-11 12:00:05' }],
  ] as const)('%s: one reservation.updated, stamped now', (act, more, expected) => {
    spec.now = NOON + 5_000;

    const done = spec.act({ act, reservation: booked, ...more });

    expect(done.deliveries[0]?.event).toBe('reservation.updated');
    expect(dataOf(done)).toMatchObject({ id: booked, listingMapId: listing, updatedOn: '2027-01-11 12:00:05', ...expected });
  });

  it('move: to another listing, and both are named', () => {
    const to = spec.account.listings[3]!.id;

    const done = spec.act({ act: 'move', reservation: booked, to });

    expect(dataOf(done)).toMatchObject({ id: booked, listingMapId: to, arrivalDate: '2027-06-01' });
    expect(done.record.listings).toEqual([listing, to]);
  });

  it.each([[{ act: 'book', arrivalDate: '2027-06-02' }], [{ act: 'book', arrivalDate: '2027-05-30', nights: 30 }]] as const)(
    'refuses %j onto a taken listing unless asked for an overlap',
    (command) => {
      expect(isRefused(spec.tryAct({ ...command, listing }))).toBe(true);
      expect(isRefused(spec.tryAct({ ...command, listing, overlap: true }))).toBe(false);
    },
  );

  it('lets the next guest arrive on the day of a departure', () => {
    expect(isRefused(spec.tryAct({ act: 'book', listing, arrivalDate: '2027-06-04' }))).toBe(false);
    expect(isRefused(spec.tryAct({ act: 'extend', reservation: booked }))).toBe(true);
  });

  it('refuses what cannot be', () => {
    spec.act({ act: 'cancel', reservation: booked });

    expect(spec.tryAct({ act: 'cancel', reservation: booked })).toHaveProperty('refused');
    expect(spec.tryAct({ act: 'extend', reservation: 1 })).toEqual({ refused: 'no reservation 1' });
    expect(spec.tryAct({ act: 'unitStatus', status: 'cancelled' })).toEqual({ refused: 'a unit cannot be cancelled' });
  });

  it('message: one message.received; reply: nobody is told', () => {
    const written = spec.act({ act: 'message', reservation: booked, body: 'Hello?' });
    const answered = spec.act({ act: 'reply', reservation: booked });

    expect(JSON.parse(written.deliveries[0]!.body)).toMatchObject({ object: 'conversationMessage', event: 'message.received' });
    expect(dataOf(written)).toMatchObject({ id: written.record.id, reservationId: booked, body: 'Hello?', isIncoming: 1 });
    expect(answered.deliveries).toEqual([]);
  });

  it('remove: gone from the API without a word', () => {
    expect(spec.act({ act: 'remove', reservation: booked }).deliveries).toEqual([]);
    expect(spec.get(`/v1/reservations/${booked}`)).toMatchObject({ status: 'fail' });
  });

  it('silent: it happens, and the webhook is lost', () => {
    expect(spec.act({ act: 'lateCheckout', reservation: booked, hour: 15, silent: true }).deliveries).toEqual([]);
    expect(spec.get<Wire>(`/v1/reservations/${booked}`).result['checkOutTime']).toBe(15);
    expect(spec.account.tally.webhooks.suppressed).toBe(1);
  });

  it('unitStatus, task, ticket: signed facts with their own times', () => {
    const facts = (['unitStatus', 'task', 'ticket'] as const).map((act) => {
      const [delivery] = spec.act({ act, listing, ...(act === 'ticket' ? { outOfOrder: true } : {}) }).deliveries;
      expect(delivery).toMatchObject({ hook: 'internal', url: HOOKS.internalWebhook.url });
      return (JSON.parse(delivery!.body) as { facts: Wire[] }).facts[0];
    });

    const common = { unit: String(listing), modifiedAt: '2027-01-11T12:00:00.000Z' };
    expect(facts).toMatchObject([
      { kind: 'unit-status', id: String(listing), ...common },
      { kind: 'task', id: 'task-1', status: 'open', ...common },
      { kind: 'ticket', id: 'ticket-2', status: 'open', outOfOrder: true, from: TODAY, until: '2027-01-12', ...common },
    ]);
    expect(spec.act({ act: 'ticket', ticket: 'ticket-2' }).deliveries[0]!.body).toContain('"status":"closed","outOfOrder":false');
  });

  it('names a door of a multi-unit listing by both ids', () => {
    const house = new SpecWorld({ ...HOOKS, multiUnit: { listings: 1, units: 2 } });
    const { id, units } = house.account.listings[0]!;

    expect(house.act({ act: 'unitStatus', unit: units[1]!.id }).record.id).toBe(`${id}/${units[1]!.id}`);
    expect(house.tryAct({ act: 'unitStatus', unit: 1 })).toEqual({ refused: 'no unit 1' });
  });
});
