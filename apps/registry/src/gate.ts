import type { EpochStore } from './epoch-store.ts';
import type { Memory } from './memory.ts';
import { Rewound } from './record-store.ts';

/** Runs work on a tenant only while Redis' memory of it is whole; finds out, has it rebuilt, and lets the work try again. */
export class Gate {
  private readonly attaching = new Map<string, Promise<void>>();
  private readonly open = new Set<string>();

  constructor(
    private readonly epochs: Pick<EpochStore, 'adopt'>,
    private readonly memory: Memory,
    private readonly rebuild: (tenant: string) => Promise<void>,
  ) {}

  /** @throws what `work` throws, and {@link Rewound} only when it did so three times over. */
  async within<T>(tenant: string, work: () => Promise<T>): Promise<T> {
    for (let round = 1; ; round++) {
      if (!this.open.has(tenant)) await this.attach(tenant);
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Rewound) || round === 3) throw error;
        this.open.delete(tenant);
      }
    }
  }

  /** Single flight: whoever comes while a rebuild runs waits for it. */
  attach(tenant: string): Promise<void> {
    const running = this.attaching.get(tenant) ?? this.find(tenant).finally(() => this.attaching.delete(tenant));
    this.attaching.set(tenant, running);
    return running;
  }

  private async find(tenant: string): Promise<void> {
    if (!(await this.epochs.adopt(tenant))) await this.rebuild(tenant);
    if (this.memory.of(tenant).epoch !== 'none') this.open.add(tenant);
  }
}
