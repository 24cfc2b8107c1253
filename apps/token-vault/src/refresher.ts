import type { Connection } from '@roomwire/events';
import { PmsError, type Credentials, type GrantOperations, type TokenOperations } from '@roomwire/pms-port';
import { randomUUID } from 'node:crypto';
import { rotated } from './core/credentials.ts';
import type { Intent, VaultEntry } from './core/entry.ts';
import { intended, settled, standsMs, withdrawn, type Tried } from './core/intent.ts';
import { granted, refused, restored, standing, tokenOf, type Failure } from './core/token.ts';
import type { Prober } from './prober.ts';
import { proofOf } from './proofs.ts';
import { openCredentials, placeOf, type Shell } from './shell.ts';
import { Sightings } from './sightings.ts';
import { tellOwed } from './teller.ts';
import type { Turn } from './turns.ts';
import { amend } from './vault-store.ts';

/** How often an entry is looked at while another replica asks the provider, ms. */
const LOOK_MS = 100;
/** An answer that could not be stored is tried again so often, and for so long: with a rotating token it may be all there is, ms. */
const STORE_AGAIN_MS = 250;
const STORE_FOR_MS = 120_000;

type Wanted = { connection: Connection; operations: GrantOperations; lease: number; byReport: boolean };
type Attempt = Pick<Wanted, 'connection' | 'operations'> & { entry: VaultEntry; intent: Intent; begunAt: number; turn: Turn };
type Outcome = Pick<Tried, 'isGranted' | 'change'>;

/** Gets new tokens: one attempt at a time in the whole fleet, whose intent is stored before its request is sent. */
export class Refresher {
  private readonly underway = new Map<string, Promise<void>>();
  private readonly awaited = new Map<string, Promise<void>>();
  private readonly sightings: Sightings;

  constructor(
    private readonly shell: Shell,
    private readonly prober: Pick<Prober, 'ask'>,
  ) {
    this.sightings = new Sightings(shell.monotonic);
  }

  /** Whether another replica is asking for a token. To look is to begin counting how long its intent stands. */
  isSettling(entry: VaultEntry | undefined): boolean {
    if (!entry || this.underway.has(entry.connection)) return false;
    return this.sightings.stands(entry.connection, entry.intent);
  }

  /** Ends when the entry has another intent, or none, or one that stands no more. */
  settling({ id }: Connection): Promise<void> {
    return once(this.awaited, id, async () => {
      let first: string | undefined;
      for (;;) {
        const { entry } = await this.shell.store.read(id);
        first ??= entry?.intent?.id;
        if (!entry?.intent || entry.intent.id !== first || !this.isSettling(entry)) return;
        await this.shell.sleep(LOOK_MS);
      }
    });
  }

