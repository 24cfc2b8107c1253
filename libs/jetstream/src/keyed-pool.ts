/**
 * Runs tasks of at most `limit` keys at once, each key's in their order: one at a time, or as many as have come by the key's turn, up to
 * `together`. They take one place: the more a key is behind, the less each of its tasks waits for.
 */
export class KeyedPool {
  /** By key, what has not begun; a key is here while it waits or runs. */
  private readonly queues = new Map<string, (() => Promise<void>)[]>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(
    private readonly limit: number,
    private readonly together = 1,
  ) {}

  /** Settles as the task does; one that throws holds up nobody. */
  run(key: string, task: () => Promise<void>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const settled = (): Promise<void> => Promise.try(task).then(resolve, reject);
    const queue = this.queues.get(key);
    if (queue) queue.push(settled);
    else {
      this.queues.set(key, [settled]);
      void this.serve(key);
    }
    return promise;
  }

  private async serve(key: string): Promise<void> {
    for (const queue = this.queues.get(key)!; queue.length > 0;) {
      await this.slot();
      await Promise.all(queue.splice(0, this.together).map((task) => task()));
      this.release();
    }
    this.queues.delete(key);
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
