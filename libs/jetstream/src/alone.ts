/**
 * Ordinary work goes on side by side; a suspect runs alone, so that it takes no neighbour with it should it kill the process.
 * Fair: while a suspect waits, nobody else begins.
 */
export class Alone {
  private beside = 0;
  private last: Promise<void> = Promise.resolve();
  private idle: (() => void) | undefined;

  async withOthers<T>(work: () => Promise<T>): Promise<T> {
    let seen: Promise<void>;
    do await (seen = this.last);
    while (seen !== this.last);
    this.beside++;
    try {
      return await work();
    } finally {
      if (--this.beside === 0) this.idle?.();
    }
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.last = promise;
    await before;
    if (this.beside > 0) await new Promise<void>((done) => (this.idle = done));
    this.idle = undefined;
    try {
      return await work();
    } finally {
      resolve();
    }
  }
}
