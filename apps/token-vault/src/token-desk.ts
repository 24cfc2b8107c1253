import type { Connection } from '@roomwire/events';
import { PmsError, type PmsErrorCode, type TokenGrant } from '@roomwire/pms-port';
import type { Log } from '@roomwire/telemetry';
import { VaultError, type VaultAnswer } from '@roomwire/vault-client';
import type { ConnectionBook } from './connection-book.ts';
import type { VaultEntry } from './core/entry.ts';
import type { Place } from './core/sealed.ts';
import { decideLease, decideReport, granted, lapsed, refused, token, tokenOf, type Token } from './core/token.ts';
import type { Figures } from './figures.ts';
import type { Journal } from './journal.ts';
import type { Keeper } from './keeper.ts';
import { amend, type Held, type VaultStore } from './vault-store.ts';

/** Asks the provider for a token; throws PmsError. */
export type Grant = (connection: Connection, credentials: Record<string, string>) => Promise<TokenGrant>;

export type Shell = {
  store: VaultStore;
  keeper: Keeper;
  journal: Journal;
  book: ConnectionBook;
  grant: Grant;
  figures: Figures;
  log: Log;
  now: () => number;
  random: () => number;
  sleep: (ms: number) => Promise<void>;
};

/** An answer is not held back for longer than this, ms: callers wait 14 s, and the grant before it may have taken 8. */
const WAIT_MS_MAX = 3_000;
const ROUNDS_MAX = 4;

/** Gives out access tokens, and gets new ones. */
export class TokenDesk {
  /** One grant at a time for each connection in this process; between processes the entry's revision decides. */
  private readonly underway = new Map<string, Promise<void>>();

  constructor(private readonly shell: Shell) {}

  /** @throws {VaultError} */
  async lease(connection: Connection): Promise<VaultAnswer<'lease'>> {
    for (let round = 1; round <= ROUNDS_MAX; round++) {
      // Always from the leader: a replica that remembered would hand out the token whose report another one has dealt with.
      const { entry } = await this.shell.store.read(connection.id);
      if (entry?.owes) await this.tell(entry);
      const held = this.openToken(connection, entry);
      const decision = decideLease(entry, held, this.shell.now());
      if (decision.kind === 'refused') throw new VaultError(decision.code, { retryAfterMs: decision.retryAfterMs });
      if (decision.kind === 'grant') {
        await this.renew(connection, entry!.lease, false);
        continue;
      }
      if (decision.kind === 'wait') {
        if (decision.ms > WAIT_MS_MAX)
          throw new VaultError('unavailable', { detail: 'the token is not usable yet', retryAfterMs: decision.ms });
        await this.shell.sleep(decision.ms);
      }
      return { accessToken: held!.accessToken, validForMs: Math.max(0, decision.validForMs), lease: entry!.lease };
    }
    throw new VaultError('unavailable', { detail: 'no token could be settled upon' });
  }

  /** Renews at most once for each lease, however many report it. */
  async report(connection: Connection, report: { lease: number; code: string }): Promise<void> {
    const { entry } = await this.shell.store.read(connection.id);
    const decision = decideReport(entry, report, this.shell.now());
    this.shell.figures.reported(connection.provider, decision);
    if (decision === 'renew') return this.renew(connection, report.lease, true);
    if (decision === 'ignore') return;
    const after = await amend(this.shell.store, connection.id, (now) => {
      if (!now?.token || now.lease !== report.lease) return undefined;
      return decision === 'lapse' ? lapsed(now, this.shell.now(), this.shell.random()) : { ...now, token: null };
    });
    if (after?.owes) await this.tell(after);
  }

