import { type z } from 'zod';
import { jsonOf, type Answer } from '../request.ts';
import { drifted, type Call, type Route } from '../route.ts';
import { invalid, ok } from './answer.ts';

export const BASE = '/api/connector/v1';

/** Only `POST`, and all that is asked is in the body (M:guidelines/requests.md). */
export function operation<S extends z.ZodType>(
  name: string,
  schema: S,
  answer: (call: Call, asked: z.output<S>) => Answer,
): Route {
  return {
    method: 'POST',
    path: `${BASE}/${name}`,
    answer(call) {
      const asked = schema.safeParse(jsonOf(call.request));
      if (!asked.success) return invalid(asked.error.issues[0]?.path.join('.') || 'request');
      return answer(call, asked.data);
    },
  };
}

/** Written out only where it is on the page: times of a zone are dear. */
export type Item = { Id: string; at: number; wire: () => object };

/**
 * Newest first; the cursor is the id of the oldest item given (M:guidelines/pagination.md). Items behind a cursor are those older than
 * its own, whether or not that still passes the filter.
 */
export function listed(
  call: Call,
  name: string,
  {
    all,
    wanted,
    page,
  }: { all: readonly Item[]; wanted: (item: Item) => boolean; page: { Count: number; Cursor?: string | null | undefined } },
): Answer {
  const byAge = [...all].sort((a, b) => b.at - a.at || (a.Id < b.Id ? 1 : -1));
  const last = page.Cursor ? byAge.findIndex(({ Id }) => Id === page.Cursor!.toLowerCase()) : -1;
  if (page.Cursor && last === -1) return invalid('Limitation.Cursor');
  const found = byAge.filter(wanted);
  const passed = byAge.slice(0, last + 1).filter(wanted).length;
  const from = drifted(call, passed);
  const items = found.slice(from, from + page.Count);
  return ok({ [name]: items.map(({ wire }) => wire()), Cursor: items.at(-1)?.Id ?? null });
}
