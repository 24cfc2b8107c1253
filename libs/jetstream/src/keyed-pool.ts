/** Runs tasks one at a time per key and at most `limit` at once. Tasks of one key keep their order. */
export class KeyedPool {
  private readonly tails = new Map<string, Promise<void>>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(private readonly limit: number) {}

  /** Resolves when the task has ended; a task must not throw. */
  run(key: string, task: () => Promise<void>): Promise<void> {
    const before = this.tails.get(key) ?? Promise.resolve();
    const mine = before.then(async () => {
      await this.slot();
      try {
        await task();
      } finally {
        this.release();
      }
    });
    this.tails.set(key, mine);
    return mine.finally(() => {
      if (this.tails.get(key) === mine) this.tails.delete(key);
    });
  }

  private async slot(): Promise<void> {
    if (this.running < this.limit) {
      this.running++;
      return;
    }
    // Whoever leaves hands its place on: nobody can slip in between.
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private release(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running--;
  }
}
