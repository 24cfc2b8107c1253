import type { Log } from '@roomwire/telemetry';

const AGAIN_MS = 1_000;

/**
 * What is made of a connection that may not be there yet. The gateway listens before the broker does: it answers 503 and is ready
 * all the same, since its peers could do no better.
 */
export class Link<T> {
  private made: T | undefined;
  private stopped = false;

  constructor(
    private readonly make: () => Promise<T>,
    private readonly log: Log,
  ) {}

  get current(): T | undefined {
    return this.made;
  }

  /** Tries until it works. Not awaited by whoever starts a service. */
  async start(): Promise<void> {
    while (!this.made && !this.stopped) {
      try {
        this.made = await this.make();
      } catch (error) {
        this.log.warn({ err: error }, 'no link yet: will try again');
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  stop(): void {
    this.stopped = true;
  }
}
