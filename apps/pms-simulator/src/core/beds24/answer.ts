import type { Answer } from '../request.ts';
import { drifted, type Call } from '../route.ts';

export const BASE = '/api/v2';

/** {success, type, code, error} (SPEC). */
export const problem = (code: number, error: string): Answer => ({
  status: code,
  body: { success: false, type: 'error', code, error },
});

/** One page is 100 (observed). */
const PAGE = 100;

export function paged<T extends object>(
  call: Call,
  type: string,
  all: readonly T[],
  wire: (one: T) => object = (one) => one,
): Answer {
  const { query, path } = call.request;
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1);
  const from = drifted(call, (page - 1) * PAGE);
  const data = all.slice(from, from + PAGE).map(wire);
  const nextPageExists = from + PAGE < all.length;
  const next = new URLSearchParams(query);
  next.set('page', String(page + 1));
  const nextPageLink = nextPageExists ? `https://beds24.com${path}?${next.toString()}` : null;
  return { status: 200, body: { success: true, type, count: data.length, pages: { nextPageExists, nextPageLink }, data } };
}

export type Outcome = Record<string, unknown> & { success: boolean };

/** 201 even where everything was refused: `success` of each item tells (HC). */
export const created = (outcomes: readonly Outcome[]): Answer => ({ status: 201, body: outcomes });

export const refusal = (action: string, field: string, message: string): Outcome => ({
  success: false,
  errors: [{ action, field, message }],
});

export const NOT_AN_ARRAY: Answer = { status: 400, body: { success: false, code: 400, error: 'Request body must be an array' } };

/** Lists are said by repeating the name, with or without brackets. */
export const listOf = (query: URLSearchParams, name: string): string[] => [...query.getAll(name), ...query.getAll(`${name}[]`)];

export const isSet = (query: URLSearchParams, name: string): boolean => query.get(name) === 'true' || query.get(name) === '1';

export const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
