/** Milliseconds. Ordinary work ends within a few; what kills a process does so at once. */
const PATIENCE_MS = 100;

/**
 * Ordinary work goes on side by side; a suspect runs alone, so that it takes no neighbour with it should it kill the process.
 * Fair: while a suspect waits, nobody else begins. But what does not come to an end is waited for no longer than a moment: a handler
 * that hangs may stop neither the suspects of other consumers nor their ordinary work.
 */
export class Alone {
  private beside = 0;
  /** When the youngest of those beside began. */
  private begunMs = 0;
  private last: Promise<void> = Promise.resolve();
  private idle: (() => void) | undefined;
  /** How many suspects of a consumer hang. */
  private readonly hanging = new Map<string, number>();

  constructor(private readonly patienceMs = PATIENCE_MS) {}

  async withOthers<T>(work: () => Promise<T>): Promise<T> {
    let seen: Promise<void>;
    do await (seen = this.last);
    while (seen !== this.last);
    this.beside++;
    this.begunMs = performance.now();
    try {
      return await work();
    } finally {
      if (--this.beside === 0) this.idle?.();
    }
  }

  /** `of`: the suspect's consumer. Where one of its suspects hangs already, the next would too, one moment after the other. */
  async alone<T>(of: string, work: () => Promise<T>): Promise<T> {
    const before = this.last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.last = promise;
    await before;
    if (this.hanging.has(of)) {
      resolve();
      return this.withOthers(work);
    }
    const untilMs = this.begunMs + this.patienceMs;
    if (this.beside > 0)
      await endsWithin(Math.max(0, untilMs - performance.now()), new Promise<void>((done) => (this.idle = done)));
    this.idle = undefined;
    const ended = work();
    if (!(await endsWithin(this.patienceMs, ended))) this.hangs(of, ended);
    resolve();
    return ended;
  }

  private hangs(of: string, work: Promise<unknown>): void {
    this.hanging.set(of, (this.hanging.get(of) ?? 0) + 1);
    const over = (): void => {
      const left = this.hanging.get(of)! - 1;
      if (left > 0) this.hanging.set(of, left);
      else this.hanging.delete(of);
    };
    work.then(over, over);
  }
}

/** False: it did not. One that fails has ended. */
async function endsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  const ended = (): void => resolve(true);
  work.then(ended, ended);
  const inTime = await promise;
  clearTimeout(timer);
  return inTime;
}
