import { TransientMap } from '@roomwire/collections';

export type Pending = { subject: string; seq: number };

/**
 * What a client has not been sent yet: at most one message per subject, the newest, in ascending sequence. Offers must come in
 * ascending sequence too; then a Map's order of insertion is the order of sequences, and every step is O(1).
 */
export class Conflation<T extends Pending> {
  readonly #pending = new TransientMap<string, T>();

  get size(): number {
    return this.#pending.size;
  }

  /** True where an older message of the subject was waiting and now never goes out. */
  offer(item: T): boolean {
    const waited = this.#pending.delete(item.subject);
    this.#pending.set(item.subject, item);
    return waited;
  }

  peek(): T | undefined {
    return this.#pending.values().next().value;
  }

  take(): T | undefined {
    const item = this.peek();
    if (item) this.#pending.delete(item.subject);
    return item;
  }

  clear(): void {
    this.#pending.clear();
  }
}