  /**
   * `lease`: the one that the new token is to take the place of. Does nothing where another replica has been here.
   * @throws {VaultError} `unavailable`: the provider may not be called yet
   */
  renew(connection: Connection, lease: number, byReport: boolean): Promise<void> {
    return once(this.underway, connection.id, () => this.attempt(connection, lease, byReport));
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.underway.values());
  }

  private async attempt(connection: Connection, lease: number, byReport: boolean): Promise<void> {
    const operations = this.shell.operationsOf(connection.provider);
    if (!operations) throw new Error(`nothing knows the credentials of ${connection.provider}`);
    const due = await this.due(connection, lease);
    if (!due) return;
    if (!isGranting(operations)) return this.stand(connection, due.entry);
    // Before the intent, which stands for no longer than its request needs.
    const turn = await this.shell.turn(connection, 'token');
    try {
      await this.inTurn(turn, { connection, operations, lease, byReport });
    } finally {
      await turn.giveBack();
    }
  }

  /** As it is now, where it is still for somebody to renew. */
  private async due(connection: Connection, lease: number): Promise<{ entry: VaultEntry; revision: number } | undefined> {
    const { entry, revision } = await this.shell.store.read(connection.id);
    if (!entry?.credentials || entry.lease !== lease || this.shell.now() < entry.coolUntil) return undefined;
    return this.sightings.stands(connection.id, entry.intent) ? undefined : { entry, revision };
  }

  private async inTurn(turn: Turn, { connection, operations, lease, byReport }: Wanted): Promise<void> {
    const { store, monotonic, now } = this.shell;
    const begunAt = monotonic();
    const due = await this.due(connection, lease);
    if (!due) return;
    const { entry, revision } = due;
    await this.shell.at('planned');
    const intent = this.intentOf(lease, byReport, operations);
    if (!(await store.write(connection.id, intended(entry, intent, rotates(operations), now()), revision))) return;
    await this.shell.at('intended');
    const attempt: Attempt = { connection, operations, entry, intent, begunAt, turn };
    const credentials = await this.mayAsk(attempt);
    if (!credentials) return;
    const outcome = await this.ask(attempt, credentials);
    await this.shell.at('answered');
    const after = await this.settle(attempt, outcome);
    await this.shell.at('stored');
    if (after?.owes) await tellOwed(this.shell, after);
  }

  private intentOf(lease: number, byReport: boolean, { kind }: GrantOperations): Intent {
    const { owner, times } = this.shell;
    return { id: randomUUID(), owner, lease, byReport, standsMs: standsMs(kind, times) };
  }

  /**
   * What may be sent now. The leader's word is the last one before the request, and after the deadline nothing is sent: whoever was
   * stopped in between finds out here. (Stopped between this and the socket, it sends late: see ADR 0017.)
   */
  private async mayAsk({ connection, entry, intent, begunAt, turn }: Attempt): Promise<Credentials | undefined> {
    const { store, monotonic, times } = this.shell;
    const { entry: stored } = await store.read(connection.id);
    if (stored?.intent?.id !== intent.id || stored.generation !== entry.generation || !stored.credentials) return undefined;
    const credentials = openCredentials(this.shell, connection, stored.credentials);
    await this.shell.at('sending');
    if (monotonic() - begunAt < times.sendWithinMs && turn.isGood()) return credentials;
    this.shell.log.warn({ connection: connection.id, intent: intent.id }, 'too late to ask for a token: nothing was sent');
    await amend(store, connection.id, (now) => withdrawn(now, intent.id, entry.unsure));
    return undefined;
  }

  private async ask({ connection, operations, turn, intent: { byReport } }: Attempt, credentials: Credentials): Promise<Outcome> {
    const { now, random, keeper, figures, log } = this.shell;
    const of = { tenant: connection.tenant, connection: connection.id, provider: connection.provider };
    const before = now();
    try {
      const grant = await turn.use(() => this.shell.grant(connection, credentials));
      const at = now();
      const token = keeper.seal(tokenOf(grant, before, at, random()), placeOf(connection, 'token'));
      const next = grant.next && keeper.seal(rotated(credentials, grant.next), placeOf(connection, 'credentials'));
      figures.granted(connection.provider, 'granted');
      log.info({ ...of, by_report: byReport }, 'token granted');
      const brought = { token, ...(next ? { credentials: next } : {}) };
      return { isGranted: true, change: (entry) => granted(entry, brought, at, byReport) };
    } catch (error) {
      const failure = failureOf(error);
      figures.granted(connection.provider, failure.code);
      log.warn({ ...of, code: failure.code, err: error }, 'no token granted');
      const how = { byReport, rotates: rotates(operations) };
      return { isGranted: false, change: (entry) => refused(entry, failure, now(), random(), how) };
    }
  }

  /**
   * Stores what came of it, before anybody is given it. kill -9 until here costs one more grant, or a rotating token; so what cannot
   * be stored is tried for as long as there is hope. What was granted belongs to the credentials it was granted for, and to nobody's
   * successor.
   */
  private async settle(attempt: Attempt, outcome: Outcome): Promise<VaultEntry | undefined> {
    const { store, monotonic, sleep, log } = this.shell;
    const { connection, entry, intent } = attempt;
    const tried: Tried = { intent, generation: entry.generation, ...outcome };
    const until = monotonic() + (outcome.isGranted && rotates(attempt.operations) ? STORE_FOR_MS : intent.standsMs);
    for (;;) {
      try {
        const held = await store.read(connection.id);
        const next = settled(held.entry, tried);
        if (!next) return held.entry;
        if (next !== 'wait' && (await store.write(connection.id, next, held.revision))) return next;
      } catch (error) {
        if (monotonic() >= until) throw error;
        log.warn({ connection: connection.id, err: error }, 'what a provider answered could not be stored yet');
      }
      if (monotonic() >= until) return undefined;
      await sleep(STORE_AGAIN_MS);
    }
  }

  /**
   * Where there is nothing to ask for, a lease is a number: what is reported is then known to be of these credentials. They are tried
   * all the same, where the provider can be asked: nobody is given what it refuses, and a lapse is over when it accepts them.
   */
  private async stand(connection: Connection, entry: VaultEntry): Promise<void> {
    const { now, random, keeper, store } = this.shell;
    const { accessToken, ...rest } = standing(now());
    const opinion = await this.prober.ask(connection, entry, entry.lease + 1, (toSign) =>
      proofOf(this.shell, connection, entry, accessToken, toSign),
    );
    const at = now();
    const token = keeper.seal({ accessToken, ...rest }, placeOf(connection, 'token'));
    const after = await amend(store, connection.id, (held) => {
      if (held?.lease !== entry.lease || held.generation !== entry.generation || held.token) return undefined;
      if (opinion.kind === 'refused') return refused(held, opinion, at, random(), { byReport: false, rotates: false });
      const next = granted(held, { token }, at, false);
      return opinion.kind === 'accepted' && next.state === 'lapsed' ? restored(next, at) : next;
    });
    if (after?.owes) await tellOwed(this.shell, after);
  }
}

export function isGranting(operations: TokenOperations): operations is GrantOperations {
  return 'grantRequest' in operations;
}

/** Of the refresh token, where there is one that dies of disuse, ms. */
export function idleLifeOf({ operationsOf }: Pick<Shell, 'operationsOf'>, provider: string): number | undefined {
  const operations = operationsOf(provider);
  return operations && isGranting(operations) ? operations.idleLifeMs : undefined;
}

function rotates({ kind }: GrantOperations): boolean {
  return kind === 'rotating-refresh-token';
}

/** An error that is no PmsError is a fault of ours: it cools down like one of the provider's. */
function failureOf(error: unknown): Failure {
  return error instanceof PmsError ? error : { code: 'malformed-answer' };
}

/** All who come while it runs share one run. */
function once(running: Map<string, Promise<void>>, key: string, run: () => Promise<void>): Promise<void> {
  const started = running.get(key) ?? run().finally(() => running.delete(key));
  running.set(key, started);
  return started;
}
