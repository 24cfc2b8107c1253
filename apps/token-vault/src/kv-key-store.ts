import { randomUUID } from 'node:crypto';
import { BusError, type Bus } from '@roomwire/jetstream';
import { dataRing, type DataRing } from './core/data-keys.ts';
import type { HeldRing, KeyStore } from './key-store.ts';

const STREAM = 'KV_vault';
/** Of two tokens: no connection's entry has its name. */
const SUBJECT = '$KV.vault.keys.ring';

export class KvKeyStore implements KeyStore {
  constructor(private readonly bus: Pick<Bus, 'publish' | 'lastOnLeader' | 'jsm'>) {}

  async read(): Promise<HeldRing> {
    const stored = await this.bus.lastOnLeader(STREAM, SUBJECT);
    if (!stored) return { ring: undefined, revision: 0 };
    return { ring: dataRing.parse(JSON.parse(new TextDecoder().decode(stored.data))), revision: stored.seq };
  }

  async write(ring: DataRing, revision: number): Promise<boolean> {
    try {
      await this.bus.publish(SUBJECT, ring, {
        ...{ id: `vault-keys:${randomUUID()}`, expectLast: revision },
        // Takes the place of every earlier one: the bucket's history would keep keys that were removed.
        headers: { 'Nats-Rollup': 'sub' },
      });
      return true;
    } catch (error) {
      if (error instanceof BusError && error.code === 'conflict') return false;
      throw error;
    }
  }

  async seq(): Promise<number> {
    const { state } = await (await this.bus.jsm()).streams.info(STREAM);
    return state.last_seq;
  }
}
