import type { Connection } from '@roomwire/events';
import { VaultError, type ReportOutcome, type ToSign, type VaultAnswer } from '@roomwire/vault-client';
import type { VaultEntry } from './core/entry.ts';
import { isIdle } from './core/keep-alive.ts';
import { outcomeOf, type Opinion } from './core/probe.ts';
import { decideLease, decideReport, lapsed, mayRenew, restored, token, type Token } from './core/token.ts';
import { hasPassedTrial } from './core/trial.ts';
import { Prober } from './prober.ts';
import { proofOf } from './proofs.ts';
import { idleLifeOf, isGranting, Refresher } from './refresher.ts';
import { placeOf, type Shell } from './shell.ts';
import { tellOwed } from './teller.ts';
import { amend } from './vault-store.ts';

/** No answer is held back for longer, ms: callers wait 14 s. */
const ANSWER_MS_MAX = 12_000;
/** Nor for a token's first usable instant, ms. */
const WAIT_MS_MAX = 3_000;
/** While the token in hand is good, a new one is waited for so long, ms. */
const AHEAD_MS_MAX = 1_000;
const ROUNDS_MAX = 8;
/** How long callers may use what has no end, or no use but once, ms. */
const STANDING_MS = 300_000;

type Settled = { entry: VaultEntry; held: Token; validForMs: number };
/** `after`: the newest lease that who asks has reported; absent, they do not say. */
export type Wanted = { toSign?: ToSign | undefined; after?: number | undefined };

/** Gives out what requests are proven with. */
export class TokenDesk {
  private readonly prober: Prober;
  private readonly refresher: Refresher;

  constructor(private readonly shell: Shell) {
    this.prober = new Prober(shell);
    this.refresher = new Refresher(shell, this.prober);
  }

  /** @throws {VaultError} */
  async lease(connection: Connection, { toSign, after }: Wanted = {}): Promise<VaultAnswer<'lease'>> {
    const kept = after === undefined ? undefined : this.keptFor(connection, after);
    const { entry, held, validForMs } = kept ?? (await this.settle(connection));
    const answer = this.answer(connection, entry, held, validForMs, toSign);
    this.shell.figures.leased(kept ? 'memory' : 'leader');
    return answer;
  }

  /**
   * What is remembered will do for who names the newest lease that they have reported: an older picture can then only be of others'
   * reports, for a moment, and costs one refused call. Nothing but the plain case: whatever else there is, the leader decides.
   */
  private keptFor(connection: Connection, after: number): Settled | undefined {
    const kept = this.shell.mirror?.get(connection);
    if (!kept || kept.entry.lease <= after || kept.entry.state !== 'active' || kept.entry.intent || kept.entry.owes)
      return undefined;
    const decision = decideLease(kept.entry, kept.held, this.shell.now(), false);
    return decision.kind === 'usable' ? { ...kept, validForMs: decision.validForMs } : undefined;
  }

  /** Has the credentials prove themselves as far as they can here; whether they have. @throws {VaultError} why nobody would be given a lease */
  async tryNow(connection: Connection): Promise<boolean> {
    const { entry } = await this.settle(connection);
    return this.isRenewable(connection) || this.prober.hasVouched(connection, entry, entry.lease);
  }

  /** What there is to give, asked for where it has to be. */
  private async settle(connection: Connection): Promise<Settled> {
    const until = this.shell.monotonic() + ANSWER_MS_MAX;
    for (let round = 1; round <= ROUNDS_MAX && this.shell.monotonic() < until; round++) {
      const entry = await this.entryOf(connection);
      const held = this.openToken(connection, entry);
      const decision = decideLease(entry, held, this.shell.now(), this.refresher.isSettling(entry));
      if (decision.kind === 'refused') throw new VaultError(decision.code, { retryAfterMs: decision.retryAfterMs });
      if (decision.kind === 'settling') {
        await this.within(this.refresher.settling(connection), until - this.shell.monotonic());
        continue;
      }
      if (decision.kind === 'grant') {
        const renewing = this.refresher.renew(connection, entry!.lease, false);
        const { meanwhile } = decision;
        const waiting = this.within(renewing, meanwhile ? AHEAD_MS_MAX : until - this.shell.monotonic());
        if (await (meanwhile ? waiting.catch(laterIfRefused) : waiting)) continue;
        if (meanwhile) return { entry: entry!, held: held!, validForMs: meanwhile.validForMs };
        continue;
      }
      if (decision.kind === 'wait') await this.untilUsable(decision.ms);
      return { entry: entry!, held: held!, validForMs: decision.validForMs };
    }
    throw new VaultError('unavailable', { detail: 'no token could be settled upon' });
  }

  /** Renews at most once for each lease, however many report it; what another token will not help, the provider is asked about. */
  async report(connection: Connection, report: { lease: number; code: string }): Promise<ReportOutcome> {
    const { entry } = await this.shell.store.read(connection.id);
    const isVouchedFor = entry !== undefined && this.prober.hasVouched(connection, entry, report.lease);
    const isRenewable = this.isRenewable(connection);
    const decision = decideReport(entry, report, this.shell.now(), { isRenewable, isVouchedFor });
    this.shell.figures.reported(connection.provider, decision);
    if (decision === 'ignore') return outcomeOf(entry, report.lease);
    if (decision !== 'probe') return outcomeOf(await this.renew(connection, report.lease, decision === 'renew'), report.lease);
    const opinion = await this.opinionOf(connection, entry!);
    const isRefused = opinion.kind === 'refused';
    if (isRefused && isRenewable && mayRenew(entry!, this.shell.now()))
      return outcomeOf(await this.renew(connection, report.lease, true), report.lease);
    return outcomeOf(await this.conclude(connection, report.lease, opinion), report.lease, opinion);
  }

