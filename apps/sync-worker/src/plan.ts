import type { Connection, FetchJob } from '@roomwire/events';
import { reject, type Verdict } from '@roomwire/jetstream';
import { PmsError, type PageJob, type PagePlan, type Pms, type ReadPlan } from '@roomwire/pms-port';

export type Refusal = Extract<Verdict, { kind: 'reject' }>;

/** The request of a by-id read of what all jobs are for, which are of one kind; or why there can be none. */
export function readPlan(
  jobs: readonly FetchJob[],
  { account, unsaid }: Connection,
  provider: Pms,
  cursor?: string,
): ReadPlan | Refusal {
  const entities = [...new Set(jobs.map(({ entity }) => entity))];
  return planned(() => provider.readRequest({ kind: jobs[0]!.kind, entities, cursor }, { account, unsaid }));
}

/** The request of a page, or why there can be none. */
export function pagePlan(page: PageJob, { account, unsaid }: Connection, provider: Pms): PagePlan | Refusal {
  return planned(() => provider.pageRequest(page, { account, unsaid }));
}

/** Of jobs that one and the same request reads the first: its answer tells what all of them ask for. */
export function withoutDoubles(jobs: readonly FetchJob[], connection: Connection, provider: Pms): FetchJob[] {
  const asked = new Set<string>();
  return jobs.filter((job) => {
    const plan = readPlan([job], connection, provider);
    if ('kind' in plan) return true; // whoever fetches it says why
    const request = JSON.stringify([plan.method, plan.path, plan.body]);
    return !asked.has(request) && asked.add(request);
  });
}

export function refused({ code, message }: PmsError): Refusal {
  return reject(code, message) as Refusal;
}

function planned<P>(make: () => P): P | Refusal {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PmsError)) throw error;
    return refused(error);
  }
}
