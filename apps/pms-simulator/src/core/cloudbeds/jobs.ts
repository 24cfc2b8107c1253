import type { Done } from '../act-scene.ts';
import { pushedAs } from '../push.ts';
import { setRates } from '../rates.ts';
import type { Knock } from '../route.ts';
import type { Account } from '../world.ts';
import { cloudbedsOf, type Job } from './own.ts';

const KEPT_MS = 7 * 86_400_000;

/** A job is done when its time has come: whoever calls next finds the rates set. Those without a rate stay as they are. */
export function settleJobs(knock: Knock, account: Account): void {
  const own = cloudbedsOf(account);
  for (const job of own.jobs.filter(({ done, dueAt }) => !done && dueAt <= knock.now)) {
    job.done = true;
    for (const { listing, startDate: from, endDate: until, set } of job.updates) {
      if (!listing) continue;
      pushedAs({ ...knock, account }, 'rates', (): Done => {
        setRates(account, listing, { from, until }, set);
        return {
          kind: 'rates',
          id: listing.id,
          listings: [listing.id],
          notices: [{ about: 'rates', listing, unitId: null, from, until }],
        };
      });
    }
  }
  own.jobs = own.jobs.filter(({ at }) => at >= knock.now - KEPT_MS);
}

export const statusOf = ({ updates, done }: Job): string =>
  !done ? 'in_progress' : updates.some(({ listing }) => !listing) ? 'error' : 'completed';
