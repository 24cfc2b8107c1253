/** A bucket that compares and sets, as KvTable has it. */
export class MemoryTable<T> {
  private readonly held = new Map<string, { value: T; seq: number; deleted: false }>();
  private seq = 0;

  keys(): string[] {
    return [...this.held.keys()];
  }

  get(key: string): T | undefined {
    return this.held.get(key)?.value;
  }

  async entryFromLeader(key: string): Promise<{ value: T; seq: number; deleted: boolean } | undefined> {
    return this.held.get(key);
  }

  async create(key: string, value: T): Promise<boolean> {
    if (this.held.has(key)) return false;
    this.keep(key, value);
    return true;
  }

  async update(key: string, value: T, expected: number): Promise<number | undefined> {
    return this.held.get(key)?.seq === expected ? this.keep(key, value) : undefined;
  }

  keep(key: string, value: T): number {
    this.held.set(key, { value, seq: ++this.seq, deleted: false });
    return this.seq;
  }
}
