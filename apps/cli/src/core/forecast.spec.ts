import { eventOf, facet, headersOfRaw, type Connection, type EntityRecord, type RawContext } from '@roomwire/events';
import { pms, type PmsAdapter, type RawMessage } from '@roomwire/pms-port';
import { forecastOf, foreseen, isOldRead, rereadsOf, understood } from './forecast.ts';
import type { Letter } from './letter-view.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const connection: Connection = {
  ...{ id: 'c1', tenant: 't1', provider: 'memory', status: 'active', account: null, baseUrl: null, unitsOf: null },
  epoch: 2,
};
const unit = (name: string, modifiedAt: number): EntityRecord => ({
  ...{ kind: 'unit', connection: 'c1', entity: 'u1' },
  facets: {
    core: facet({ property: 'p', unitType: null, name }, { epoch: 0, modifiedAt, rank: 0, observedAt: 0, mapping: 1 }),
  },
});
const letter = (subject: string, body: unknown, context?: RawContext): Letter => ({
  ...{ id: 't1:7', tenant: 't1', stage: 's', provider: 'memory', connection: 'c1', kind: '', reason: 'r', detail: '' },
  ...{ pointer: '', path: '', errorClass: '', attempts: 1, firstAt: '', lastAt: '', fingerprint: 'f', traceparent: '' },
  origin: { stream: 'WORK_t1', seq: 1, subject },
  receipt: 'receipt-1',
  headers: context ? headersOfRaw(context) : {},
  data: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
});
const push: RawContext = { via: 'push', receipt: 'receipt-1', receivedAt: '2026-11-21T11:00:00.000Z' };
const read = (receivedAt: string, ids?: string[]): RawContext => ({
  ...{ via: 'read', receipt: 'receipt-1', receivedAt },
  read: { kind: 'unit', operation: 'o', status: 200, observedAt: 1, providerDate: null, ...(ids ? { ids } : {}) },
});
/** Understands everything as one unit, or as what it throws. */
const reader = (decode: (raw: RawMessage) => ReturnType<PmsAdapter['decode']>) =>
  pms({ decode, clocks: {}, capabilities: { reads: ['unit'] } } as never);
const tells = reader(() => ({
  tellings: [],
  hints: [{ kind: 'unit', entity: 'u2', reason: 'hint' }],
  rejects: [],
  ignored: ['x'],
}));

const PAGE = {
  ...{ tenant: 't1', provider: 'memory', connection: 'c1', kind: 'page', list: 'l', lane: 'poll', page: 0 },
  round: '0190a000-0000-4000-8000-000000000000',
};

describe('what would come of a letter', () => {
  const RAW = 'pms.t1.raw.live.memory.c1';
  const EVENT = 'pms.t1.event.live.booking.p';
  const told = (record: EntityRecord, tenant = 't1') =>
    eventOf(record, { tenant, provider: 'memory', lane: 'live', receipt: 'receipt-1', receivedAt: push.receivedAt });
  const foretold = (of: Letter, held?: EntityRecord, by = tells, known: Connection | undefined = connection) => {
    const what = understood(of, known, by);
    return forecastOf(
      what,
      what.tellings.map((telling) => foreseen(telling, held)),
    );
  };

  it.each([
    ['an event that is news', letter(EVENT, told(unit('New', 9))), 'replayed', 'applied'],
    ['an event that is outdated', letter(EVENT, told(unit('Old', 3))), 'superseded', 'stale'],
    ['an event that is known', letter(EVENT, told(unit('Held', 5))), 'superseded', 'duplicate'],
    ['an event of somebody else', letter(EVENT, told(unit('New', 9), 't2')), 'failed-again', 'wrong-tenant /tenant'],
    ['an event that is none', letter(EVENT, {}), 'failed-again', 'schema /specversion'],
    ['bytes that are no JSON', letter(EVENT, 'x'), 'failed-again', 'not-json'],
    ['a hint', letter(RAW, {}, push), 'replayed', 'hinted, ignored'],
    ['bytes without their headers', letter(RAW, {}), 'failed-again', 'bad-headers'],
    ['a page of a list', letter('pms.t1.fetch.poll.memory.c1.page.l', PAGE), 'replayed', 'hinted'],
    ['a job that is none', letter('pms.t1.fetch.poll.memory.c1.unit.u1', {}), 'failed-again', 'schema /tenant'],
    ['a subject that nobody takes', letter('pms.t1.command.w.p', {}), 'failed-again', 'wrong-subject'],
  ])('%s', (_, of, fate, detail) => {
    expect(foretold(of, unit('Held', 5))).toEqual({ fate, detail });
  });

  it('is a failure where the connection is not there, or is another’s, or nothing decodes it', () => {
    const of = letter(RAW, {}, push);
    expect(foretold(of, undefined, tells, { ...connection, tenant: 't2' }).detail).toBe('wrong-tenant');
    expect(forecastOf(understood(of, undefined, tells), []).detail).toBe('unknown-connection');
    expect(forecastOf(understood(of, connection, undefined), []).detail).toBe('no-adapter');
    const broken = reader(() => {
      throw new TypeError('bug');
    });
    expect(foretold(of, undefined, broken).detail).toBe('adapter-threw');
  });

  it('names what readers would see change', () => {
    const held = unit('Held', 5);
    expect(foreseen(unit('New', 9), held)).toMatchObject({
      outcome: 'applied',
      changes: [{ facet: 'core', before: { name: 'Held' }, after: { name: 'New' } }],
    });
    expect(foreseen(unit('Old', 3), held).changes).toEqual([]);
  });
});

describe('a read of long ago', () => {
  it('is more than a day old, and no push', () => {
    expect(isOldRead(letter('x', {}, read('2026-11-20T11:59:59.000Z')), NOW)).toBe(true);
    expect(isOldRead(letter('x', {}, read('2026-11-20T12:00:01.000Z')), NOW)).toBe(false);
    expect(isOldRead(letter('x', {}, { ...push, receivedAt: '2026-01-01T00:00:00.000Z' }), NOW)).toBe(false);
  });

  it('is made again of what it asked for, else of what it told of', () => {
    const what = (context: RawContext) => ({
      ...{ tellings: [unit('A', 1)], hints: [], rejects: [], ignored: 0 },
      read: context as Extract<RawContext, { via: 'read' }>,
    });
    const jobs = (context: RawContext) => rereadsOf(letter('x', {}, context), connection, what(context), NOW);
    expect(jobs(read('2026-01-01T00:00:00.000Z', ['u8', 'u9']))).toMatchObject([
      { kind: 'unit', entity: 'u8', lane: 'poll', reason: 'operator', receipt: 'receipt-1' },
      { entity: 'u9' },
    ]);
    expect(jobs(read('2026-01-01T00:00:00.000Z')).map(({ entity }) => entity)).toEqual(['u1']);
  });
});
