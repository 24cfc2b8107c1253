import { TransientMap } from '@roomwire/collections';

type Task = { of: unknown; run: () => Promise<void> };

/**
 * Runs tasks of at most `limit` keys at once, and of each key one at a time and in order. But what waits and is `of` the same as the one
 * whose turn it is runs along with that, up to `together` of them: the more a key is behind, the less each of its tasks waits for.
 */
export class KeyedPool {
  /** By key, what has not begun; a key is here while it waits or runs. */
  private readonly queues = new TransientMap<string, Task[]>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;

  constructor(
    private readonly limit: number,
    private readonly together = 1,
  ) {}

  /** Settles as the task does; one that throws holds up nobody. */
  run(key: string, task: () => Promise<void>, of: unknown = task): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const mine = { of, run: () => Promise.try(task).then(resolve, reject) };
    const queue = this.queues.get(key);
    if (queue) queue.push(mine);
    else {
      this.queues.set(key, [mine]);
      void this.serve(key);
    }
    return promise;
  }

  private async serve(key: string): Promise<void> {
    while (this.queues.get(key)!.length > 0) {
      await this.slot();
      await Promise.all(this.turnOf(key).map(({ run }) => run()));
      this.release();
    }
    this.queues.delete(key);
  }

  /** The next one, and what may run along with it. */
  private turnOf(key: string): Task[] {
    const queue = this.queues.get(key)!;
    const turn = queue.filter(({ of }) => of === queue[0]!.of).slice(0, this.together);
    this.queues.set(
      key,
      queue.filter((task) => !turn.includes(task)),
    );
    return turn;
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