  /** What a lease would do with an entry that waits for somebody: take over, try again, tell. */
  async look(connection: Connection): Promise<void> {
    await this.lease(connection).catch(laterIfRefused);
  }

  /** Has a refresh token used that would die of disuse: by whichever replica comes first. */
  async keepAlive(connection: Connection): Promise<void> {
    const { entry } = await this.shell.store.read(connection.id);
    const isDue = isIdle(entry, idleLifeOf(this.shell, connection.provider), this.shell.now());
    if (entry && isDue) await this.refresher.renew(connection, entry.lease, false);
  }

  /** An entry was changed: from now on its intent is counted. */
  see(entry: VaultEntry): void {
    this.refresher.isSettling(entry);
  }

  /** Resolves when no grant is under way. */
  idle(): Promise<void> {
    return this.refresher.idle();
  }

  private isRenewable({ provider }: Connection): boolean {
    const operations = this.shell.operationsOf(provider);
    return operations === undefined || isGranting(operations);
  }

  /** Renewed, it is another lease. Else another replica is asking, or nobody may: until somebody has, nobody is given the refused token. */
  private async renew(connection: Connection, lease: number, mayAsk: boolean): Promise<VaultEntry | undefined> {
    if (mayAsk) await this.refresher.renew(connection, lease, true).catch(laterIfRefused);
    return this.change(connection, lease, (now) => ({ ...now, token: null }));
  }

  private opinionOf(connection: Connection, entry: VaultEntry): Promise<Opinion> {
    const { accessToken } = this.openToken(connection, entry)!;
    return this.prober.ask(connection, entry, entry.lease, (toSign) =>
      proofOf(this.shell, connection, entry, accessToken, toSign),
    );
  }

  /**
   * What is refused where it may not be has lapsed, and where nobody can be asked, what was refused in use. Where the provider did not
   * say, what was good until now stays so, and a lapse stays one.
   */
  private conclude(connection: Connection, lease: number, { kind }: Opinion): Promise<VaultEntry | undefined> {
    const { now, random } = this.shell;
    return this.change(connection, lease, (entry) => {
      if (kind === 'accepted') return entry.state === 'lapsed' ? restored(entry, now()) : undefined;
      if (kind === 'unknown' && entry.state === 'active') return undefined;
      return lapsed(entry, now(), random(), 'lease-refused');
    });
  }

  /** Of an entry whose lease is still the one that was reported. Answers with what is stored then, changed or not. */
  private async change(
    connection: Connection,
    lease: number,
    change: (entry: VaultEntry) => VaultEntry | undefined,
  ): Promise<VaultEntry | undefined> {
    const after = await amend(this.shell.store, connection.id, (now) =>
      now?.token && now.lease === lease ? change(now) : undefined,
    );
    if (after?.owes) await tellOwed(this.shell, after);
    return after;
  }

  /** Always from the leader: a replica that remembered would hand out the token whose report another one has dealt with. */
  private async entryOf(connection: Connection): Promise<VaultEntry | undefined> {
    let { entry } = await this.shell.store.read(connection.id);
    if (entry && hasPassedTrial(entry, this.shell.now()))
      entry = await amend(this.shell.store, connection.id, (now) =>
        now && hasPassedTrial(now, this.shell.now()) ? restored(now, this.shell.now()) : undefined,
      );
    if (entry?.owes) await tellOwed(this.shell, entry);
    return entry;
  }

  private answer(
    connection: Connection,
    entry: VaultEntry,
    { accessToken }: Token,
    validForMs: number,
    toSign: ToSign | undefined,
  ): VaultAnswer<'lease'> {
    const proof = proofOf(this.shell, connection, entry, accessToken, toSign);
    return { ...proof, validForMs: proof.kind === 'token' ? Math.max(0, validForMs) : STANDING_MS, lease: entry.lease };
  }

  private async untilUsable(ms: number): Promise<void> {
    if (ms > WAIT_MS_MAX) throw new VaultError('unavailable', { detail: 'the token is not usable yet', retryAfterMs: ms });
    await this.shell.sleep(ms);
  }

  /** Whether it was done in time; it goes on all the same. */
  private within(doing: Promise<void>, ms: number): Promise<boolean> {
    return Promise.race([doing.then(() => true), this.shell.sleep(ms).then(() => false)]);
  }

  private openToken(connection: Connection, entry: VaultEntry | undefined): Token | undefined {
    return entry?.token ? token.parse(this.shell.keeper.open(entry.token, placeOf(connection, 'token'))) : undefined;
  }
}

/** What is refused now is tried again by whoever needs it next. */
function laterIfRefused(error: unknown): false {
  if (error instanceof VaultError) return false;
  throw error;
}
