import { facet, type EntityRecord } from '@roomwire/events';
import { stepMsOf } from './budget.ts';
import { lateOf, nextPassAt, unrepairedMs, unseenMs } from './bounds.ts';
import { firstOf } from './pass.ts';
import { isOutside, isOver, isTracked } from './scope.ts';
import { markOf, marksOf } from './seen.ts';

const NOW = 1_800_000_000_000;
const NIGHTS = { from: '2027-01-10', until: '2027-03-10' };
const BOUNDS = { foundMs: 60_000, repairedMs: 10_000 };

const of = (kind: EntityRecord['kind'], core: object): EntityRecord => ({
  ...{ kind, connection: 'c1', entity: '7' },
  facets: { core: facet(core, { epoch: 0, modifiedAt: 1, rank: 1, observedAt: 2, mapping: 1 }) },
});

describe('the budget of calls', () => {
  it('is a share of the strictest limit, and of credits what a call may cost', () => {
    const perSecond = { scope: 'account', limit: 20, windowMs: 10_000 } as const;
    const perAddress = { scope: 'egress', limit: 10, windowMs: 10_000 } as const;
    const credits = { scope: 'account', limit: 100, windowMs: 300_000, unit: 'credits' } as const;
    expect(stepMsOf([perSecond, perAddress], 0.1)).toBe(10_000);
    expect(stepMsOf([credits], 0.5)).toBe(12_000);
    expect(stepMsOf([{ ...credits, dearest: 10 }], 0.5)).toBe(60_000);
    expect(stepMsOf([], 0.1)).toBe(0);
  });
});

describe('what is compared', () => {
  it.each([
    ['a stay within', 'reservation', { arrival: '2027-01-09', departure: '2027-01-14' }, false],
    ['a stay that is over', 'reservation', { arrival: '2027-01-01', departure: '2027-01-11' }, true],
    ['a stay far ahead', 'reservation', { arrival: '2027-03-09', departure: '2027-03-12' }, true],
    ['an old message', 'message', { sentAt: '2027-01-02T10:00:00Z' }, true],
    ['a task that nobody has dated', 'task', { due: null }, false],
    ['a ticket that has ended', 'ticket', { from: '2026-01-01', until: '2026-02-01' }, true],
    ['a house', 'property', {}, false],
  ] as const)('%s', (_name, kind, core, expected) => {
    expect(isOutside(of(kind, core), NIGHTS)).toBe(expected);
  });

  it('asks nobody for what some lists leave out unasked', () => {
    const over = ['cancelled', 'confirmed'].map((status) => isOver(of('reservation', { status })));
    expect([...over, isOver(of('task', { status: 'done' })), isOver(of('unit-status', { status: 'clean' }))]).toEqual([
      ...[true, false],
      ...[true, false],
    ]);
    expect([
      isTracked('reservation', ['reservation']),
      isTracked('message', ['reservation']),
      isTracked('rate', ['rate']),
    ]).toEqual([true, false, false]);
  });

  it('knows again what it has seen, by kind and name', () => {
    const marks = [markOf('task', '7'), markOf('unit', '7')];
    expect(new Set(marks).size).toBe(2);
    expect(marksOf(marks.join(''))).toEqual(marks);
    expect(marksOf('')).toEqual([]);
  });
});

describe('the bounds', () => {
  const held = firstOf({ tenant: 't1', provider: 'hostaway', id: 'c1' }, NOW);
  const last = {
    startedAt: NOW,
    endedAt: NOW + 20_000,
    pages: 1,
    items: 1,
    calls: 1,
    found: { missing: 0, changed: 0, older: 0, unlisted: 0 },
  };
  const divergence = {
    kind: 'task',
    entity: '7',
    why: 'missing',
    epoch: 0,
    stamp: 1,
    says: {},
    askedAt: null,
    seenAt: NOW,
  } as const;

  it('says how long something may have stood unfound: since the last comparison began', () => {
    expect([unseenMs(held, NOW + 5), unseenMs({ ...held, last }, NOW + 30_000)]).toEqual([5, 30_000]);
    expect([lateOf({ ...held, last }, BOUNDS, NOW + 60_000), lateOf({ ...held, last }, BOUNDS, NOW + 60_001)]).toEqual([
      null,
      'found',
    ]);
  });

  it('says how long the oldest that was found has stood', () => {
    const open = [
      { ...divergence, foundAt: NOW + 5 },
      { ...divergence, foundAt: NOW },
    ];
    expect([unrepairedMs(held, NOW + 9), unrepairedMs({ ...held, open }, NOW + 9)]).toEqual([0, 9]);
    expect([lateOf({ ...held, open }, BOUNDS, NOW + 10_000), lateOf({ ...held, open }, BOUNDS, NOW + 10_001)]).toEqual([
      null,
      'repaired',
    ]);
  });

  it('compares twice in the time that something may stand', () => {
    expect([nextPassAt(held, BOUNDS), nextPassAt({ ...held, last }, BOUNDS)]).toEqual([0, NOW + 30_000]);
  });
});
