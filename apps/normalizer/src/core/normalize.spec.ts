import {
  eventMessage,
  facet,
  fetchJob,
  outcomeMessage,
  parseSubject,
  subjectOf,
  type EntityRecord,
  type Kind,
} from '@roomwire/events';
import type { Decoded } from '@roomwire/pms-port';
import { duplicateOutcome, normalize, type Origin } from './normalize.ts';

const receipt = '0190a000-0000-7000-8000-000000000000';
const receivedAt = '2027-01-11T12:00:00.000Z';
const origin: Origin = {
  tenant: 't1',
  provider: 'memory',
  connection: 'c1',
  lane: 'live',
  context: { via: 'push', receipt, receivedAt },
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  hops: { received: 1, stored: 2, normalized: 3 },
  epoch: 0,
  replay: '',
};
const stamp = { epoch: 0, modifiedAt: Date.parse(receivedAt) * 1000, rank: 0 as const, observedAt: 0, mapping: 1 };
const telling = (kind: Kind, entity: string, core: unknown): EntityRecord => ({
  kind,
  connection: 'c1',
  entity,
  facets: { core: facet(core, stamp) },
});
const unit = telling('unit', 'u1', { property: 'p 1', unitType: null, name: 'Sea' });
const property = telling('property', 'p1', { name: 'House', timeZone: 'UTC', checkIn: null, checkOut: null });
const decoded = (parts: Partial<Decoded>): Decoded => ({ tellings: [], hints: [], rejects: [], ignored: [], ...parts });
const bad = (pointer: string) => ({ reason: 'schema' as const, pointer, detail: 'expected an id' });

