import { Module } from '@nestjs/common';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { given, type Build, type NatsAccess, type Service } from '@roomwire/chassis';
import { connection, type Connection } from '@roomwire/events';
import { Bus, connectNats, KvTable } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import { pms, PmsError } from '@roomwire/pms-port';
import { setTimeout as sleep } from 'node:timers/promises';
import { KvConnectionBook } from './connection-book.ts';
import type { environment } from './environment.ts';
import { Figures } from './figures.ts';
import { Front } from './front.ts';
import { LogJournal } from './journal.ts';
import { Keeper } from './keeper.ts';
import { KvVaultStore } from './kv-vault-store.ts';
import { SecretDesk } from './secret-desk.ts';
import { TokenDesk, type Grant, type Shell } from './token-desk.ts';
import { VaultController } from './vault.controller.ts';

/** For a provider's answer to a token request, ms. */
const GRANT_DEADLINE_MS = 8_000;
/** Requests that are under way when the process is told to stop may still be answered within this, ms. */
const GRACE_MS = 1_000;
const HOUR_MS = 3_600_000;

@Module({})
class TokenVaultModule {}

/** What the vault is made of, in the order in which one part needs the other. */
export const buildTokenVault: Build<typeof environment> = async (env, { log, meter, nats }): Promise<Service> => {
  const nc = await connectNats({ ...nats, log });
  const bus = new Bus(nc);
  const connections = await KvTable.open(nc, 'connections', connection, { log });
  const now = Date.now;
  const shell: Shell = {
    store: new KvVaultStore(bus),
    keeper: new Keeper(env.ROOMWIRE_VAULT_KEYS),
    journal: new LogJournal(bus, now),
    book: new KvConnectionBook(connections),
    grant: grantFrom(fetch),
    figures: new Figures(meter),
    log,
    now,
    random: Math.random,
    sleep: (ms) => sleep(ms),
  };
  const tokens = new TokenDesk(shell);
  const secrets = new SecretDesk(shell, env.ROOMWIRE_WEBHOOK_SECRET_OVERLAP_HOURS * HOUR_MS);
  // A changed tenant or address must be seen at once, and unknown is not absent: the leader is asked each time.
  const find = (id: string): Promise<Connection | undefined> => connections.fromLeader(id);
  const front = new Front({ ...shell, find, tokens, secrets });

  return {
    module: { module: TokenVaultModule, controllers: [given(new VaultController(front))] },
    microservices: [natsTransport(nats)],
    checks: { nats: () => (nc.isClosed() ? 'closed' : undefined) },
    close: async () => {
      await tokens.idle(); // a granted token is stored, or another one would be asked for
      await connections.close();
      await nc.drain();
    },
  };
};

/** One call to the provider where the connection is. */
export function grantFrom(http: typeof fetch): Grant {
  return (at, credentials) => {
    const adapter = adapterOf(at.provider);
    if (!adapter) throw new PmsError('invalid-request', { provider: at.provider, operation: 'token', detail: 'no adapter' });
    return pms(adapter).grant(credentials, { baseUrl: at.baseUrl, deadlineMs: GRANT_DEADLINE_MS, fetch: http });
  };
}

/** A connection of Nest's own, under the same user. Replicas share the queue, so that each request is answered once. */
function natsTransport({ servers, user, pass, service }: NatsAccess): MicroserviceOptions {
  const login = user === undefined || pass === undefined ? {} : { user, pass };
  return {
    transport: Transport.NATS,
    options: {
      ...{ servers, ...login, name: `${service} requests`, inboxPrefix: `_INBOX.${service}`, queue: service },
      ...{ maxReconnectAttempts: -1, reconnectTimeWait: 250, waitOnFirstConnect: true },
      ...{ gracefulShutdown: true, gracePeriod: GRACE_MS },
    },
  };
}
