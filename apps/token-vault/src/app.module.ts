import { Module } from '@nestjs/common';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { given, type Build, type Environment, type NatsAccess, type Service } from '@roomwire/chassis';
import { connection, type Connection } from '@roomwire/events';
import { Bus, connectNats, KvTable } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import { pms, PmsError } from '@roomwire/pms-port';
import type { Log } from '@roomwire/telemetry';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { KvConnectionBook } from './connection-book.ts';
import { AuditTrail } from './audit-trail.ts';
import { Auditor } from './auditor.ts';
import { Caretaker } from './caretaker.ts';
import { ACCESS } from './core/access.ts';
import type { KeyRing } from './core/key-ring.ts';
import { RateLimit } from './core/rate-limit.ts';
import type { environment } from './environment.ts';
import { Figures } from './figures.ts';
import { Front } from './front.ts';
import { LogJournal } from './journal.ts';
import { Keeper } from './keeper.ts';
import { kekFile } from './kek-file.ts';
import { KeyCabinet } from './key-cabinet.ts';
import { KeyDesk } from './key-desk.ts';
import { KeyedVaultStore } from './keyed-vault-store.ts';
import { kvEntries } from './kv-entries.ts';
import { KvKeyStore } from './kv-key-store.ts';
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

/** How often each replica looks at keys, and at what it has counted. */
const LOOK_MS = 1_000;

/** What the vault is made of, in the order in which one part needs the other. */
export const buildTokenVault: Build<typeof environment> = async (env, { log, meter, nats }): Promise<Service> => {
  const keks = keksOf(env, log);
  const nc = await connectNats({ ...nats, log });
  const bus = new Bus(nc);
  const connections = await KvTable.open(nc, 'connections', connection, { log });
  // A changed tenant or address must be seen at once, and unknown is not absent: the leader is asked each time.
  const find = (id: string): Promise<Connection | undefined> => connections.fromLeader(id);
  const now = Date.now;
  const monotonic = () => performance.now();
  const keyStore = new KvKeyStore(bus);
  const cabinet = new KeyCabinet({ store: keyStore, now, monotonic }, keks.ring);
  const journal = new LogJournal(bus, new AuditTrail(bus, randomBytes(6).toString('hex'), now), now);
  const auditor = new Auditor({ journal, log, now });
  const shell: Shell = {
    store: new KeyedVaultStore(new KvVaultStore(bus), cabinet),
    keeper: new Keeper(cabinet),
    journal,
    book: new KvConnectionBook(connections),
    // At the address that it has now, whatever was heard of it.
    grant: async (at, credentials) => grantFrom(fetch)((await find(at.id)) ?? at, credentials),
    figures: new Figures(meter),
    log,
    now,
    random: Math.random,
    sleep: (ms) => sleep(ms),
  };
  const entries = kvEntries(bus);
  const graceMs = env.ROOMWIRE_VAULT_KEY_GRACE_SECONDS * 1_000;
  const caretaker = new Caretaker({ ...shell, cabinet, keyStore, entries, graceMs, changedKeks: keks.changed });
  const tokens = new TokenDesk(shell);
  const secrets = new SecretDesk(shell, env.ROOMWIRE_WEBHOOK_SECRET_OVERLAP_HOURS * HOUR_MS);
  const callers = new Set<string>(Object.values(ACCESS).flat());
  const limit = new RateLimit(env.ROOMWIRE_VAULT_REQUESTS_PER_SECOND, callers);
  const asked = { ...shell, auditor, limit, monotonic };
  const front = new Front({ ...asked, find, known: (id) => connections.get(id), tokens, secrets });
  const keyDesk = new KeyDesk({ ...asked, cabinet, caretaker, entries });
  await caretaker.look();
  const looking = setInterval(() => void Promise.all([caretaker.look(), auditor.flush()]), LOOK_MS);

  return {
    module: { module: TokenVaultModule, controllers: [given(new VaultController(front, keyDesk))] },
    microservices: [natsTransport(nats)],
    checks: { nats: () => (nc.isClosed() ? 'closed' : undefined), keys: () => cabinet.problem() },
    close: async () => {
      clearInterval(looking);
      await tokens.idle(); // a granted token is stored, or another one would be asked for
      await caretaker.idle();
      await auditor.flush(Infinity);
      await connections.close();
      await nc.drain();
    },
  };
};

function keksOf(env: Environment<typeof environment>, log: Log): { ring: KeyRing; changed: () => Promise<KeyRing | undefined> } {
  const { ROOMWIRE_VAULT_KEYS: ring, ROOMWIRE_VAULT_KEYS_FILE: file } = env;
  if (file) return { ring: file.ring, changed: kekFile(file.path, file.text, log) };
  if (!ring) throw new Error('ROOMWIRE_VAULT_KEYS or ROOMWIRE_VAULT_KEYS_FILE is needed: there are no keys to seal with');
  return { ring, changed: async () => undefined };
}

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
