import type { OutcomeMessage } from '@roomwire/events';
import { answersOf, hopsOf, isKnown, stepsOf, takerOf, type Traced } from './trace-story.ts';

const AT = Date.parse('2026-11-21T06:00:00Z');
const nothing: Traced = {
  ...{ tenant: 'acme', receipt: 'receipt-1', hops: {}, unseen: [], reads: [], changes: [], outcomes: [] },
  ...{ raw: [], events: [], jobs: [], copies: [], letters: [] },
};
const applied: OutcomeMessage & { at: number } = {
  ...{ tenant: 'acme', receipt: 'receipt-1', connection: 'c1', stage: 'registry', verdict: 'applied' },
  ...{ kind: 'reservation', entity: '9', revision: 7, hops: { received: AT, applied: AT + 23 }, at: AT + 24 },
};
const raw = { tenant: 'acme', family: 'raw', lane: 'live', provider: 'hostaway', connection: 'c1' } as const;
const job = { ...raw, family: 'fetch', kind: 'reservation', entity: '9' } as const;

describe('where a message is', () => {
  it.each<[string, Partial<Traced>, string]>([
    ['applied', { outcomes: [applied], hops: applied.hops }, 'applied as revision 7 of reservation c1/9, 23 ms after receipt'],
    ['stale', { outcomes: [{ ...applied, verdict: 'stale' }] }, 'stale reservation c1/9: older than what is known'],
    [
      'put off',
      { copies: [{ seq: 1, at: AT, stage: 'fetch-hostaway-live', dueAt: AT + 40_000, parkedFor: null, attempts: 1 }] },
      'waiting: a copy of fetch-hostaway-live is due in 40s',
    ],
    [
      'parked',
      { copies: [{ seq: 1, at: AT, stage: 'fetch-hostaway-live', dueAt: AT + 40_000, parkedFor: 'c1', attempts: 1 }] },
      'waiting: parked by fetch-hostaway-live until c1 is active',
    ],
    [
      'dead',
      {
        letters: [
          { id: 'acme:17', at: AT, stage: 'normalizer-live', reason: 'schema', detail: 'expected text', pointer: '/data/0' },
        ],
      },
      'dead letter acme:17: schema /data/0',
    ],
    [
      'not taken up',
      { raw: [{ seq: 1, at: AT - 3_000, subject: raw, isHanded: false }] },
      'waiting: raw, not taken up yet for 3s',
    ],
    [
      'to be read',
      { jobs: [{ seq: 1, at: AT - 3_000, subject: job, isHanded: true }] },
      'waiting: a read of reservation c1/9, in hand or handed over again soon for 3s',
    ],
    [
      'of a hint',
      { reads: [{ ...nothing, receipt: 'read-1', outcomes: [applied], hops: { requested: AT, applied: AT + 23 } }] },
      'read read-1: applied as revision 7 of reservation c1/9, 23 ms after the request',
    ],
  ])('%s', (_, found, answer) => {
    expect(answersOf({ ...nothing, ...found }, AT)).toEqual([answer]);
  });

  it('a repeat does not hide what the first one did, nor a telling of something else', () => {
    const again = { ...applied, verdict: 'duplicate' as const, at: AT + 99 };
    const other = { ...again, entity: '10' };

    expect(answersOf({ ...nothing, outcomes: [applied, again, other] }, AT)).toEqual([
      expect.stringMatching(/^applied .*c1\/9/),
      'duplicate reservation c1/10: told before',
    ]);
  });

  it('tells the way in the order of the stamps, what it caused one step further in', () => {
    const read = { ...nothing, receipt: 'read-1', hops: { requested: AT + 5, answered: AT + 9 } };
    const steps = stepsOf({ ...nothing, hops: { normalized: AT + 3, received: AT, unheard: AT }, reads: [read] });

    expect(steps.map(({ where, at, depth }) => [where, at - AT, depth])).toEqual([
      ['ingest-gateway', 0, 0],
      ['normalizer', 3, 0],
      ['sync-worker', 5, 1],
      ['sync-worker', 9, 1],
    ]);
    expect(isKnown(nothing)).toBe(false);
  });

  it('knows who takes what', () => {
    expect([raw, job, { ...job, family: 'event', pipeline: 'booking', property: 'p' } as const].map(takerOf)).toEqual([
      'normalizer-live',
      'fetch-hostaway-live',
      'registry-live-booking',
    ]);
    expect(takerOf({ tenant: 'acme', family: 'notice', type: 'x' })).toBeUndefined();
  });

  it('takes the first of two stamps', () => {
    expect(hopsOf(['received=5,stored=7', ''], [{ ...applied, hops: { received: 6, applied: 9 } }])).toEqual({
      received: 5,
      stored: 7,
      applied: 9,
    });
  });
});
