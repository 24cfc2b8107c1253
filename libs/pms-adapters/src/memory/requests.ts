import { kind, type Kind } from '@roomwire/events';
import {
  pathSegment,
  PmsError,
  type Listings,
  type PageEnd,
  type PageJob,
  type PagePlan,
  type ReadJob,
  type ReadPlan,
} from '@roomwire/pms-port';
import { wirePage } from './wire.ts';

export const READS: readonly Kind[] = kind.options;

/** One by its path, whose 404 says gone; several by a list, which leaves out what is not there. */
export function readRequest({ kind, entities }: ReadJob): ReadPlan {
  const ids = [...entities];
  if (ids.length === 1)
    return { operation: `read-${kind}`, method: 'GET', path: `/${kind}/${pathSegment(ids[0]!)}`, ids, answers: [404] };
  const query = new URLSearchParams(ids.map((id) => ['id', id]));
  return { operation: `read-many-${kind}`, method: 'GET', path: `/${kind}?${query.toString()}`, ids };
}

export const listings: Listings = {
  lists: [{ name: 'entities', kinds: READS, changedSince: true, sinceResolutionMs: 1_000 }],
  pageRequest,
  pageEnd,
};

function pageRequest({ since, cursor }: PageJob): PagePlan {
  const query = new URLSearchParams({
    ...(since === null ? {} : { since: new Date(since).toISOString() }),
    ...(cursor === null ? {} : { after: cursor }),
  });
  return { operation: 'list-entities', method: 'GET', path: `/entities?${query.toString()}` };
}

function pageEnd(_job: PageJob, body: unknown): PageEnd {
  const page = wirePage.safeParse(body);
  if (!page.success) throw new PmsError('malformed-answer', { provider: 'memory', operation: 'list-entities' });
  return { next: page.data.next, items: page.data.entities.length };
}
