/** So many may go, or as many as there are, before the table is made anew. */
const GONE_MIN = 16;

/**
 * A Map that lives long and whose entries do not: what is in flight. V8's own replaces its table as entries come and go, and each table
 * points at its successor. Once one of them has become old, the dead chain keeps every later one, and all that was in them, through
 * every collection of young garbage (ADR 0039). Here the table is left behind, before that, for one that nothing points at.
 *
 * In order of insertion, and in amortised constant time, as a Map. One that is iterated may show an entry that was deleted meanwhile.
 */
export class TransientMap<K, V> {
  private table = new Map<K, V>();
  private gone = 0;

  get size(): number {
    return this.table.size;
  }

  get(key: K): V | undefined {
    return this.table.get(key);
  }

  has(key: K): boolean {
    return this.table.has(key);
  }

  set(key: K, value: V): this {
    this.table.set(key, value);
    return this;
  }

  /** True: it was there. */
  delete(key: K): boolean {
    const wasThere = this.table.delete(key);
    if (wasThere) this.gone += 1;
    if (this.gone >= Math.max(GONE_MIN, this.table.size)) this.leave(this.table);
    return wasThere;
  }

  clear(): void {
    this.leave([]);
  }

  keys(): MapIterator<K> {
    return this.table.keys();
  }

  values(): MapIterator<V> {
    return this.table.values();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.table.entries();
  }

  private leave(entries: Iterable<[K, V]>): void {
    this.table = new Map(entries);
    this.gone = 0;
  }
}

/** The same of a Set. */
export class TransientSet<T> {
  private readonly members = new TransientMap<T, true>();

  get size(): number {
    return this.members.size;
  }

  has(member: T): boolean {
    return this.members.has(member);
  }

  add(member: T): this {
    this.members.set(member, true);
    return this;
  }

  delete(member: T): boolean {
    return this.members.delete(member);
  }

  [Symbol.iterator](): MapIterator<T> {
    return this.members.keys();
  }
}
