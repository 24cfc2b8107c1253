interface Waiting<T> {
  matches: (item: T) => boolean;
  take: (item: T) => void;
  fail: (error: Error) => void;
}

/** Items that arrive by themselves and tests that wait for one: each item is taken once, in the order in which it came. */
export class WaitingList<T> {
  readonly #untaken: T[] = [];
  readonly #waiting = new Set<Waiting<T>>();
  #closed: Error | undefined;

  arrived(item: T): void {
    for (const waiting of this.#waiting) if (waiting.matches(item)) return waiting.take(item);
    this.#untaken.push(item);
  }

  /** Who waits, and who will, fails with this. What has already arrived can still be taken. */
  close(error: Error): void {
    this.#closed ??= error;
    this.#waiting.forEach((waiting) => waiting.fail(error));
  }

  /** The first item not yet taken that matches; items before it stay for others. */
  next(matches: (item: T) => boolean, withinMs: number, what: string): Promise<T> {
    const index = this.#untaken.findIndex(matches);
    if (index >= 0) return Promise.resolve(...(this.#untaken.splice(index, 1) as [T]));
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        act();
      };
      const waiting: Waiting<T> = {
        matches,
        take: (item) => finish(() => resolve(item)),
        fail: (error) => finish(() => reject(error)),
      };
      const timer = setTimeout(
        () => waiting.fail(new Error(`no ${what} within ${withinMs} ms; untaken: ${this.#untaken.length}`)),
        withinMs,
      );
      this.#waiting.add(waiting);
    });
  }
}
