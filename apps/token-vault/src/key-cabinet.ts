import { randomBytes } from 'node:crypto';
import { decrypt, encrypt } from './cipher.ts';
import {
  activeOf,
  isRewrapDue,
  nextKeyId,
  rewrapped,
  withNewKey,
  withoutRetired,
  type DataKey,
  type DataRing,
} from './core/data-keys.ts';
import { KEY_BYTES, type KeyRing } from './core/key-ring.ts';
import { ringKeyData } from './core/sealed.ts';
import type { Keys } from './keeper.ts';
import type { KeyStore } from './key-store.ts';

export type CabinetParts = {
  store: KeyStore;
  now: () => number;
  /** Milliseconds of a clock that nobody sets. */
  monotonic: () => number;
};

/** The data keys, opened, as this process last saw them; and every change of the ring. */
export class KeyCabinet implements Keys {
  private ring: DataRing | undefined;
  private revision = 0;
  private opened = new Map<string, Uint8Array>();
  private activeSince = 0;

  constructor(
    private readonly parts: CabinetParts,
    private keks: KeyRing,
  ) {}

  active(): { id: string; bytes: Uint8Array } {
    const id = this.ring && activeOf(this.ring).id;
    const bytes = id === undefined ? undefined : this.opened.get(id);
    if (id === undefined || !bytes) throw new Error(this.problem() ?? 'no data key');
    return { id, bytes };
  }

  dataKey(id: string): Uint8Array | undefined {
    return this.opened.get(id);
  }

  kek(id: string): Uint8Array | undefined {
    return this.keks.keys.get(id);
  }

  use(keks: KeyRing): void {
    this.keks = keks;
  }

  /** Names keys, never their bytes. Undefined: everything in the ring can be opened. */
  problem(): string | undefined {
    if (!this.ring) return 'the data keys were not read yet';
    const closed = this.ring.keys.filter(({ id }) => !this.opened.has(id));
    return closed.length
      ? `no key here opens data key ${closed.map(({ id, kek }) => `${id} (wrapped by ${kek})`).join(', ')}`
      : undefined;
  }

  /** Data keys in the ring: more than one while a rotation is under way. */
  count(): number {
    return this.ring?.keys.length ?? 0;
  }

  /** For how long this process has seen the active key as such, ms. */
  activeForMs(): number {
    return this.parts.monotonic() - this.activeSince;
  }

  /** As the leader has it; the first ring is made by whoever finds none. */
  async refresh(): Promise<DataRing> {
    for (;;) {
      const { ring, revision } = await this.parts.store.read();
      if (ring) return this.take(ring, revision);
      await this.parts.store.write(withNewKey(undefined, this.newKey(undefined, revision)), revision);
    }
  }

  /** A new data key, active from now on. Answers its id; undefined where somebody else changed the ring meanwhile. */
  async rotate(): Promise<string | undefined> {
    const seq = await this.parts.store.seq();
    await this.refresh();
    // Ring and revision as they are at this instant: other looks are under way, and a ring written over a newer one would lose a key.
    const made = this.newKey(this.ring, seq);
    return (await this.change(withNewKey(this.ring, made))) ? made.id : undefined;
  }

  /** Wraps every data key by the key-encryption key that is active here, where that is due, and answers which that is. */
  async rewrap(): Promise<string | undefined> {
    const { ring } = this;
    const kek = this.keks.active;
    if (!ring || this.problem() || !isRewrapDue(ring, kek)) return undefined;
    const next = rewrapped(ring, kek, (id) => this.wrap(id, this.opened.get(id)!, kek));
    return (await this.change(next)) ? kek : undefined;
  }

  /** Removes all keys but the active one. Only when nothing is sealed under them any more. */
  async retire(active: string): Promise<boolean> {
    const { ring } = this;
    return ring && activeOf(ring).id === active ? this.change(withoutRetired(ring)) : false;
  }

  private async change(next: DataRing): Promise<boolean> {
    const written = await this.parts.store.write(next, this.revision);
    await this.refresh();
    return written;
  }

  private take(ring: DataRing, revision: number): DataRing {
    if (revision < this.revision) return this.ring!;
    if (!this.ring || activeOf(this.ring).id !== activeOf(ring).id) this.activeSince = this.parts.monotonic();
    // What was opened stays so: a key-encryption key that is already taken away here does not take the data keys with it.
    const opened = ring.keys.map((key) => [key.id, this.opened.get(key.id) ?? this.unwrapped(key)] as const);
    this.opened = new Map(opened.flatMap(([id, bytes]) => (bytes ? [[id, bytes] as const] : [])));
    this.ring = ring;
    this.revision = revision;
    return ring;
  }

  private newKey(ring: DataRing | undefined, fromSeq: number): DataKey {
    const [id, kek] = [nextKeyId(ring), this.keks.active];
    const bytes = randomBytes(KEY_BYTES);
    const wrapped = this.wrap(id, bytes, kek);
    bytes.fill(0);
    return { id, kek, wrapped, madeAt: this.parts.now(), fromSeq };
  }

  private wrap(id: string, bytes: Uint8Array, kek: string): string {
    return encrypt(this.keks.keys.get(kek)!, bytes, ringKeyData(id, kek)).toString('base64url');
  }

  private unwrapped({ id, kek, wrapped }: DataKey): Uint8Array | undefined {
    const key = this.keks.keys.get(kek);
    if (!key) return undefined;
    try {
      return decrypt(key, Buffer.from(wrapped, 'base64url'), ringKeyData(id, kek));
    } catch {
      return undefined; // another key of the same name, or the ring was altered
    }
  }
}
