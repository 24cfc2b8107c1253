import type { z } from 'zod';

export type Wrong = { field: string; message: string };
type Fields = z.ZodObject;

/**
 * What a request asks, or everything that is wrong with it, each by the name of its parameter. A parameter that nobody knows is
 * wrong too: a misspelt filter that is passed over would answer with what was not asked for.
 */
export function askedOf<P extends Fields, Q extends Fields>(
  { params, query }: { params: P; query: Q },
  given: { params: unknown; query: unknown },
): { asked: z.output<P> & z.output<Q> } | { wrong: Wrong[] } {
  const [path, search] = [params.safeParse(given.params), query.safeParse(given.query)];
  if (path.success && search.success) return { asked: { ...path.data, ...search.data } };
  return { wrong: [...wrongOf(path.error, params), ...wrongOf(search.error, query)] };
}

function wrongOf(error: z.ZodError | undefined, { shape }: Fields): Wrong[] {
  const known = Object.keys(shape);
  const expected = known.length ? `expected only ${known.join(', ')}` : 'expected none';
  return (error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((field) => ({ field, message: `unknown parameter: ${expected}` }))
      : [{ field: String(issue.path[0]), message: issue.message }],
  );
}
