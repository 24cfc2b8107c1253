import { contentOf, facet, type EntityRecord, type Kind, type RawContext } from '@roomwire/events';
import { pms, type Decoded } from '@roomwire/pms-port';
import { fixturesIn, pageContext, PUSH, readContext, type JsonObject } from '@roomwire/pms-port/conformance';
import { mews } from './adapter.ts';
import { STATES } from './mapping.ts';

const fixture = fixturesIn(import.meta.dirname);
const account = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const reservations = fixture<{ Reservations: JsonObject[] }>('answer-reservations');
const resources = fixture<{ Resources: JsonObject[] }>('answer-resources');
const { ResourceCategoryAssignments } = fixture<{ ResourceCategoryAssignments: JsonObject[] }>(
  'answer-resource-category-assignments',
);
const blocks = fixture<{ ResourceBlocks: JsonObject[] }>('answer-resource-blocks');
const general = fixture<{ Events: JsonObject[] }>('webhook-general');
const [room101, bed101A, suite] = resources.Resources.map(({ Id }) => Id as string);
const stay = '0f515589-99b4-423d-b83a-b237009f0509';

const read = (kind: Kind, entities: string[]) => readContext({ adapter: mews, account }, { kind, entities });
function decode(body: unknown, context: RawContext = PUSH, timeZone?: string): Decoded {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const raw = { tenant: 't1', connection: 'c1', account, unsaid: timeZone ? { timeZone } : undefined, body: bytes, context };
  return pms(mews).decode(raw);
}
const stayOf = (changes: JsonObject, timeZone: string | undefined = 'Europe/Budapest') =>
  decode({ Reservations: [{ ...reservations.Reservations[0], ...changes }] }, read('reservation', [stay]), timeZone);
const facetsOf = ({ tellings }: Decoded) => Object.keys(tellings[0]?.facets ?? {}).sort();
const said = (tellings: EntityRecord[]) => tellings.map(({ kind, entity, facets }) => [kind, entity, facets['core']?.content]);
const hint = (kind: Kind, entity: string) => ({ kind, entity, reason: 'hint' });

