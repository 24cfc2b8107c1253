import { randomUUID } from 'node:crypto';
import type { Connection } from '@roomwire/events';
import { PmsError, type Proof, type ToSign } from '@roomwire/pms-port';
import { VaultError } from '@roomwire/vault-client';
import type { VaultEntry } from './core/entry.ts';
import { opinionOf, type Opinion } from './core/probe.ts';
import type { Shell } from './shell.ts';

/** How often the provider is asked what it thinks of one lease, ms. Whoever comes in between is told what it said. */
export const PROBE_EVERY_MS = 10_000;

type Asked = { what: string; opinion: Promise<Opinion>; until: number; isVouchedFor: boolean };
type Prove = (toSign: ToSign | undefined) => Proof;

/** Has a lease make the provider's cheapest call: what is refused in use may be the operation, and not who asks for it. */
export class Prober {
  private readonly asked = new Map<string, Asked>();

  constructor(private readonly shell: Shell) {}

  /** `lease`: the one that the proof is of. All who ask of it at one time share one call. */
  ask(connection: Connection, { generation }: Pick<VaultEntry, 'generation'>, lease: number, prove: Prove): Promise<Opinion> {
    const { monotonic } = this.shell;
    const last = this.asked.get(connection.id);
    const what = `${generation}/${lease}`;
    if (last?.what === what && monotonic() < last.until) return last.opinion;
    // What it has accepted before stands while it is asked once more.
    const isVouchedFor = last?.what === what && last.isVouchedFor;
    const asked: Asked = { what, opinion: this.opinion(connection, prove), until: Infinity, isVouchedFor };
    this.asked.set(connection.id, asked);
    void asked.opinion.then((opinion) => {
      const pauseMs = 'retryAfterMs' in opinion ? (opinion.retryAfterMs ?? 0) : 0;
      asked.until = monotonic() + Math.max(PROBE_EVERY_MS, pauseMs);
      if (opinion.kind !== 'unknown') asked.isVouchedFor = opinion.kind === 'accepted';
    });
    return asked.opinion;
  }

  /** The provider has accepted this lease before, so a refusal of it may be of the operation again. */
  hasVouched({ id }: Connection, { generation }: Pick<VaultEntry, 'generation'>, lease: number): boolean {
    const last = this.asked.get(id);
    return last?.what === `${generation}/${lease}` && last.isVouchedFor;
  }

  private async opinion(connection: Connection, prove: Prove): Promise<Opinion> {
    const { figures, log } = this.shell;
    const opinion = await this.call(connection, prove);
    if (opinion.kind === 'unasked') return opinion;
    figures.probed(connection.provider, 'code' in opinion ? opinion.code : 'accepted');
    const of = { tenant: connection.tenant, connection: connection.id };
    log[opinion.kind === 'accepted' ? 'info' : 'warn']({ ...of, ...opinion }, 'the provider was asked what it thinks of a lease');
    if (opinion.kind === 'refused') await this.tell(of, opinion.code);
    return opinion;
  }

  private async call(connection: Connection, prove: Prove): Promise<Opinion> {
    try {
      return { kind: (await this.shell.probe(connection, prove)) ? 'accepted' : 'unasked' };
    } catch (error) {
      if (error instanceof PmsError) return opinionOf(error);
      // No turn: the provider was not asked, since it counts that too.
      if (error instanceof VaultError) return { kind: 'unknown', code: 'rate-limited', retryAfterMs: error.retryAfterMs };
      this.shell.log.error({ connection: connection.id, err: error }, 'a lease could not be tried');
      return { kind: 'unknown', code: 'malformed-answer' };
    }
  }

  /** The lapse itself does not hang on this line, or who cannot write it would hand out dead leases. */
  private async tell(of: { tenant: string; connection: string }, code: string): Promise<void> {
    const entry = { operation: 'probe', caller: 'token-vault', verdict: 'refused', ...of, code } as const;
    await this.shell.journal
      .audit(entry, randomUUID())
      .catch((error: unknown) => this.shell.log.warn({ ...of, err: error }, 'a refusal was not audited'));
  }
}