describe('normalize', () => {
  it('makes an event of each telling, on the subject of its pipeline and property', () => {
    const { events, reject, dead } = normalize(decoded({ tellings: [unit, property] }), origin);

    expect(events.map(({ subject }) => subjectOf(subject))).toEqual([
      'pms.t1.event.live.booking.p=201',
      'pms.t1.event.live.booking.p1',
    ]);
    expect(events[0]).toMatchObject({
      id: `ev:${events[0]!.body.id}`,
      body: { receipt, receivedat: receivedAt, tenant: 't1', data: unit, traceparent: origin.traceparent },
    });
    for (const { body } of events) expect(eventMessage.parse(body)).toEqual(body);
    expect([reject, dead]).toEqual([undefined, []]);
  });

  it('stamps every facet with the epoch of the connection, so that it outranks what was told before a reset', () => {
    const [before] = normalize(decoded({ tellings: [unit] }), origin).events;
    const [after] = normalize(decoded({ tellings: [unit] }), { ...origin, epoch: 2 }).events;

    expect(after!.body.data.facets['core']).toEqual({
      ...unit.facets['core'],
      version: { ...unit.facets['core']!.version, epoch: 2 },
    });
    expect(after!.id).not.toBe(before!.id);
    expect(eventMessage.parse(after!.body)).toEqual(after!.body);
  });

  it('steers by the unit where no property is named, and by the entity itself where neither is', () => {
    const status = telling('unit-status', 's1', { unit: 'u1', status: 'clean', by: null });
    const task = telling('task', 'k1', { unit: null, type: 'other', status: 'open', title: 'Call', due: null });

    const { events } = normalize(decoded({ tellings: [status, task] }), origin);

    expect(events.map(({ subject }) => subject)).toMatchObject([
      { pipeline: 'housekeeping', property: 'u1' },
      { pipeline: 'housekeeping', property: 'k1' },
    ]);
  });

  it('keeps the lane, of jobs too', () => {
    const hints = [{ kind: 'unit' as const, entity: 'u1', reason: 'hint' as const }];
    const { events, jobs } = normalize(decoded({ tellings: [unit], hints }), { ...origin, lane: 'bulk' });

    expect(jobs[0]).toMatchObject({ subject: { lane: 'poll' }, body: { lane: 'poll' } });

    expect(events[0]).toMatchObject({ subject: { lane: 'bulk' }, body: { lane: 'bulk' } });
  });

  it('makes a job and an outcome of each hint', () => {
    const { jobs, outcomes } = normalize(decoded({ hints: [{ kind: 'reservation', entity: 'r/1', reason: 'hint' }] }), origin);

    expect(jobs.map(({ subject, id }) => [subjectOf(subject), id])).toEqual([
      ['pms.t1.fetch.live.memory.c1.reservation.r=2F1', `fetch:${receipt}:reservation:r/1`],
    ]);
    expect(fetchJob.parse(jobs[0]!.body)).toMatchObject({ reason: 'hint', hintAt: receivedAt, receipt, lane: 'live' });
    expect(jobs[0]!.body).not.toHaveProperty('modifiedAt');
    expect(outcomes.map(({ body }) => outcomeMessage.parse(body))).toMatchObject([
      { verdict: 'hinted', kind: 'reservation', entity: 'r/1', hops: origin.hops },
    ]);
  });

  it('hands on the hint’s own time, by which its read is measured', () => {
    const hint = { kind: 'reservation' as const, entity: 'r/1', reason: 'hint' as const, modifiedAt: 7_000_000 };

    expect(fetchJob.parse(normalize(decoded({ hints: [hint] }), origin).jobs[0]!.body)).toMatchObject({ modifiedAt: 7_000_000 });
    const removal = { kind: 'reservation' as const, entity: 'r/1', reason: 'hint' as const, gone: true as const };
    expect(fetchJob.parse(normalize(decoded({ hints: [removal] }), origin).jobs[0]!.body)).toMatchObject({ gone: true });
  });

  it('lets the good parts go on, and makes each bad one a dead letter and an outcome', () => {
    const { events, dead, reject, outcomes } = normalize(
      decoded({ tellings: [unit], rejects: [bad('/entities/1'), bad('/entities/7')] }),
      origin,
    );

    expect(events).toHaveLength(1);
    expect(dead.map(({ pointer }) => pointer)).toEqual(['/entities/1', '/entities/7']);
    expect(reject).toBeUndefined();
    expect(outcomes.map(({ body }) => [body.verdict, body.detail])).toEqual([['rejected', 'schema /entities/1'], ['rejected', 'schema /entities/7']]); // prettier-ignore
  });

  it('rejects the message as one where nothing of it is good', () => {
    const single = normalize(decoded({ rejects: [bad('/entities/0')] }), origin);
    const several = normalize(decoded({ rejects: [bad('/entities/0'), bad('')] }), origin);

    expect(single).toMatchObject({ dead: [], reject: bad('/entities/0') });
    expect(several).toMatchObject({
      dead: [],
      reject: {
        reason: 'schema',
        pointer: '',
        detail: expect.stringMatching(/^all 2 parts: \/entities\/0 schema.*; \/ schema/) as string,
      },
    });
  });

  it('says what was ignored, and rejects nothing for it', () => {
    const { outcomes, reject, dead } = normalize(decoded({ ignored: ['no entities'], rejects: [bad('/a')] }), origin);

    expect(outcomes.map(({ body }) => body.verdict)).toEqual(['ignored', 'rejected']);
    expect([reject, dead.length]).toEqual([undefined, 1]);
  });

  it('lets no event leave whose envelope its own schema refuses', () => {
    const told = decoded({ tellings: [unit], hints: [{ kind: 'unit', entity: 'u2', reason: 'hint' }] });

    const { events, dead } = normalize(told, { ...origin, traceparent: 'x'.repeat(129) });

    expect(events).toEqual([]);
    expect(dead).toEqual([
      {
        reason: 'schema',
        pointer: '/event/unit/u1',
        detail: expect.stringMatching(/does not fit an event at \/traceparent/) as string,
      },
    ]);
  });

  it('tells what becomes of a replay under its name, and into how many parts it was taken apart', () => {
    const parts = decoded({
      tellings: [unit, property],
      hints: [{ kind: 'unit', entity: 'u2', reason: 'hint' }],
      rejects: [bad('/a')],
      ignored: ['x'],
    });

    const told = normalize(parts, { ...origin, replay: 'r1-7' });

    expect(told.outcomes.map(({ body }) => outcomeMessage.parse(body))).toEqual([
      expect.objectContaining({ verdict: 'decoded', parts: 5, replay: 'r1-7' }),
      ...['hinted', 'ignored', 'rejected'].map((verdict) => expect.objectContaining({ verdict, replay: 'r1-7' }) as unknown),
    ]);
    const first = new Set(normalize(parts, origin).outcomes.map(({ id }) => id));
    expect(told.outcomes.filter(({ id }) => first.has(id))).toEqual([]);
    expect(told.events).toEqual(normalize(parts, origin).events);
  });

  it('gives everything an id and a subject of its own, the same at every repeat', () => {
    const parts = decoded({
      tellings: [unit, property],
      hints: [{ kind: 'unit', entity: 'u2', reason: 'hint' }],
      rejects: [bad('/a'), bad('/b')],
      ignored: ['x', 'y'],
    });

    const all = ({ events, jobs, outcomes }: ReturnType<typeof normalize>) => [...events, ...jobs, ...outcomes];
    const ids = all(normalize(parts, origin)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(all(normalize(parts, origin)).map(({ id }) => id)).toEqual(ids);
    for (const { subject } of all(normalize(parts, origin))) expect(parseSubject(subjectOf(subject))).toEqual(subject);
  });
});

describe('duplicateOutcome', () => {
  it('names the receipt whose event was told before', () => {
    const [event] = normalize(decoded({ tellings: [unit] }), origin).events;

    expect(outcomeMessage.parse(duplicateOutcome(event!, origin).body)).toMatchObject({
      verdict: 'duplicate',
      receipt,
      kind: 'unit',
      entity: 'u1',
    });
  });
});
