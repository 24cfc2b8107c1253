export type Window = { /** The place after which it begins; undefined: the start. */ after: string | undefined; limit: number };
export type Part<T> = { items: T[]; /** The place where it ended; null: there is nothing behind it. */ last: string | null };

/** A page of what is held in memory, in the order of the ids: the only order that new and departed members do not shift. */
export function partOf<T>(all: readonly T[], idOf: (one: T) => string, { after, limit }: Window): Part<T> {
  const behind = all.filter((one) => after === undefined || idOf(one) > after);
  const items = behind.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1)).slice(0, limit);
  return { items, last: behind.length > limit ? idOf(items.at(-1)!) : null };
}
