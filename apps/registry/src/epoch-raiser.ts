import { z } from 'zod';
import type { Connection } from '@roomwire/events';
import type { KvTable } from '@roomwire/jetstream';
import type { Journal } from './journal.ts';

/** When a connection's epoch was raised last by us (KV `sync`, key `epoch.<connection>`). */
export const raise = z.strictObject({ epoch: z.int().min(1), at: z.iso.datetime() });
export type Raise = z.infer<typeof raise>;

/** Somebody else wrote to the connection (its state, say), so often in a row. */
const ROUNDS_MAX = 5;

/**
 * Raises a connection's epoch, once in `everyMs` at most. The right to do so is taken first, durably: whatever crashes afterwards, a
 * provider that contradicts itself for ever costs one walk over its records in that time and no more.
 */
export class EpochRaiser {
  constructor(
    private readonly connections: KvTable<Connection>,
    private readonly raises: KvTable<Raise>,
    private readonly journal: Journal,
    private readonly everyMs: number,
    private readonly now: () => number,
  ) {}

  isTooSoon(connection: string): boolean {
    return this.isWithin(this.raises.get(keyOf(connection)));
  }

  /** The new epoch; undefined: not raised, since somebody was faster or it is too soon. `epoch`: what the evidence is of. @throws {BusError} */
  async raise(tenant: string, id: string, epoch: number, entities: readonly string[]): Promise<number | undefined> {
    for (let round = 1; round <= ROUNDS_MAX; round++) {
      const held = await this.connections.entryFromLeader(id);
      if (held?.value?.tenant !== tenant || (held.value.epoch ?? 0) !== epoch) return undefined;
      if (round === 1 && !(await this.claim(id, epoch + 1))) return undefined;
      const said = { action: 'reset', connection: id, epoch: epoch + 1, reason: 'reads agree against the record', entities };
      if (round === 1) await this.journal.audit(tenant, said);
      if ((await this.connections.update(id, { ...held.value, epoch: epoch + 1 }, held.seq)) !== undefined) return epoch + 1;
    }
    return undefined;
  }

  private async claim(id: string, epoch: number): Promise<boolean> {
    const held = await this.raises.entryFromLeader(keyOf(id));
    if (this.isWithin(held?.value)) return false;
    const mine = { epoch, at: new Date(this.now()).toISOString() };
    return (await this.raises.update(keyOf(id), mine, held?.seq ?? 0)) !== undefined;
  }

  private isWithin(last: Raise | undefined): boolean {
    return last !== undefined && this.now() - Date.parse(last.at) < this.everyMs;
  }
}

const keyOf = (connection: string): string => `epoch.${connection}`;
