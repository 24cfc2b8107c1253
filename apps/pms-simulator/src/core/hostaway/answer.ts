import type { Answer } from '../request.ts';

/** {status, result, limit, offset, count, page, totalPages}: the envelope of every list (D:index.html.md). */
export type Page = { limit: number; offset: number; count: number };

export const success = (result: unknown, page?: Page): Answer => ({
  status: 200,
  body: { status: 'success', result, ...(page ? pageFields(page) : {}) },
});

/** On failure `result` is a message (D:index.html.md). */
export const fail = (status: number, result: string): Answer => ({ status, body: { status: 'fail', result } });

/** The body says `message`, not `result`: the documented exception. */
export const TOO_MANY: Answer = {
  status: 429,
  body: {
    status: 'fail',
    message:
      'This error occurs because a server detects that your application has exceeded the rate limits or has made too many requests in a given period of time.',
  },
};

export const pageOf = (query: URLSearchParams, defaultLimit = 100): { limit: number; offset: number } => ({
  limit: whole(query.get('limit'), defaultLimit, 1),
  offset: whole(query.get('offset'), 0, 0),
});

/** A list cut to its page. */
export function paged<Item>(
  items: readonly Item[],
  query: URLSearchParams,
  view: (item: Item) => unknown = (item) => item,
): Answer {
  const { limit, offset } = pageOf(query);
  return success(items.slice(offset, offset + limit).map(view), { limit, offset, count: items.length });
}

export const isSet = (query: URLSearchParams, name: string): boolean => query.get(name) === '1';

/** What is no number is as if it were not said: NOT FOUND how Hostaway answers it. */
function whole(text: string | null, otherwise: number, least: number): number {
  const value = text === null ? NaN : Number(text);
  return Number.isInteger(value) && value >= least ? value : otherwise;
}

const pageFields = ({ limit, offset, count }: Page): object => ({
  ...{ limit, offset, count, page: Math.floor(offset / limit) + 1, totalPages: Math.ceil(count / limit) },
});
