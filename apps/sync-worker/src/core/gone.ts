import { isGone, type EntityRecord, type FetchJob } from '@roomwire/events';

/**
 * The job that asks again, where the answer says "gone" for the first time; undefined where the answer stands. `now` in epoch ms.
 * A 404 right after a `created` is more often a reader that is behind than an entity that is gone, and nothing but another by-id read
 * would bring it back: one is not believed, nor one empty list of those who answer so (ARCHITECTURE.md §4).
 */
export function confirmation(job: FetchJob, saysGone: boolean, now: number): FetchJob | undefined {
  if (!saysGone || job.reason === 'confirm-gone') return undefined;
  return { ...job, reason: 'confirm-gone', hintAt: new Date(now).toISOString() };
}

/** Whether an answer says of the job's entity that it is not there, in whichever words its provider has for that. */
export function tellsGone({ kind, entity }: FetchJob, tellings: readonly EntityRecord[]): boolean {
  return tellings.some((told) => told.kind === kind && told.entity === entity && isGone(told));
}

/** How long a job must still wait before its read can tell more than the one before, ms. */
export function waitOf(job: FetchJob, readLagMs: number, now: number): number {
  return job.reason === 'confirm-gone' ? Math.max(0, Date.parse(job.hintAt) + readLagMs - now) : 0;
}
