import type { Connection } from '@roomwire/events';
import { adapterOf } from '@roomwire/pms-adapters';
import type { Proof, TokenGrant } from '@roomwire/pms-port';
import { createLog, createMeter } from '@roomwire/telemetry';
import { testClock, type TestClock } from '@roomwire/testkit';
import { randomBytes } from 'node:crypto';
import type { ConnectionBook } from '../connection-book.ts';
import { TIMES } from '../core/intent.ts';
import { Figures } from '../figures.ts';
import type { AuditEntry, Journal, Notice } from '../journal.ts';
import { Keeper, type Keys } from '../keeper.ts';
import { SecretDesk } from '../secret-desk.ts';
import type { Shell } from '../shell.ts';
import { TokenDesk } from '../token-desk.ts';
import { freeTurn } from '../turns.ts';
import { MemoryVaultStore } from '../vault-store.ts';
import { kinds } from './kinds.ts';

export const hostawayConnection: Connection = {
  ...{ id: 'c1', tenant: 't1', provider: 'hostaway', status: 'active', account: '1', baseUrl: null, unitsOf: null },
};
export const goodCredentials = { clientId: '1', clientSecret: 'planted-client-secret' };

/** As a probe is signed, where it is. */
const REQUEST = { method: 'GET', path: '/probe', bodySha256: '0'.repeat(64) };

export class MemoryJournal implements Journal {
  readonly audits: AuditEntry[] = [];
  readonly notices: Notice[] = [];
  /** Set: nothing can be written. */
  failure: Error | undefined;
  private readonly ids = new Set<string>();

  async audit(entry: AuditEntry, id: string): Promise<void> {
    this.write(this.audits, entry, id);
  }

  async notice(notice: Notice, id: string): Promise<void> {
    this.write(this.notices, notice, id);
  }

  private write<T>(list: T[], item: T, id: string): void {
    if (this.failure) throw this.failure;
    if (!this.ids.has(id)) list.push(item);
    this.ids.add(id);
  }
}

export class MemoryConnectionBook implements ConnectionBook {
  readonly told: string[] = [];

  async credentialsAre(connection: string, state: 'active' | 'lapsed'): Promise<void> {
    this.told.push(`${connection} ${state}`);
  }
}

/** A provider of which a spec decides every answer: each call of `grant` waits for the next of `answers`. */
export class FakeProvider {
  asked = 0;
  /** What it answers; by default ever new tokens, usable at once, good for an hour. */
  answer: (credentials: Record<string, string>) => Promise<TokenGrant> | TokenGrant = () => this.good();

  /** What it thinks of a lease; by default it has no call to be asked by. */
  think: (proof: Proof) => boolean = () => false;
  probed = 0;

  good(more: Partial<TokenGrant> = {}): TokenGrant {
    return { accessToken: `token-${this.asked}`, expiresInMs: 3_600_000, usableAfterMs: 0, ...more };
  }

  readonly grant = async (_connection: Connection, credentials: Record<string, string>): Promise<TokenGrant> => {
    this.asked++;
    return this.answer(credentials);
  };

  readonly probe: Shell['probe'] = async (_connection, prove) => {
    this.probed++;
    return this.think(prove(REQUEST));
  };
}

const operationsOf: Shell['operationsOf'] = (provider) => (kinds[provider] ?? adapterOf(provider))?.token;
export function oneKey(): Keys {
  const bytes = randomBytes(32);
  return { active: () => ({ id: 'd1', bytes }), dataKey: (id) => (id === 'd1' ? bytes : undefined), kek: () => undefined };
}

/** Replicas of the vault over one store and one provider, on a clock that the spec moves. */
export function vaultReplicas(replicas = 1) {
  const clock: TestClock = testClock();
  const provider = new FakeProvider();
  const journal = new MemoryJournal();
  const book = new MemoryConnectionBook();
  const store = new MemoryVaultStore();
  const keeper = new Keeper(oneKey());
  const calls = { grant: provider.grant, probe: provider.probe, turn: async () => freeTurn };
  const shell: Shell = {
    ...{ store, keeper, journal, book, ...calls, now: clock.now, sleep: clock.sleep, random: () => 0.5 },
    ...{ monotonic: clock.now, times: TIMES, owner: 'spec', at: async () => undefined, operationsOf },
    ...{ figures: new Figures(createMeter('spec').meter), log: createLog('spec', 'silent') },
  };
  const desks = Array.from({ length: replicas }, (_, n) => new TokenDesk({ ...shell, owner: `replica-${n + 1}` }));
  const secrets = new SecretDesk(shell, 86_400_000);
  return { clock, provider, journal, book, store, keeper, shell, desks, desk: desks[0]!, secrets };
}
