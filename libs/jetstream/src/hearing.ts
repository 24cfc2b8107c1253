import { heardKey, type Heard } from '@roomwire/events';
import type { Bus } from './bus.ts';

/** Of a connection it is told so often at most, ms: who watches for silence thinks in minutes. */
const EVERY_MS = 30_000;

/** Tells the others that a connection's webhooks come, or what its socket brings. It delays none of them, and is nobody's fault when it fails. */
export class Hearing {
  private readonly told = new Map<string, number>();

  constructor(
    private readonly bus: Pick<Bus, 'publish'>,
    private readonly now: () => number,
  ) {}

  heard(connection: string): void {
    const at = this.now();
    if (at - (this.told.get(connection) ?? 0) < EVERY_MS) return;
    this.told.set(connection, at);
    const value: Heard = { at };
    this.bus
      .publish(`$KV.sync.${heardKey(connection)}`, value, { id: `heard:${connection}:${at}` })
      .catch(() => this.told.delete(connection));
  }
}
