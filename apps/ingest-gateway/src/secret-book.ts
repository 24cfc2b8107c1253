import type { WebhookSecret } from '@roomwire/pms-port';
import { VaultError, type VaultClient, type Whose } from '@roomwire/vault-client';
import { standingOf, type Known } from './core/secrets.ts';

/** Two askings of the vault about one connection are so far apart: forged requests must not become a load on it. */
const ASK_EVERY_MS = 1_000;
/** Requests of one connection that wait for the next asking. */
const WAITING_MAX = 16;
/** That nothing is set is worth asking again soon: a secret may be on its way. */
const NO_SECRET_MS = 5_000;

export type Clock = { now(): number; sleep(ms: number): Promise<void> };
export type From = 'cached' | 'fetched' | 'stale' | 'unavailable';

type Entry = {
  known?: Known;
  /** When the last asking began; the next waits for its turn. */
  askedAt: number;
  asking?: { since: number; answer: Promise<Known | undefined> };
  queued?: Promise<Known | undefined>;
  waiting: number;
  failing: boolean;
};

/** The webhook secrets of each connection, as fresh as the vault allows and as stale as an outage needs. */
export class SecretBook {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly vault: Pick<VaultClient, 'webhookSecrets'>,
    private readonly staleMsMax: number,
    private readonly clock: Clock,
    private readonly count: (from: From) => void = () => undefined,
  ) {}

  /** What to verify with; undefined while nobody can tell. */
  async secrets(whose: Whose): Promise<readonly WebhookSecret[] | undefined> {
    const entry = this.entryOf(whose);
    const standing = standingOf(entry.known, this.clock.now(), this.staleMsMax);
    if (standing === 'fresh') return this.counted('cached', entry.known);
    // While the vault is known to be down nobody waits for its deadline again: one asks in the background.
    if (standing === 'stale' && entry.failing) {
      if (!entry.asking && this.wait(entry) === 0) void this.ask(entry, whose);
      return this.counted('stale', entry.known);
    }
    const told = await (entry.asking?.answer ?? this.next(entry, whose));
    if (told) return this.counted('fetched', told);
    const usable = standingOf(entry.known, this.clock.now(), this.staleMsMax) === 'none' ? undefined : entry.known;
    return this.counted(usable ? 'stale' : 'unavailable', usable);
  }

  /**
   * As the vault tells them at or after `since`: before a sender is called forged, since the secret may just have been replaced.
   * undefined: nobody can tell.
   */
  async secretsSince(whose: Whose, since: number): Promise<readonly WebhookSecret[] | undefined> {
    const entry = this.entryOf(whose);
    if (entry.known && entry.known.askedAt >= since) return entry.known.secrets;
    if (entry.waiting >= WAITING_MAX) return undefined;
    entry.waiting++;
    try {
      const under = entry.asking;
      return (await (under && under.since >= since ? under.answer : this.next(entry, whose)))?.secrets;
    } finally {
      entry.waiting--;
    }
  }

  /** The next asking, in its turn; whoever comes before it begins shares it. */
  private next(entry: Entry, whose: Whose): Promise<Known | undefined> {
    return (entry.queued ??= this.turn(entry).then(() => {
      delete entry.queued;
      return this.ask(entry, whose);
    }));
  }

  private async turn(entry: Entry): Promise<void> {
    await entry.asking?.answer;
    const ms = this.wait(entry);
    if (ms > 0) await this.clock.sleep(ms);
  }

  private wait(entry: Entry): number {
    return Math.max(0, entry.askedAt + ASK_EVERY_MS - this.clock.now());
  }

  private ask(entry: Entry, whose: Whose): Promise<Known | undefined> {
    const since = (entry.askedAt = this.clock.now());
    const answer = this.told(whose, since).then((known) => {
      delete entry.asking;
      entry.failing = known === undefined;
      if (known) entry.known = known;
      return known;
    });
    entry.asking = { since, answer };
    return answer;
  }

  private async told(whose: Whose, askedAt: number): Promise<Known | undefined> {
    try {
      return { ...(await this.vault.webhookSecrets(whose)), askedAt };
    } catch (error) {
      const nothingSet = error instanceof VaultError && error.code === 'no-secret';
      return nothingSet ? { secrets: [], askedAt, validForMs: NO_SECRET_MS } : undefined;
    }
  }

  private counted(from: From, known: Known | undefined): readonly WebhookSecret[] | undefined {
    this.count(from);
    return known?.secrets;
  }

  private entryOf({ tenant, connection }: Whose): Entry {
    const key = `${tenant}/${connection}`;
    const entry = this.entries.get(key) ?? { askedAt: -Infinity, waiting: 0, failing: false };
    this.entries.set(key, entry);
    return entry;
  }
}
