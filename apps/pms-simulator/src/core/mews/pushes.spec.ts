import { truthOf } from '../truth.ts';
import { guid, resourceId } from './ids.ts';
import { MewsSpec } from './spec-mews.ts';

type Resource = { Id: string; State: string };
const Limitation = { Count: 1_000 };

describe('pushes', () => {
  let spec: MewsSpec;
  let room: string;
  beforeEach(() => {
    spec = new MewsSpec();
    room = resourceId(spec.account, spec.account.listings[0]!.id, null);
  });
  const stateOf = (id: string): string | undefined =>
    spec.read<{ Resources: Resource[] }>('resources/getAll', { Limitation, ResourceIds: [id] }).Resources[0]?.State;

  it('resources/update: read, ledger and webhook have it alike', () => {
    const { deliveries } = spec.call('resources/update', {
      ResourceUpdates: [{ ResourceId: room, State: { Value: 'Inspected' } }],
    });

    expect(stateOf(room)).toBe('Inspected');
    expect(truthOf(spec.account)).toMatchObject({
      units: expect.arrayContaining([expect.objectContaining({ id: room, status: 'inspected' })]) as unknown[],
    });
    expect(deliveries[0]!.body).toContain(`{"Discriminator":"ResourceUpdated","Value":{"Id":"${room}"}}`);
    expect(spec.world.acts.at(-1)).toMatchObject({ act: 'unitStatus', by: 'api' });
  });

  it('resources/update: a wrong id changes nothing at all', () => {
    const before = stateOf(room);
    const ResourceUpdates = [room, guid(spec.account, 'resource', 1)].map((ResourceId) => ({
      ResourceId,
      State: { Value: 'OutOfOrder' },
    }));

    expect(spec.call('resources/update', { ResourceUpdates }).status).toBe(400);
    expect(stateOf(room)).toBe(before);
  });

  it('reservations/cancel: cancelled once, and a matter for a person the second time', () => {
    const { record } = spec.act({ act: 'book', status: 'new', arrivalDate: '2027-06-01' });
    const ReservationIds = [guid(spec.account, 'reservation', record.id as number)];

    expect(spec.call('reservations/cancel', { ReservationIds })).toMatchObject({ status: 200, body: { ReservationIds } });
    expect(spec.call('reservations/cancel', { ReservationIds }).status).toBe(403);
    expect(spec.read('reservations/getAll/2023-06-06', { Limitation, ReservationIds })).toMatchObject({
      Reservations: [{ State: 'Canceled' }],
    });
  });

  it('resourceBlocks: added to the instant, deleted, and seen as deleted only when asked', () => {
    const times = { StartUtc: '2027-08-01T14:00:00Z', EndUtc: '2027-08-01T18:00:00Z' };
    const { ResourceBlocks } = spec.read<{ ResourceBlocks: { Id: string }[] }>('resourceBlocks/add', {
      ResourceBlocks: [{ ResourceId: room, Name: 'Boiler', Type: 'OutOfOrder', ...times }],
    });
    const blocks = (more: object = {}): unknown[] =>
      spec.read<{ ResourceBlocks: unknown[] }>('resourceBlocks/getAll', { Limitation, ...more }).ResourceBlocks;

    expect(blocks()).toMatchObject([{ Type: 'OutOfOrder', AssignedResourceId: room, ...times }]);
    spec.read('resourceBlocks/delete', { ResourceBlockIds: [ResourceBlocks[0]!.Id] });
    expect(blocks()).toEqual([]);
    expect(blocks({ ActivityStates: ['Deleted'] })).toMatchObject([{ IsActive: false, DeletedUtc: '2027-01-11T12:00:00Z' }]);
  });

  it('tasks: added for a stay, and closed', () => {
    const stay = [...spec.account.reservations.keys()][0]!;
    const ServiceOrderId = guid(spec.account, 'reservation', stay);
    const { TaskId } = spec.read<{ TaskId: string }>('tasks/add', {
      Name: 'Towels',
      DeadlineUtc: '2027-01-12T14:00:00Z',
      ServiceOrderId,
    });
    const task = (): unknown => spec.read<{ Tasks: unknown[] }>('tasks/getAll', { TaskIds: [TaskId] }).Tasks[0];

    expect(task()).toMatchObject({ Name: 'Towels', State: 'Open', ServiceOrderId, DeadlineUtc: '2027-01-12T14:00:00Z' });
    spec.read('tasks/close', { TaskIds: [TaskId] });
    expect(task()).toMatchObject({ State: 'Closed', ClosedUtc: '2027-01-11T12:00:00Z' });
  });

  it('rates/updatePrice: only the category and the nights that were named', () => {
    const CategoryId = guid(spec.account, 'category', spec.account.listings[1]!.id);
    const RateId = guid(spec.account, 'rate', 0);
    const night = (day: number): string => `2027-02-0${day}T23:00:00.000Z`;
    const update = { CategoryId, FirstTimeUnitStartUtc: night(1), LastTimeUnitStartUtc: night(2), Value: 111 };
    spec.read('rates/updatePrice', { RateId, PriceUpdates: [update] });

    const { CategoryPrices } = spec.read<{ CategoryPrices: { CategoryId: string; AmountPrices: { GrossValue: number }[] }[] }>(
      'rates/getPricing',
      { RateId, FirstTimeUnitStartUtc: night(1), LastTimeUnitStartUtc: night(3) },
    );
    const grosses = (id: string): number[] =>
      CategoryPrices.find((one) => one.CategoryId === id)!.AmountPrices.map(({ GrossValue }) => GrossValue);
    const { price } = spec.account.listings[1]!;

    expect(grosses(CategoryId)).toEqual([111, 111, price]);
    expect(grosses(guid(spec.account, 'category', spec.account.listings[0]!.id))).not.toContain(111);
  });
});