describe('a webhook of mews', () => {
  it('is a hint for each thing that can be read by its id', () => {
    const { hints, ignored, tellings, rejects } = decode({ ...general, EnterpriseId: account });

    expect(hints).toEqual([
      hint('reservation', 'bfee2c44-1f84-4326-a862-5289598f6e2d'),
      hint('unit-status', '7cccbdc6-73cf-4cd4-8056-6fd00f4d9699'),
    ]);
    expect(ignored).toEqual(
      ['MessageAdded', 'CustomerAdded', 'CustomerUpdated', 'PaymentUpdated'].map((word) => `event "${word}"`),
    );
    expect([tellings, rejects]).toEqual([[], []]);
  });

  it('of hundreds is not spoilt by one that is none', () => {
    const Events: unknown[] = Array.from({ length: 300 }, (_, index) => ({
      Discriminator: 'ResourceBlockUpdated',
      Value: { Id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}` },
    }));
    Events[7] = { Discriminator: 'ResourceBlockUpdated', Value: { Id: '7' } };
    const { hints, rejects } = decode({ EnterpriseId: account, Events });

    expect(hints.length).toBe(299);
    expect(rejects.map(({ reason, pointer }) => [reason, pointer])).toEqual([['schema', '/Events/7/Value/Id']]);
  });

  it('says no more by the socket', () => {
    const { hints, ignored } = decode(fixture('socket-message'));

    expect(hints).toEqual([
      hint('reservation', 'bfee2c44-1f84-4326-a862-5289598f6e2d'),
      hint('unit-status', '5ee074b1-6c86-48e8-915f-c7aa4702086f'),
    ]);
    expect(ignored).toEqual(['event "DeviceCommand"', 'event "PriceUpdate"']);
  });

  it('about the integration is for people', () => {
    expect(decode(fixture('webhook-integration-api-key')).ignored).toEqual(['integration event "IntegrationApiKeyCreated"']);
  });
});

describe('a reservation of mews', () => {
  it('is told in the dates and hours of the house', () => {
    const { tellings, hints, rejects } = stayOf({});

    const stamp = {
      ...{ epoch: 0, modifiedAt: Date.parse('2023-04-22T17:00:00Z') * 1000, rank: 1 as const, mapping: 1 },
      observedAt: Date.parse('2030-01-01T00:00:00Z') * 1000,
    };
    const core = {
      ...{ status: 'confirmed', arrival: '2023-04-23', departure: '2023-04-25', property: account },
      ...{ unitType: '773d5e42-de1e-43a0-9ce6-f940faf2303f', channel: null },
    };
    expect(tellings).toEqual([
      {
        ...{ kind: 'reservation', connection: 'c1', entity: stay },
        facets: {
          core: facet(core, stamp, true),
          times: facet({ checkIn: '16:00', checkOut: '14:00' }, stamp, true),
          units: facet({ units: ['20e00c32-d561-4008-8609-82d8aa525714'] }, stamp, true),
          existence: facet({ state: 'present' }, { ...stamp, modifiedAt: stamp.observedAt }),
        },
      },
    ]);
    expect([hints, rejects]).toEqual([[], []]);
  });

  it('that begins after UTC’s midnight begins where the house is', () => {
    const at = (timeZone: string) =>
      contentOf<{ arrival: string }>(stayOf({ ScheduledStartUtc: '2023-04-23T23:30:00Z' }, timeZone).tellings[0], 'core')
        ?.arrival;

    expect([at('America/New_York'), at('Europe/London'), at('Pacific/Auckland')]).toEqual([
      '2023-04-23',
      '2023-04-24',
      '2023-04-24',
    ]);
  });

  it('has no dates where nobody says the zone, and shows a person so, once', () => {
    for (const timeZone of ['', 'Mars/Olympus']) {
      const two = { Reservations: [reservations.Reservations[0], reservations.Reservations[0]] };
      const { tellings, rejects } = decode(two, read('reservation', [stay]), timeZone);
      expect(tellings.map(({ facets }) => Object.keys(facets).sort())).toEqual([
        ['existence', 'units'],
        ['existence', 'units'],
      ]);
      expect(rejects.map(({ reason, pointer }) => [reason, pointer])).toEqual([['no-zone', '/Reservations']]);
    }
  });

  it.each([
    ['inquiry', ['Inquired', 'Enquired', 'Requested']],
    ['tentative', ['Optional']],
    ['confirmed', ['Confirmed']],
    ['checked-in', ['Started']],
    ['checked-out', ['Processed']],
    ['cancelled', ['Canceled']],
  ])('is %s to us when it is one of %s', (ours, theirs) => {
    const told = theirs.map((State) => contentOf<{ status: string }>(stayOf({ State }).tellings[0], 'core')?.status);

    expect(told).toEqual(theirs.map(() => ours));
  });

  it('has seven states beside the cancelled one, all of them known', () => {
    expect(Object.keys(STATES).length).toBe(7);
  });

  it('that was cancelled as a no-show is one', () => {
    const status = (changes: JsonObject) =>
      contentOf<{ status: string }>(stayOf({ State: 'Canceled', ...changes }).tellings[0], 'core')?.status;

    expect(status({ CancellationReason: 'NoShow' })).toBe('no-show');
    expect(status({ CancellationReason: 'RequestedByGuest' })).toBe('cancelled');
    expect(status({ CancellationReason: undefined })).toBeUndefined();
  });

  it('of a state that nobody knows is shown to a person, beside what else is known', () => {
    const answer = stayOf({ State: 'Teleported' });

    expect(facetsOf(answer)).toEqual(['existence', 'times', 'units']);
    expect(answer.rejects).toEqual([{ reason: 'schema', pointer: '/Reservations/0/State', detail: 'no documented state' }]);
  });

  it('has no room, or does not say', () => {
    const units = (changes: JsonObject) => contentOf(stayOf(changes).tellings[0], 'units');

    expect(units({ AssignedResourceId: null })).toEqual({ units: [] });
    expect(units({ AssignedResourceId: undefined })).toBeUndefined();
  });

  it('is of a whole second', () => {
    const modifiedAt = (UpdatedUtc: string) => stayOf({ UpdatedUtc }).tellings[0]?.facets['core']?.version.modifiedAt;

    expect(modifiedAt('2023-04-22T17:00:00.9871234Z')).toBe(Date.parse('2023-04-22T17:00:00Z') * 1000);
    expect(stayOf({ UpdatedUtc: '2023-04-22T17:00:00' }).rejects).toMatchObject([{ pointer: '/Reservations/0/UpdatedUtc' }]);
  });
});

describe('a resource of mews', () => {
  const answer = (changes: JsonObject = {}) =>
    decode({ ...resources, ResourceCategoryAssignments, ...changes }, read('unit-status', [room101!, bed101A!, suite!]));

  it('is a door, its state, and a ticket while it cannot be used', () => {
    const ticket = { status: 'closed', title: 'In service', outOfOrder: false, from: null, until: null };
    expect(said(answer().tellings)).toEqual([
      ['unit', room101, { property: account, unitType: '773d5e42-de1e-43a0-9ce6-f940faf2303f', name: '101' }],
      ['unit-status', room101, { unit: room101, status: 'clean', by: null }],
      ['ticket', `state/${room101}`, { unit: room101, ...ticket }],
      ['unit', bed101A, { property: account, unitType: null, name: '101A' }],
      ['unit-status', bed101A, { unit: bed101A, status: 'inspected', by: null }],
      ['ticket', `state/${bed101A}`, { unit: bed101A, ...ticket }],
      ['unit', suite, { property: account, unitType: null, name: 'Suite 1' }],
      ['unit-status', suite, { unit: suite, status: 'dirty', by: null }],
      ['ticket', `state/${suite}`, { unit: suite, ...ticket }],
    ]);
  });

  const one = (changes: JsonObject) =>
    decode({ ...resources, Resources: [{ ...resources.Resources[0], ...changes }] }, read('unit-status', [room101!]));

  it.each([
    ['OutOfOrder', { title: 'Out of order', outOfOrder: true }],
    ['OutOfService', { title: 'Out of service', outOfOrder: false }],
  ])('that is %s is no longer clean or dirty', (State, ticket) => {
    const { tellings, rejects } = one({ State });

    expect(said(tellings)).toEqual([
      ['unit', room101, { property: account, unitType: null, name: '101' }],
      ['unit-status', room101, undefined],
      ['ticket', `state/${room101}`, { unit: room101, status: 'open', ...ticket, from: null, until: null }],
    ]);
    expect(rejects).toEqual([]);
  });

  it('that is closed for good is gone in all three; a page asks for it first', () => {
    const existence = one({ IsActive: false }).tellings.map(({ kind, entity, facets }) => [kind, entity, facets]);
    const gone = { existence: expect.objectContaining({ content: { state: 'gone' } }) as unknown };
    expect(existence).toEqual([
      ['unit', room101, gone],
      ['unit-status', room101, gone],
      ['ticket', `state/${room101}`, gone],
    ]);

    const missing = decode({ ...resources, Resources: [] }, read('ticket', [`state/${room101}`]));
    expect(missing.tellings.map(({ kind, entity, facets }) => [kind, entity, facets])).toEqual(existence);

    const job = { list: 'resources', since: null, nights: { from: '2023-01-01', until: '2023-02-01' }, cursor: null };
    const body = { ...resources, Resources: [{ ...resources.Resources[0], IsActive: false }] };
    const { tellings, hints } = decode(body, pageContext({ adapter: mews, account }, job));
    expect([tellings, hints]).toEqual([[], [hint('unit-status', room101!)]]);
  });

  it('of another enterprise is not ours', () => {
    const { tellings, rejects } = one({ EnterpriseId: '4d0201db-36f5-428b-8d11-4f0a65e960cc' });

    expect(tellings).toEqual([]);
    expect(rejects).toMatchObject([{ reason: 'wrong-account', pointer: '/Resources/0/EnterpriseId' }]);
  });
});

describe('a block of mews', () => {
  const block = (changes: JsonObject = {}) => {
    const body = { ResourceBlocks: [{ ...blocks.ResourceBlocks[0], ...changes }] };
    return decode(body, read('ticket', [blocks.ResourceBlocks[0]!['Id'] as string]), 'Europe/Budapest');
  };
  const core = {
    unit: room101,
    title: 'Maintenance Block - Room 101',
    outOfOrder: true,
    from: '2023-08-01',
    until: '2023-08-01',
  };
  const coreOf = (changes: JsonObject) => block(changes).tellings[0]?.facets['core']?.content;

  it('is a ticket of the days that it touches', () => {
    expect(coreOf({})).toEqual({ ...core, status: 'open' });
    expect(coreOf({ EndUtc: '2023-08-03T22:00:00Z' })).toEqual({ ...core, status: 'open', until: '2023-08-03' });
    expect(coreOf({ EndUtc: '2023-08-03T22:00:01Z' })).toEqual({ ...core, status: 'open', until: '2023-08-04' });
  });

  it('is closed when it is deleted, and no defect when the house uses the room itself', () => {
    expect(coreOf({ IsActive: false })).toEqual({ ...core, status: 'closed' });
    expect(coreOf({ Type: 'InternalUse', Name: null })).toEqual({
      ...{ ...core, status: 'open', outOfOrder: false, title: 'InternalUse' },
    });
  });
});

describe('an enterprise of mews', () => {
  const enterprise = (timeZone?: string) => decode(fixture('answer-enterprises'), read('property', [account]), timeZone);

  it('is a property', () => {
    expect(said(enterprise().tellings)).toEqual([
      ['property', account, { name: 'Sample Portfolio Hotel', timeZone: 'Europe/Budapest', checkIn: null, checkOut: null }],
    ]);
  });

  it('shows a person that the connection says another zone', () => {
    expect(enterprise('Europe/Budapest').rejects).toEqual([]);
    expect(enterprise('Europe/Lisbon').rejects).toMatchObject([
      { reason: 'no-zone', pointer: '/Enterprises/0/TimeZoneIdentifier' },
    ]);
    expect(enterprise('Europe/Lisbon').tellings.length).toBe(1);
  });
});

describe('a task of mews', () => {
  it('is of no room, and ordered by its read', () => {
    const context = read('task', ['b166fc93-c75a-438f-93b8-ab1e00a031ae']);
    const [task] = decode(fixture('answer-tasks'), context).tellings;

    expect(task?.facets['core']).toMatchObject({
      content: { unit: null, type: 'other', status: 'open', title: 'Test all', due: '2020-01-01T14:00:00.000Z' },
      version: { modifiedAt: Date.parse('2030-01-01T00:00:00Z') * 1000 },
    });
  });
});
