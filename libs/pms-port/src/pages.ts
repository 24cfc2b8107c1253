import type { Kind } from '@roomwire/events';
import type { AccountContext, RequestPlan } from './adapter.ts';

/**
 * The lists that a provider gives page by page. A page is told as a read is, through `decode` (its context names `operation` and no
 * ids), with one difference: it never says that something exists or is gone.
 */
export type Listings = {
  lists: readonly Listing[];
  /**
   * The request of one page. Must leave out nothing that the provider would hide unasked (cancelled bookings). Must ask for what was
   * changed *at* `since` too. Items may move between pages while they are read: whoever drains overlaps and reads by id afterwards.
   * Must throw for a listing or a cursor that is none of its own; {@link Pms} makes that a PmsError('invalid-request').
   */
  pageRequest(job: PageJob, account: AccountContext): PagePlan;
  /** Reads what comes after a 2xx answer. Must throw PmsError('malformed-answer') when it cannot: a page is never the last by mistake. */
  pageEnd(job: PageJob, body: unknown): PageEnd;
};

export type Listing = {
  /** Lower-case words with hyphens; names the list in cursors, jobs and metrics for good. */
  name: string;
  /** What its pages tell. */
  kinds: readonly Kind[];
  /** Whether it can be asked for what was changed since an instant. If not, it is read whole each time. */
  changedSince: boolean;
  /** How coarse `since` is at the provider, ms: the cursor stays so far behind. A day where it takes dates in a zone nobody states. */
  sinceResolutionMs: number;
};

export type PageJob = {
  /** The listing's name. */
  list: string;
  /** What was changed at or after, epoch ms by the provider's clock; null: everything. */
  since: number | null;
  /** When this reading of the list began, epoch ms by our clock, for providers who want to know where changes end. Absent: not known. */
  startedAt?: number;
  /** The nights that matter, local dates, both included: what lies wholly outside may be left out. */
  nights: { from: string; until: string };
  /** `next` of the page before; null for the first. */
  cursor: string | null;
};

export type PagePlan = RequestPlan & { method: 'GET' | 'POST' };

/** `next`: opaque, at most 512 bytes, null at the end. `items`: on this page. `total`: of all pages, where the provider says so. */
export type PageEnd = { next: string | null; items: number; total?: number };
