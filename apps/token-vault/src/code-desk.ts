import type { Connection } from '@roomwire/events';
import type { Agreement, Credentials, TokenGrant } from '@roomwire/pms-port';
import { grantState, VaultError, type VaultAnswer } from '@roomwire/vault-client';
import { createHash, randomBytes } from 'node:crypto';
import { CODE_GRANT_MS, codeGrant, stateProblem, type CodeGrant } from './core/code-grant.ts';
import { newEntry, type VaultEntry } from './core/entry.ts';
import { granted, replaced, tokenOf } from './core/token.ts';
import { isGranting } from './refresher.ts';
import { openCredentials, placeOf, type Shell } from './shell.ts';
import { freeTurn } from './turns.ts';
import { amend } from './vault-store.ts';

/** What a provider gave for a code is all there is of it: it is stored for as long as there is hope, ms. */
const STORE_AGAIN_MS = 250;
const STORE_FOR_MS = 120_000;

export type CodeDeskParts = {
  /** Exchanges a code at the provider; throws PmsError. */
  redeem: (connection: Connection, credentials: Credentials, agreement: Agreement) => Promise<TokenGrant>;
  /** Where a person agrees. Throws PmsError where this provider has no such place. */
  agreementUrl: (connection: Connection, credentials: Credentials, at: { state: string; redirectUri: string }) => Promise<string>;
  /** The address that providers send people back to; undefined where the installation has none. */
  redirectUri: string | undefined;
};

/** Sends a person to the provider, and takes what they come back with. */
export class CodeDesk {
  private readonly underway = new Set<Promise<unknown>>();

  constructor(
    private readonly shell: Shell,
    private readonly parts: CodeDeskParts,
  ) {}

  /** A second one takes the first one's place. `application`: its credentials, where they are others than those that are held. */
  async begin(connection: Connection, application: Credentials | undefined): Promise<VaultAnswer<'begin-code-grant'>> {
    const { redirectUri, agreementUrl } = this.parts;
    if (!redirectUri)
      throw new VaultError('not-allowed', { detail: 'this installation has no address for people to come back to' });
    const credentials = await this.applicationOf(connection, application);
    const state = grantState({ tenant: connection.tenant, connection: connection.id }, randomBytes(32).toString('base64url'));
    const url = await agreementUrl(connection, credentials, { state, redirectUri });
    const pending: CodeGrant = { stateHash: hashOf(state), until: this.shell.now() + CODE_GRANT_MS, credentials };
    const sealed = this.shell.keeper.seal(pending, placeOf(connection, 'code-grant'));
    await amend(this.shell.store, connection.id, (entry) => ({ ...(entry ?? newEntry(connection)), codeGrant: sealed }));
    return { url, validForMs: CODE_GRANT_MS };
  }

  /** Why the state is none that anybody was sent away with; undefined where it is. It stays good. */
  async problemOf(connection: Connection, state: string): Promise<'unknown-state' | 'expired-state' | undefined> {
    const { entry } = await this.shell.store.read(connection.id);
    return stateProblem(this.pendingIn(connection, entry), hashOf(state), this.shell.now());
  }

  /**
   * Uses the state up, and then exchanges the code: of two who come with one state only one gets so far. Answers undefined to the
   * other. Without a code there is nothing to exchange. @throws {PmsError} what the provider says of the code
   */
  redeem(connection: Connection, state: string, code: string | undefined): Promise<VaultEntry | undefined> {
    const redeeming = this.redeemOnce(connection, state, code);
    const settled = redeeming.catch(() => undefined).finally(() => this.underway.delete(settled));
    this.underway.add(settled);
    return redeeming;
  }

  /** Resolves when no exchange is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.underway);
  }

  private async redeemOnce(connection: Connection, state: string, code: string | undefined): Promise<VaultEntry | undefined> {
    const { now, random, keeper } = this.shell;
    const { entry, revision } = await this.shell.store.read(connection.id);
    const pending = this.pendingIn(connection, entry);
    if (!entry || !pending || stateProblem(pending, hashOf(state), now())) return undefined;
    // Before the state is used up: who has to wait for a turn may come back with it.
    const turn = code === undefined ? freeTurn : await this.shell.turn(connection, 'token');
    const used: VaultEntry = { ...entry, codeGrant: null };
    if (!(await this.shell.store.write(connection.id, used, revision))) {
      await turn.giveBack();
      return this.redeemOnce(connection, state, code);
    }
    if (code === undefined) return used;
    const before = now();
    const agreement = { code, redirectUri: this.parts.redirectUri ?? '' };
    const grant = await turn.use(() => this.parts.redeem(connection, pending.credentials, agreement));
    const at = now();
    const token = keeper.seal(tokenOf(grant, before, at, random()), placeOf(connection, 'token'));
    const credentials = keeper.seal({ ...pending.credentials, ...grant.next }, placeOf(connection, 'credentials'));
    return this.keep(connection.id, (held) => granted(replaced(held ?? used, credentials, at), { token }, at, false));
  }

  private async keep(id: string, change: (entry: VaultEntry | undefined) => VaultEntry): Promise<VaultEntry> {
    const until = this.shell.monotonic() + STORE_FOR_MS;
    for (;;) {
      try {
        return (await amend(this.shell.store, id, change))!;
      } catch (error) {
        if (this.shell.monotonic() >= until) throw error;
        this.shell.log.warn({ connection: id, err: error }, 'what a code was exchanged for could not be stored yet');
      }
      await this.shell.sleep(STORE_AGAIN_MS);
    }
  }

  private async applicationOf(connection: Connection, application: Credentials | undefined): Promise<Credentials> {
    const operations = this.shell.operationsOf(connection.provider);
    const fields = operations && isGranting(operations) ? operations.codeGrant?.applicationFields : undefined;
    if (!fields) throw new VaultError('not-allowed', { detail: 'nobody can agree to this provider in a browser' });
    const { entry } = application ? { entry: undefined } : await this.shell.store.read(connection.id);
    const held = entry?.credentials ? openCredentials(this.shell, connection, entry.credentials) : {};
    const given = application ?? Object.fromEntries(fields.flatMap((field) => (held[field] ? [[field, held[field]]] : [])));
    const names = Object.keys(given);
    if (names.length !== fields.length || fields.some((field) => !given[field]))
      throw new VaultError('not-allowed', { detail: `expected the application's credentials ${fields.join(', ')}` });
    return given;
  }

  private pendingIn(connection: Connection, entry: VaultEntry | undefined): CodeGrant | undefined {
    if (!entry?.codeGrant) return undefined;
    return codeGrant.parse(this.shell.keeper.open(entry.codeGrant, placeOf(connection, 'code-grant')));
  }
}

/** Bound to tenant and connection: both are in the state. */
const hashOf = (state: string): string => createHash('sha256').update(state).digest('hex');
