/** So many may go, or as many as there are, before the table is made anew. */
const GONE_MIN = 16;

type Box<V> = { value: V | undefined };

/**
 * A Map that lives long and whose entries do not: what is in flight. V8's own replaces its table as entries come and go, and each table
 * points at its successor. Once one of them has become old, the dead chain keeps every later one, and all that was in them, through
 * every collection of young garbage (ADR 0039). Here the table is left behind, before long, for one that nothing points at; and it holds
 * boxes, that are emptied when their entry goes: what a dead table still points at keeps nothing but keys.
 *
 * In order of insertion, and in amortised constant time, as a Map.
 */
export class TransientMap<K, V extends NonNullable<unknown>> {
  private table = new Map<K, Box<V>>();
  private gone = 0;

  get size(): number {
    return this.table.size;
  }

  get(key: K): V | undefined {
    return this.table.get(key)?.value;
  }

  has(key: K): boolean {
    return this.table.has(key);
  }

  set(key: K, value: V): this {
    const box = this.table.get(key);
    if (box) box.value = value;
    else this.table.set(key, { value });
    return this;
  }

  /** True: it was there. */
  delete(key: K): boolean {
    const box = this.table.get(key);
    if (!box) return false;
    box.value = undefined;
    this.table.delete(key);
    if (++this.gone >= Math.max(GONE_MIN, this.table.size)) this.renew();
    return true;
  }

  clear(): void {
    for (const box of this.table.values()) box.value = undefined;
    this.table.clear();
    this.renew();
  }

  /** What is deleted while somebody walks is not shown. */
  *[Symbol.iterator](): Generator<[K, V], undefined> {
    for (const [key, { value }] of this.table) if (value !== undefined) yield [key, value];
  }

  *values(): Generator<V, undefined> {
    for (const { value } of this.table.values()) if (value !== undefined) yield value;
  }

  private renew(): void {
    this.table = new Map(this.table);
    this.gone = 0;
  }
}

/** The same of a Set: who adds takes out. */
export class TransientSet<T extends NonNullable<unknown>> {
  private readonly members = new TransientMap<number, T>();
  private added = 0;

  get size(): number {
    return this.members.size;
  }

  /** Takes it out again; a second time does nothing. */
  add(member: T): () => void {
    const place = this.added++;
    this.members.set(place, member);
    return () => void this.members.delete(place);
  }

  [Symbol.iterator](): Generator<T, undefined> {
    return this.members.values();
  }
}