  /** Resolves when no grant is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.underway.values());
  }

  private renew(connection: Connection, lease: number, byReport: boolean): Promise<void> {
    const running = this.underway.get(connection.id);
    if (running) return running;
    const started = this.grantOnce(connection, lease, byReport).finally(() => this.underway.delete(connection.id));
    this.underway.set(connection.id, started);
    return started;
  }

  private async grantOnce(connection: Connection, lease: number, byReport: boolean): Promise<void> {
    const { entry } = await this.shell.store.read(connection.id);
    if (!entry?.credentials || entry.lease !== lease || this.shell.now() < entry.coolUntil) return; // another replica was here
    const credentials = this.shell.keeper.open(entry.credentials, placeOf(connection, 'credentials')) as Record<string, string>;
    const change = await this.ask(connection, credentials, byReport);
    // kill -9 here costs one more grant. What was granted belongs to the credentials it was granted for, and to nobody's successor.
    const after = await amend(this.shell.store, connection.id, (now) =>
      now?.lease === lease && now.credentials && this.isSame(connection, now.credentials, credentials) ? change(now) : undefined,
    );
    if (after?.owes) await this.tell(after);
  }

  /** By value: a rotation of keys seals the same credentials anew. */
  private isSame(connection: Connection, sealed: string, credentials: Record<string, string>): boolean {
    const now = this.shell.keeper.open(sealed, placeOf(connection, 'credentials'));
    return JSON.stringify(now) === JSON.stringify(credentials);
  }

  private async ask(
    connection: Connection,
    credentials: Record<string, string>,
    byReport: boolean,
  ): Promise<(entry: VaultEntry) => VaultEntry> {
    const { now, random, figures, log } = this.shell;
    const before = now();
    try {
      const grant = await this.shell.grant(connection, credentials);
      const at = now();
      const sealed = this.shell.keeper.seal(tokenOf(grant, before, at, random()), placeOf(connection, 'token'));
      figures.granted(connection.provider, 'granted');
      log.info(
        { tenant: connection.tenant, connection: connection.id, provider: connection.provider, by_report: byReport },
        'token granted',
      );
      return (entry) => granted(entry, sealed, at, byReport);
    } catch (error) {
      const failure = failureOf(error);
      figures.granted(connection.provider, failure.code);
      log.warn(
        { tenant: connection.tenant, connection: connection.id, provider: connection.provider, code: failure.code, err: error },
        'no token granted',
      );
      return (entry) => refused(entry, failure, now(), random(), byReport);
    }
  }

  /** The connection's status and the notice are a debt of the entry: paid by whoever sees it, until both are stored. */
  private async tell(entry: VaultEntry): Promise<void> {
    const { tenant, connection, provider, lease, owes, coolUntil } = entry;
    if (!owes) return;
    this.shell.log[owes === 'token-lapsed' ? 'error' : 'info']({ tenant, connection, provider, lease }, owes);
    try {
      await this.shell.book.credentialsAre(connection, owes === 'token-lapsed' ? 'lapsed' : 'active');
      await this.shell.journal.notice(
        { type: owes, tenant, connection, provider, lease },
        `${owes}:${connection}:${lease}:${coolUntil}`,
      );
      await amend(this.shell.store, connection, (now) => (now?.owes === owes ? { ...now, owes: null } : undefined));
      this.shell.figures.noticed(provider, owes);
    } catch (error) {
      this.shell.log.warn({ tenant, connection, err: error }, 'a notice could not be stored: it stays owed');
    }
  }

  private openToken(connection: Connection, entry: Held['entry']): Token | undefined {
    return entry?.token ? token.parse(this.shell.keeper.open(entry.token, placeOf(connection, 'token'))) : undefined;
  }
}

/** From the connection that was asked for, never from the entry: a whole entry that was moved must not open either. */
export function placeOf({ id, tenant }: { id: string; tenant: string }, field: Place['field']): Place {
  return { tenant, connection: id, field };
}

/** An error that is no PmsError is a fault of ours: it cools down like one of the provider's. */
function failureOf(error: unknown): { code: PmsErrorCode; retryAfterMs?: number | undefined } {
  return error instanceof PmsError ? error : { code: 'malformed-answer' };
}
