import { hostaway } from '@roomwire/pms-adapters';
import { pms } from '@roomwire/pms-port';
import { pagePlan, readPlan, withoutDoubles } from './plan.ts';
import { account, jobOf } from './testing/reading.ts';

const provider = pms(hostaway);

describe('a plan', () => {
  it('is a request where the provider has one', () => {
    expect(readPlan([jobOf()], account, provider)).toMatchObject({ method: 'GET', ids: ['7'] });
  });

  it('is made once for kinds that one request reads', () => {
    const jobs = [
      jobOf({ kind: 'availability', entity: '40160:2027-01' }),
      jobOf({ kind: 'availability', entity: '40160:2027-02' }),
      jobOf({ kind: 'rate', entity: '40160:2027-01' }),
      jobOf({ kind: 'unit-type', entity: '40160' }),
      jobOf({ kind: 'rate', entity: 'no calendar' }),
      jobOf({ kind: 'rate', entity: 'no calendar' }),
    ];

    // What nothing can read stays: whoever fetches it says why.
    expect(withoutDoubles(jobs, account, provider)).toEqual([jobs[0], jobs[1], jobs[3], jobs[4], jobs[5]]);
  });

  it('is a dead letter’s reason where nothing reads or lists that', () => {
    const nights = { from: '2027-01-01', until: '2027-12-31' };
    for (const refused of [
      readPlan([jobOf({ kind: 'ticket' })], account, provider),
      readPlan([jobOf({ entity: '..' })], account, provider),
      pagePlan({ list: 'castles', since: null, nights, cursor: null }, account, provider),
    ])
      expect(refused).toMatchObject({ kind: 'reject', reason: 'invalid-request' });
  });
});
