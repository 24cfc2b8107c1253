import type { FetchJob } from '@roomwire/events';
import { confirmation, waitOf } from './gone.ts';

const now = Date.parse('2026-07-01T12:00:00.000Z');
const job: FetchJob = {
  ...{ tenant: 't1', provider: 'hostaway', connection: 'c1', kind: 'reservation', entity: '13', lane: 'live' },
  ...{ reason: 'hint', hintAt: '2026-07-01T11:00:00.000Z', receipt: 'receipt-1' },
};

describe('confirmation', () => {
  it('asks again before an entity is called gone', () => {
    expect(confirmation(job, 404, now)).toEqual({ ...job, reason: 'confirm-gone', hintAt: '2026-07-01T12:00:00.000Z' });
  });

  it('believes the second 404, and any answer that holds something', () => {
    expect(confirmation({ ...job, reason: 'confirm-gone' }, 404, now)).toBeUndefined();
    expect(confirmation(job, 200, now)).toBeUndefined();
  });
});

describe('waitOf', () => {
  it("lets the provider's readers catch up first, and never waits for another job", () => {
    const asked = confirmation(job, 404, now)!;

    expect(waitOf(asked, 9_000, now)).toBe(9_000);
    expect(waitOf(asked, 9_000, now + 4_000)).toBe(5_000);
    expect(waitOf(asked, 9_000, now + 9_000)).toBe(0);
    expect(waitOf(job, 9_000, now)).toBe(0);
  });
});
