import type { Connection } from '@roomwire/events';
import { PmsError } from '@roomwire/pms-port';
import type { Log } from '@roomwire/telemetry';
import { VaultError, type Repaired, type RepairOutcome, type VaultAnswer, type VaultRequest } from '@roomwire/vault-client';
import type { Auditor } from './auditor.ts';
import type { CodeDesk } from './code-desk.ts';
import { isFinal } from './core/token.ts';
import { isGranting } from './refresher.ts';
import type { SecretDesk } from './secret-desk.ts';
import type { Shell } from './shell.ts';
import { tellOwed } from './teller.ts';
import type { TokenDesk } from './token-desk.ts';

export type RepairDeskParts = {
  shell: Shell;
  secrets: Pick<SecretDesk, 'putCredentials'>;
  tokens: Pick<TokenDesk, 'tryNow'>;
  codes: Pick<CodeDesk, 'begin' | 'problemOf' | 'redeem'>;
  auditor: Pick<Auditor, 'asked' | 'done' | 'refused'>;
  log: Log;
};

/** Of an outcome that a person need not act upon. */
const GOOD: ReadonlySet<RepairOutcome> = new Set<RepairOutcome>(['granted', 'accepted', 'stored', 'unchanged']);

/** Mends a lapse, says at once what came of it, and has both in the trail: what was asked before it is done, and how it ended. */
export class RepairDesk {
  constructor(private readonly parts: RepairDeskParts) {}

  /** New credentials, tried at once. @throws {VaultError} where they are not even of the right form, or nothing can be stored */
  async reauthorise(caller: string, connection: Connection, request: VaultRequest<'reauthorise'>): Promise<Repaired> {
    const { secrets, auditor } = this.parts;
    const of = ofTrail('reauthorise', caller, connection);
    await auditor.asked({ ...of, ...decisionOf(request) });
    const isChange = await secrets.putCredentials(connection, request.credentials);
    return this.ended(of, await (isChange ? this.tried(connection) : this.outcome(connection, 'unchanged')));
  }

  /** @throws {VaultError} */
  async begin(
    caller: string,
    connection: Connection,
    request: VaultRequest<'begin-code-grant'>,
  ): Promise<VaultAnswer<'begin-code-grant'>> {
    const of = ofTrail('begin-code-grant', caller, connection);
    await this.parts.auditor.asked({ ...of, ...decisionOf(request) });
    return this.parts.codes.begin(connection, request.credentials);
  }

  /** A stranger may ask this of any connection: until the state has proved to be ours nothing is stored, and the trail counts. */
  async redeem(caller: string, connection: Connection, request: VaultRequest<'redeem-code'>): Promise<Repaired> {
    const { codes, auditor } = this.parts;
    const of = ofTrail('redeem-code', caller, connection);
    const problem = await codes.problemOf(connection, request.state);
    if (problem) return this.ended(of, refusedState(problem));
    await auditor.asked(of);
    const code = request.refused ? undefined : request.code;
    return this.ended(of, await this.redeemed(connection, request.state, code));
  }

  private async redeemed(connection: Connection, state: string, code: string | undefined): Promise<Repaired> {
    const { codes, shell } = this.parts;
    try {
      const after = await codes.redeem(connection, state, code);
      if (!after) return refusedState('unknown-state');
      if (code === undefined) return refusedState('not-agreed');
      shell.figures.granted(connection.provider, 'granted');
      if (after.owes) await tellOwed(shell, after);
      return await this.outcome(connection, 'granted');
    } catch (error) {
      if (!(error instanceof PmsError)) throw error;
      shell.figures.granted(connection.provider, error.code);
      this.parts.log.warn({ connection: connection.id, code: error.code, err: error }, 'a code was not exchanged');
      return { ...(await this.outcome(connection, isFinal(error.code) ? 'refused' : 'unknown')), code: error.code };
    }
  }

  private async tried(connection: Connection): Promise<Repaired> {
    const operations = this.parts.shell.operationsOf(connection.provider);
    try {
      const isProven = await this.parts.tokens.tryNow(connection);
      const outcome = operations && isGranting(operations) ? 'granted' : isProven ? 'accepted' : 'stored';
      return await this.outcome(connection, outcome);
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      const { entry } = await this.parts.shell.store.read(connection.id);
      // By what was answered just now: a lapse stands until it is over, whatever the provider says meanwhile.
      return this.outcome(connection, entry?.failure && isFinal(entry.failure) ? 'refused' : 'unknown');
    }
  }

  private async outcome(connection: Connection, outcome: RepairOutcome): Promise<Repaired> {
    const { entry } = await this.parts.shell.store.read(connection.id);
    return { outcome, code: GOOD.has(outcome) ? null : (entry?.failure ?? null), lease: entry?.lease ?? 0 };
  }

  private async ended(of: ReturnType<typeof ofTrail>, repaired: Repaired): Promise<Repaired> {
    const { auditor, log } = this.parts;
    const { outcome } = repaired;
    // It is done, whatever becomes of this line: what was asked is in the trail already.
    await (GOOD.has(outcome) ? auditor.done({ ...of, code: outcome }) : auditor.refused(of, outcome)).catch((error: unknown) =>
      log.error({ ...of, outcome, err: error }, 'what came of a repair was not audited'),
    );
    return repaired;
  }
}

/** Nothing of the connection: who asks may be anybody. */
const refusedState = (outcome: RepairOutcome): Repaired => ({ outcome, code: null, lease: 0 });

const ofTrail = (operation: string, caller: string, { id, tenant }: Connection) => ({
  ...{ operation, caller, tenant, connection: id },
});
const decisionOf = ({ by, reason }: { by: string; reason?: string | undefined }) => ({
  by,
  ...(reason === undefined ? {} : { reason }),
});
