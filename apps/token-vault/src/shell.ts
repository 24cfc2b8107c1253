import type { Connection } from '@roomwire/events';
import type { Credentials, Proof, TokenGrant, TokenOperations, ToSign } from '@roomwire/pms-port';
import type { Log } from '@roomwire/telemetry';
import type { ConnectionBook } from './connection-book.ts';
import type { Times } from './core/intent.ts';
import type { Place } from './core/sealed.ts';
import type { At } from './faults.ts';
import type { Figures } from './figures.ts';
import type { Journal } from './journal.ts';
import type { Keeper } from './keeper.ts';
import type { Mirror } from './mirror.ts';
import type { TakeTurn } from './turns.ts';
import type { VaultStore } from './vault-store.ts';

/** Asks the provider for a token; throws PmsError. */
export type Grant = (connection: Connection, credentials: Record<string, string>) => Promise<TokenGrant>;

/** Has the provider asked whether a proof is any good; throws PmsError where it is not. False: this provider cannot be asked. */
export type Probe = (connection: Connection, prove: (toSign: ToSign | undefined) => Proof) => Promise<boolean>;

/** How a provider's credentials are used; undefined where it has none. */
export type OperationsOf = (provider: string) => TokenOperations | undefined;

/** What the vault's parts have of the world. */
export type Shell = {
  store: VaultStore;
  keeper: Keeper;
  journal: Journal;
  book: ConnectionBook;
  grant: Grant;
  probe: Probe;
  turn: TakeTurn;
  operationsOf: OperationsOf;
  figures: Figures;
  log: Log;
  /** Epoch ms. */
  now: () => number;
  /** Ms of a clock that is never set, and that goes on while the process is stopped. */
  monotonic: () => number;
  random: () => number;
  sleep: (ms: number) => Promise<void>;
  times: Times;
  /** Absent: nothing is remembered, and the leader is always asked. */
  mirror?: Pick<Mirror, 'get'>;
  /** Of this process. */
  owner: string;
  at: At;
};

/** From the connection that was asked for, never from the entry: a whole entry that was moved must not open either. */
export function placeOf({ id, tenant }: { id: string; tenant: string }, field: Place['field']): Place {
  return { tenant, connection: id, field };
}

export function openCredentials({ keeper }: Pick<Shell, 'keeper'>, connection: Connection, sealed: string): Credentials {
  return keeper.open(sealed, placeOf(connection, 'credentials')) as Credentials;
}
