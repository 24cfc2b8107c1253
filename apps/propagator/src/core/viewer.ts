import { limitsPlace, matchesPlace, matchesTopic, type Filter } from './filter.ts';
import type { Entry } from './table.ts';

/**
 * Which messages one client is told. A change that leaves the client's filter is told once more, or its board would show the
 * entity for ever in the room that it left. For that, a client that limits property or unit has a memory of what it was shown.
 */
export class Viewer {
  readonly #filter: Filter;
  readonly #shown: Set<string> | undefined;

  constructor(filter: Filter) {
    this.#filter = filter;
    this.#shown = limitsPlace(filter) ? new Set() : undefined;
  }

  snapshot(entries: Iterable<Entry>): Entry[] {
    this.#shown?.clear();
    const matching: Entry[] = [];
    for (const entry of entries) {
      if (!this.#matches(entry)) continue;
      this.#shown?.add(entry.subject);
      matching.push(entry);
    }
    return matching;
  }

  /**
   * What the client has not seen since the sequence `after`. Nobody knows what a place-limited client was shown before: an entity
   * outside its filter now may have been inside, so it is told too, unless it is new or cannot move (rooms, conflicts).
   */
  since(entries: Iterable<Entry>, after: number): Entry[] {
    const missed: Entry[] = [];
    for (const entry of entries) {
      const matches = this.#matches(entry);
      if (matches) this.#shown?.add(entry.subject);
      if (entry.seq > after && (matches || this.#mayHaveLeft(entry))) missed.push(entry);
    }
    return missed;
  }

  /** A live message: told or not. */
  wants(entry: Entry): boolean {
    if (!matchesTopic(this.#filter, entry.facts)) return false;
    if (!this.#shown) return true;
    const { place, previous } = entry.facts;
    const here = matchesPlace(this.#filter, place);
    if (here) this.#shown.add(entry.subject);
    return here || this.#shown.delete(entry.subject) || (previous !== undefined && matchesPlace(this.#filter, previous));
  }

  #matches({ facts }: Entry): boolean {
    return matchesTopic(this.#filter, facts) && matchesPlace(this.#filter, facts.place);
  }

  #mayHaveLeft({ facts }: Entry): boolean {
    const moves = facts.kind !== 'room' && facts.kind !== 'conflict' && facts.revision > 1;
    return this.#shown !== undefined && moves && matchesTopic(this.#filter, facts);
  }
}
