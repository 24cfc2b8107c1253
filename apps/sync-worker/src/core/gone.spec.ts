import { facet, type FetchJob } from '@roomwire/events';
import { confirmation, tellsGone, waitOf } from './gone.ts';

const now = Date.parse('2026-07-01T12:00:00.000Z');
const job: FetchJob = {
  ...{ tenant: 't1', provider: 'hostaway', connection: 'c1', kind: 'reservation', entity: '13', lane: 'live' },
  ...{ reason: 'hint', hintAt: '2026-07-01T11:00:00.000Z', receipt: 'receipt-1' },
};

describe('confirmation', () => {
  it('asks again before an entity is called gone', () => {
    expect(confirmation(job, true, now)).toEqual({ ...job, reason: 'confirm-gone', hintAt: '2026-07-01T12:00:00.000Z' });
  });

  it('believes the second one, and any answer that holds something', () => {
    expect(confirmation({ ...job, reason: 'confirm-gone' }, true, now)).toBeUndefined();
    expect(confirmation(job, false, now)).toBeUndefined();
  });
});

describe('tellsGone', () => {
  const stamp = { epoch: 0, modifiedAt: 1, rank: 1 as const, observedAt: 1, mapping: 1 };
  const told = (entity: string, state: 'present' | 'gone', kind: FetchJob['kind'] = 'reservation') => ({
    ...{ kind, connection: 'c1', entity },
    facets: { existence: facet({ state }, stamp) },
  });

  it('looks at the entity that was asked for, and at no other', () => {
    expect(tellsGone(job, [told('12', 'present'), told('13', 'gone')])).toBe(true);
    for (const tellings of [[], [told('13', 'present')], [told('12', 'gone')], [told('13', 'gone', 'message')]])
      expect(tellsGone(job, tellings)).toBe(false);
  });
});

describe('waitOf', () => {
  it("lets the provider's readers catch up first, and never waits for another job", () => {
    const asked = confirmation(job, true, now)!;

    expect(waitOf(asked, 9_000, now)).toBe(9_000);
    expect(waitOf(asked, 9_000, now + 4_000)).toBe(5_000);
    expect(waitOf(asked, 9_000, now + 9_000)).toBe(0);
    expect(waitOf(job, 9_000, now)).toBe(0);
  });
});
