/** What this process has seen of something: since when it has stood where it stands, by a clock that only counts on, ms. */
export type Sight = { at: string; since: number };

/** By our own sight and clock: nobody's word of when it last moved is needed. The same sight again where it has not. */
export function sightAt(before: Sight | undefined, at: string, elapsed: number): Sight {
  return before?.at === at ? before : { at, since: elapsed };
}
