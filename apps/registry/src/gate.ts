import { TransientSet } from '@roomwire/collections';
import type { Memory } from './memory.ts';
import { Rewound } from './record-store.ts';

/**
 * Runs work on a tenant only while Redis' memory of it is whole; finds out, has it made whole, and lets the work try again. No work
 * sees two memories: another one is gone by only when all work that was begun on the last one has ended.
 */
export class Gate {
  private readonly attaching = new Map<string, Promise<void>>();
  private readonly open = new Set<string>();
  private readonly running = new Map<string, TransientSet<Promise<unknown>>>();

  /** `makeWhole` resolves when the memory is whole and this process goes by it. */
  constructor(
    private readonly memory: Pick<Memory, 'loseSight'>,
    private readonly makeWhole: (tenant: string) => Promise<void>,
  ) {}

  /** @throws what `work` throws, and {@link Rewound} only when it did so three times over. */
  async within<T>(tenant: string, work: () => Promise<T>): Promise<T> {
    for (let round = 1; ; round++) {
      while (!this.open.has(tenant)) await this.attach(tenant);
      try {
        return await this.run(tenant, work);
      } catch (error) {
        if (!(error instanceof Rewound)) throw error;
        this.open.delete(tenant);
        if (round === 3) throw error;
      }
    }
  }

  isOpen(tenant: string): boolean {
    return this.open.has(tenant);
  }

  /** Single flight: whoever comes while a rebuild runs waits for it. */
  attach(tenant: string): Promise<void> {
    const running = this.attaching.get(tenant) ?? this.find(tenant).finally(() => this.attaching.delete(tenant));
    this.attaching.set(tenant, running);
    return running;
  }

  /** The connection to Redis broke. Of work that is under way every further call is refused. */
  close(): void {
    this.memory.loseSight();
    this.open.clear();
  }

  private async find(tenant: string): Promise<void> {
    await Promise.allSettled([...(this.running.get(tenant) ?? [])]);
    await this.makeWhole(tenant);
    this.open.add(tenant);
  }

  private async run<T>(tenant: string, work: () => Promise<T>): Promise<T> {
    const running = this.running.get(tenant) ?? new TransientSet();
    this.running.set(tenant, running);
    const done = work();
    const leave = running.add(done);
    try {
      return await done;
    } finally {
      leave();
    }
  }
}
