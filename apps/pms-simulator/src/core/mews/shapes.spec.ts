import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { differences } from '../spec-shape.ts';
import { MewsSpec } from './spec-mews.ts';

/** A documented sample, as printed. */
const sample = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.json`), 'utf8'));

const Limitation = { Count: 1_000 };
const span = { FirstTimeUnitStartUtc: '2027-01-11T23:00:00.000Z', LastTimeUnitStartUtc: '2027-01-13T23:00:00.000Z' };

describe('answers have the shape of the documented samples', () => {
  const spec = new MewsSpec({ multiUnit: { listings: 2, units: 3 } });
  const message = spec.act({ act: 'message' });
  spec.act({ act: 'task' });
  const id = spec.account.messages.find((one) => one.id === message.record.id)!;
  const ids = (operation: string, member: string): string[] =>
    spec.read<Record<string, { Id: string }[]>>(operation, { Limitation })[member]!.map(({ Id }) => Id);
  const service = ids('services/getAll', 'Services')[0]!;
  const resource = ids('resources/getAll', 'Resources')[0]!;
  const thread = (): string =>
    spec.read<{ MessageThreads: { Id: string }[] }>('messageThreads/getAll', {
      ...{ Limitation, CreatedUtc: { StartUtc: '2027-01-01T00:00:00Z', EndUtc: '2027-02-01T00:00:00Z' } },
    }).MessageThreads[0]!.Id;
  const rate = (): string =>
    spec.read<{ Reservations: { RateId: string }[] }>('reservations/getAll/2023-06-06', { Limitation }).Reservations[0]!.RateId;
  const block = {
    ResourceId: resource,
    Name: 'Block',
    Type: 'OutOfOrder',
    StartUtc: '2027-08-01T14:00:00Z',
    EndUtc: '2027-08-01T18:00:00Z',
  };

  it.each([
    ['reservations/getAll/2023-06-06', 'reservations_getAll_2023-06-06_response', () => ({ Limitation })],
    ['resources/getAll', 'resources_getAll_response', () => ({ Limitation })],
    ['resources/getOccupancyState', 'resources_getOccupancyState_response', () => ({})],
    ['resourceCategories/getAll', 'resourceCategories_getAll_response', () => ({ Limitation })],
    ['enterprises/getAll', 'enterprises_getAll_response', () => ({ Limitation })],
    ['resourceBlocks/add', 'resourceBlocks_add_response', () => ({ ResourceBlocks: [block] })],
    [
      'messages/add',
      'messages_add_response',
      () => ({ Messages: [{ MessageThreadId: thread(), Text: 'Hello', Identifier: 'Message 1' }] }),
    ],
    ['messages/getAll', 'messages_getAll_response', () => ({ Limitation, MessageThreadIds: [thread()] })],
    ['messageThreads/getAll', 'messageThreads_getAll_response', () => ({ Limitation, MessageThreadIds: [thread()] })],
    ['tasks/add', 'tasks_add_response', () => ({ Name: 'Test', DeadlineUtc: '2027-01-12T14:00:00Z' })],
    [
      'services/getAvailability/2024-01-22',
      'services_getAvailability_2024-01-22_response',
      () => ({ ServiceId: service, ...span, Metrics: METRICS }),
    ],
    ['rates/getPricing', 'rates_getPricing_response', () => ({ RateId: rate(), ...span })],
  ] as const)('%s', (operation, name, body) => {
    expect(id.body).not.toBe('');

    expect(differences(sample(name), spec.read(operation, body()))).toEqual([]);
  });

  it('services/getAll: a bookable one', () => {
    const { Services, ...envelope } = sample('services_getAll_response') as { Services: unknown[] };

    expect(differences({ ...envelope, Services: Services.slice(1) }, spec.read('services/getAll', { Limitation }))).toEqual([]);
  });

  it('tasks/getAll', () => {
    const CreatedUtc = { StartUtc: '2027-01-01T00:00:00Z', EndUtc: '2027-02-01T00:00:00Z' };
    const { Tasks } = spec.read<{ Tasks: object[] }>('tasks/getAll', { CreatedUtc });
    const [task] = (sample('tasks_getAll_response') as { Tasks: object[] }).Tasks;

    // EnterpriseId stands in the table of members and not in the sample.
    expect(Tasks.flatMap((one) => differences({ EnterpriseId: null, ...task }, one))).toEqual([]);
  });

  it('restrictions/getAll', () => {
    const Days = { Friday: true, Saturday: true, Sunday: false };
    const restriction = { Type: 'Start', ExactRateId: rate(), ...span, Days, MinLength: 'P0M2DT0H0M0S' };
    spec.read('restrictions/set', { ServiceId: service, Data: [restriction] });

    const answer = spec.read('restrictions/getAll', { Limitation });

    expect(differences(sample('restrictions_getAll_response'), answer)).toEqual([]);
    expect(answer).toMatchObject({ Restrictions: [{ Conditions: { Days: ['Friday', 'Saturday'] } }] });
  });

  it('the general webhook', () => {
    const { deliveries } = spec.act({ act: 'book', status: 'new' });

    expect(differences(sample('webhook_general'), JSON.parse(deliveries[0]!.body))).toEqual([]);
  });
});

const METRICS = [
  ...['OutOfOrderBlocks', 'PublicAvailabilityAdjustment', 'OtherServiceReservationCount', 'Occupied', 'ConfirmedReservations'],
  ...[
    'OptionalReservations',
    'BlockAvailability',
    'AllocatedBlockAvailability',
    'UsableResources',
    'ActiveResources',
    'HouseUse',
  ],
];
