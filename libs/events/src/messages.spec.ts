import fc from 'fast-check';
import { anyTelling, guest, history, origin, pushed, readAt, recordOf } from './testing/examples.ts';
import { change, recordChange, recordChangeOf, roomChange, roomChangeOf, type RoomState } from './change.ts';
import { eventMessage, eventOf, fetchJob, type FetchJob } from './event.ts';
import { join } from './merge.ts';
import { outcomeMessage, type OutcomeMessage } from './outcome.ts';

const wire = (message: unknown): unknown => JSON.parse(JSON.stringify(message));
const place = { property: 'p-1', units: ['u-1'] };
const room: RoomState = {
  ...{ property: 'p-1', unit: 'u-1', name: 'Seaside 1', timeZone: 'Europe/Rome', asOf: '2026-07-01T10:00:00.000Z' },
  occupancy: { state: 'vacant', basis: 'scheduled' },
  ...{ current: null, next: null, lateCheckout: false, earlyArrival: false },
  housekeeping: { status: 'unknown', openTasks: 0 },
  maintenance: { outOfOrder: false, openTickets: 0 },
  ambiguous: false,
  conflicts: [],
  freshness: { verifiedAt: null, connection: null, suspect: [] },
  validUntil: null,
};

describe('an event', () => {
  it('of any telling fits its schema, and comes back as it was', () => {
    fc.assert(
      fc.property(anyTelling, (told) => {
        const event = eventOf(told, origin);
        expect(eventMessage.parse(wire(event))).toEqual(event);
      }),
      { numRuns: 300 },
    );
  });

  it('says whose it is and where it goes', () => {
    expect(eventOf(guest('Ada', pushed(1_500)), { ...origin, traceparent: '00-a-b-01' })).toMatchObject({
      type: 'roomwire.reservation.told',
      source: '/pms/hostaway/c1',
      subject: 'reservation/1',
      pipeline: 'booking',
      time: '1970-01-01T00:00:00.001Z',
      receivedat: origin.receivedAt,
      traceparent: '00-a-b-01',
    });
  });

  it('is refused with the name of a field that is too long', () => {
    const event = eventOf({ ...guest('Ada'), entity: 'x'.repeat(129) }, origin);
    const issues = eventMessage.safeParse(event).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

    expect(issues).toEqual(['data.entity: expected at most 128 bytes of UTF-8']);
  });
});

describe('a change of a record', () => {
  const opts = { confirmed: false };

  it('of any history fits its schema, and comes back as it was', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 9 }), (all, revision) => {
        const told = recordChangeOf(all.reduce(join), revision, place, origin, {
          ...opts,
          previous: { property: null, units: [] },
        });
        expect(recordChange.parse(wire(told))).toEqual(told);
        expect(change.parse(wire(told))).toEqual(told);
      }),
      { numRuns: 300 },
    );
  });

  it('is named by its entity and revision', () => {
    expect(recordChangeOf(guest('Ada'), 3, place, origin, opts)).toMatchObject({
      id: 'ch:reservation/c1/1:3',
      revision: 3,
      tenant: 't1',
      pipeline: 'booking',
      lane: 'live',
      receipt: origin.receipt,
      data: { ...place, ambiguous: false },
    });
  });

  it('is changed, confirmed or gone', () => {
    const gone = recordOf('reservation', { existence: { state: 'gone' } }, readAt(1, 1));
    const present = recordOf('reservation', { existence: { state: 'present' } }, readAt(1, 1));
    const type = (record: typeof gone, confirmed: boolean) => recordChangeOf(record, 1, place, origin, { confirmed }).type;

    expect(type(present, false)).toBe('roomwire.reservation.changed');
    expect(type(present, true)).toBe('roomwire.reservation.confirmed');
    expect(type(gone, false)).toBe('roomwire.reservation.gone');
  });

  it('says that two things are told of it', () => {
    expect(recordChangeOf(join(guest('Ada'), guest('Grace')), 1, place, origin, opts).data.ambiguous).toBe(true);
  });

  it('is refused without a revision, or with one that never was', () => {
    const told = recordChangeOf(guest('Ada'), 1, place, origin, opts);

    for (const revision of [0, -1, 1.5, undefined]) expect(recordChange.safeParse({ ...told, revision }).success).toBe(false);
  });
});

describe('a change of a room', () => {
  it('fits its schema, and comes back as it was', () => {
    const told = roomChangeOf(room, 7, 'housekeeping', origin);

    expect(roomChange.parse(wire(told))).toEqual(told);
    expect(change.parse(wire(told))).toEqual(told);
    expect(told).toMatchObject({
      ...{ id: 'ch:room/u-1:7', type: 'roomwire.room.changed', source: '/roomwire/registry', subject: 'room/u-1' },
      ...{ time: room.asOf, pipeline: 'housekeeping', revision: 7 },
    });
  });

  it('is refused with what a room does not have', () => {
    const told = roomChangeOf({ ...room, doorCode: '4711' } as RoomState, 7, 'housekeeping', origin);

    expect(change.safeParse(told).success).toBe(false);
  });
});

describe('fetch jobs and outcomes', () => {
  const job: FetchJob = {
    ...{ tenant: 't1', provider: 'hostaway', connection: 'c1', kind: 'reservation', entity: 'a.b', lane: 'live' },
    ...{ reason: 'hint', hintAt: '2026-07-01T10:00:00.000Z', receipt: 'receipt-1' },
  };
  const outcome: OutcomeMessage = {
    ...{ tenant: 't1', receipt: 'receipt-1', connection: 'c1', stage: 'registry', verdict: 'applied' },
    ...{ kind: 'reservation', entity: '1', revision: 3, hops: { received: 1, stored: 2 } },
  };

  it('come back as they were', () => {
    expect(fetchJob.parse(wire(job))).toEqual(job);
    expect(outcomeMessage.parse(wire(outcome))).toEqual(outcome);
  });

  it.each([
    ['entity', { entity: 'x'.repeat(129) }],
    ['entity', { entity: '' }],
    ['tenant', { tenant: 't.1' }],
    ['connection', { connection: 'c 1' }],
    ['provider', { provider: 'airbnb' }],
    ['lane', { lane: 'bulk' }],
    ['kind', { kind: 'room' }],
    ['reason', { reason: 'because' }],
    ['receipt', { receipt: 'r>' }],
  ])('are refused for a wrong %s, by name', (field, wrong) => {
    expect(fetchJob.safeParse({ ...job, ...wrong }).error?.issues.map(({ path }) => path.join('.'))).toEqual([field]);
  });
});
