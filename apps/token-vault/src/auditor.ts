import { randomUUID } from 'node:crypto';
import type { Connection } from '@roomwire/events';
import type { Log } from '@roomwire/telemetry';
import { MINUTE_MS, MinuteTally, type Count } from './core/minute-tally.ts';
import type { AuditEntry, Journal } from './journal.ts';

/** Lines of refusals that a caller gets in a minute from one process; the rest are counted. */
const REFUSALS_MAX = 60;

type Asked = { operation: string; caller: string; tenant?: string; connection?: string };

/** Decides what of the vault's doings is a line of the trail, and what is counted there by minute. */
export class Auditor {
  private readonly tally = new MinuteTally();
  private minute = 0;
  private readonly told = new Set<string>();
  private readonly linesOf = new Map<string, number>();

  constructor(private readonly parts: { journal: Journal; log: Log; now: () => number }) {}

  /** Before the change: without an entry there is no change, and a crash in between leaves one that says `asked`. */
  asked(entry: Omit<AuditEntry, 'verdict'>): Promise<void> {
    return this.parts.journal.audit({ ...entry, verdict: 'asked' }, randomUUID());
  }

  /** How what was asked has ended. */
  done(entry: Omit<AuditEntry, 'verdict'>): Promise<void> {
    return this.parts.journal.audit({ ...entry, verdict: 'done' }, randomUUID());
  }

  leased(caller: string, { id, tenant }: Connection): void {
    this.tally.add(this.parts.now(), { operation: 'lease', caller, tenant, connection: id });
  }

  /** One line a minute for each cause, and a count: whoever is refused may ask a thousand times a second. */
  async refused(asked: Asked, code: string): Promise<void> {
    const id = ['refused', asked.operation, asked.caller, asked.tenant, asked.connection, code].join(':');
    const { operation, caller, connection } = asked;
    if (!this.isLine(id, caller))
      return this.tally.add(this.parts.now(), { operation, caller, code, ...(connection === undefined ? {} : { connection }) });
    // A vault that cannot write this cannot change anything either; the log has it all the same.
    await this.parts.journal
      .audit({ ...asked, verdict: 'refused', code }, `${id}:${this.minute}`)
      .catch((error: unknown) => this.parts.log.warn({ ...asked, err: error }, 'a refusal was not audited'));
  }

  /** Writes the counts of minutes that are over. What cannot be written is lost, and the log says so: it is a count. */
  async flush(now = this.parts.now()): Promise<void> {
    for (const count of this.tally.take(now))
      await this.parts.journal
        .audit(countedEntry(count), randomUUID())
        .catch((error: unknown) => this.parts.log.error({ ...count, err: error }, 'a count was not audited'));
  }

  private isLine(id: string, caller: string): boolean {
    const minute = Math.floor(this.parts.now() / MINUTE_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.told.clear();
      this.linesOf.clear();
    }
    const lines = this.linesOf.get(caller) ?? 0;
    if (this.told.has(id) || lines >= REFUSALS_MAX) return false;
    this.told.add(id);
    this.linesOf.set(caller, lines + 1);
    return true;
  }
}

function countedEntry({ at, ...count }: Count): AuditEntry {
  return { ...count, verdict: 'counted', minute: new Date(at).toISOString() };
}
