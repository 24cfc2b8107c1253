import { Module } from '@nestjs/common';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { given, openRedis, type Build, type Environment, type NatsAccess, type Service } from '@roomwire/chassis';
import { connection, type Connection } from '@roomwire/events';
import { AuditTrail, Bus, connectNats, follow, KvTable, scopeRegister, type NatsConnection } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import { PermitStore } from '@roomwire/rate';
import type { Log } from '@roomwire/telemetry';
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { KvConnectionBook } from './connection-book.ts';
import { Auditor } from './auditor.ts';
import { Caretaker } from './caretaker.ts';
import { CodeDesk } from './code-desk.ts';
import { ACCESS } from './core/access.ts';
import { TIMES, type Times } from './core/intent.ts';
import type { KeyRing } from './core/key-ring.ts';
import { RateLimit } from './core/rate-limit.ts';
import type { environment } from './environment.ts';
import { pauseAt } from './faults.ts';
import { Figures } from './figures.ts';
import { Front, type FindConnection } from './front.ts';
import { LogJournal } from './journal.ts';
import { Keeper } from './keeper.ts';
import { kekFile } from './kek-file.ts';
import { KeyCabinet } from './key-cabinet.ts';
import { KeyDesk } from './key-desk.ts';
import { KeyedVaultStore } from './keyed-vault-store.ts';
import { kvEntries } from './kv-entries.ts';
import { KvKeyStore } from './kv-key-store.ts';
import { KvVaultStore } from './kv-vault-store.ts';
import { codesWith, grantFrom, probeWith, type AdapterOf } from './provider-calls.ts';
import { Mirror } from './mirror.ts';
import { RepairDesk } from './repair-desk.ts';
import { SecretDesk } from './secret-desk.ts';
import type { Shell } from './shell.ts';
import { StatusDesk } from './status-desk.ts';
import { TokenDesk } from './token-desk.ts';
import { turns } from './turns.ts';
import { VaultController } from './vault.controller.ts';
import { entryIn, Watch } from './watch.ts';

/** Requests that are under way when the process is told to stop may still be answered within this, ms. */
const GRACE_MS = 1_000;
const HOUR_MS = 3_600_000;

@Module({})
class TokenVaultModule {}

/** One token: connections. The ring of data keys has two. */
const ENTRIES = '$KV.vault.*';
const monotonic = (): number => performance.now();
const pause = (ms: number): Promise<void> => sleep(ms);
const CALLERS = new Set<string>(Object.values(ACCESS).flat());
/** How often each replica looks at keys, and at what it has counted. */
const LOOK_MS = 1_000;

export const buildTokenVault = tokenVault(adapterOf, TIMES);

/** What the vault is made of, in the order in which one part needs the other. */
export function tokenVault(adapters: AdapterOf, times: Times): Build<typeof environment> {
  return (env, given) => build(env, given, adapters, times);
}

type Given = Parameters<Build<typeof environment>>[1];

async function build(
  env: Environment<typeof environment>,
  { log, meter, nats }: Given,
  adapters: AdapterOf,
  times: Times,
): Promise<Service> {
  const keks = keksOf(env, log);
  const nc = await connectNats({ ...nats, log });
  const bus = new Bus(nc);
  const connections = await KvTable.open(nc, 'connections', connection, { log });
  // A changed tenant or address must be seen at once, and unknown is not absent: the leader is asked each time.
  const find = (id: string): Promise<Connection | undefined> => connections.fromLeader(id);
  const now = Date.now;
  const keyStore = new KvKeyStore(bus);
  const cabinet = new KeyCabinet({ store: keyStore, now, monotonic }, keks.ring);
  const journal = new LogJournal(bus, new AuditTrail(bus, 'token-vault', randomBytes(6).toString('hex'), now), now);
  const auditor = new Auditor({ journal, log, now });
  const figures = new Figures(meter);
  const calls = callsOf(env, { adapters, times, find, bus, figures, log });
  const keeper = new Keeper(cabinet);
  const newest = async (): Promise<number> => (await bus.lastOnLeader('KV_vault', ENTRIES))?.seq ?? 0;
  const mirror = new Mirror({ keeper, newest, monotonic });
  const shell: Shell = {
    ...{ store: new KeyedVaultStore(new KvVaultStore(bus), cabinet), keeper, journal, mirror },
    ...{ grant: calls.grant, probe: calls.probe, turn: calls.turn },
    ...{ book: new KvConnectionBook(connections), operationsOf: (provider: string) => adapters(provider)?.token },
    ...{ figures, log, now, monotonic, random: Math.random, sleep: pause, times },
    owner: randomUUID(),
    at: pauseAt(env.ROOMWIRE_FAULT_PAUSE_RENEWAL_AT, log, pause),
  };
  const entries = kvEntries(bus);
  const graceMs = env.ROOMWIRE_VAULT_KEY_GRACE_SECONDS * 1_000;
  const caretaker = new Caretaker({ ...shell, cabinet, keyStore, entries, graceMs, changedKeks: keks.changed });
  const tokens = new TokenDesk(shell);
  const secrets = new SecretDesk(shell, env.ROOMWIRE_WEBHOOK_SECRET_OVERLAP_HOURS * HOUR_MS);
  const limit = new RateLimit(env.ROOMWIRE_VAULT_REQUESTS_PER_SECOND, CALLERS);
  const asked = { ...shell, auditor, limit, monotonic };
  const codes = new CodeDesk(shell, codesWith(fetch, adapters, times.requestMs, env.ROOMWIRE_OAUTH_CALLBACK_URL));
  const repairs = new RepairDesk({ shell, secrets, tokens, codes, auditor, log });
  const front = new Front({ ...asked, find, known: (id) => connections.get(id), tokens, secrets, repairs });
  const operators = [new KeyDesk({ ...asked, cabinet, caretaker, entries }), new StatusDesk({ ...asked, entries })] as const;
  await caretaker.look();
  const check = (): Promise<void> => mirror.check().catch(() => undefined); // then the leader is asked for each lease
  const looking = setInterval(() => void Promise.all([caretaker.look(), auditor.flush(), check()]), LOOK_MS);
  const watch = watching(nc, mirror, new Watch(shell, tokens, find));

  return {
    module: { module: TokenVaultModule, controllers: [given(new VaultController(front, ...operators))] },
    microservices: [natsTransport(nats)],
    checks: { nats: () => (nc.isClosed() ? 'closed' : undefined), keys: () => cabinet.problem() },
    close: async () => {
      await watch.stop();
      clearInterval(looking);
      await Promise.all([tokens.idle(), codes.idle()]); // a granted token is stored, or another one would be asked for
      await caretaker.idle();
      await auditor.flush(Infinity);
      await connections.close();
      calls.close();
      await nc.drain();
    },
  };
}

type CallParts = { adapters: AdapterOf; times: Times; find: FindConnection; bus: Bus; figures: Figures; log: Log };

/** What the vault asks of providers: where the connection is now, whatever was heard of it, and one call a permit. */
function callsOf(env: Environment<typeof environment>, { adapters, times, find, bus, figures, log }: CallParts) {
  // Leases are given without Redis, so nobody waits for it here.
  const redis = openRedis(env.REDIS_URL, { log, role: 'token-vault' });
  const permits = new PermitStore(redis, { firstUse: scopeRegister(bus) });
  const turn = turns({ permits, adapters, egress: env.EGRESS_ID, figures, log, monotonic, sleep: pause });
  const grant: Shell['grant'] = async (at, credentials) =>
    grantFrom(fetch, adapters, times.requestMs)((await find(at.id)) ?? at, credentials);
  const probe: Shell['probe'] = async (at, prove) =>
    probeWith(fetch, adapters, times.requestMs, turn)((await find(at.id)) ?? at, prove);
  return { turn, grant, probe, close: () => redis.disconnect() };
}

/** The bucket, as it tells of itself: to who remembers it, and to who sees to entries that wait for somebody. */
function watching(nc: NatsConnection, mirror: Mirror, watch: Watch): { stop(): Promise<void> } {
  const follower = follow(nc, 'KV_vault', ENTRIES, {
    onMessage: ({ subject, data, seq }) => {
      const [connection, entry] = [subject.split('.').at(-1)!, entryIn(data)];
      mirror.tell(connection, entry, seq);
      watch.changed(connection, entry);
    },
    onReset: (_reason, streamIsNew) => (streamIsNew ? mirror.clear() : undefined),
  });
  const stop = async (): Promise<void> => {
    watch.stop();
    await follower.stop();
  };
  return { stop };
}

function keksOf(env: Environment<typeof environment>, log: Log): { ring: KeyRing; changed: () => Promise<KeyRing | undefined> } {
  const { ROOMWIRE_VAULT_KEYS: ring, ROOMWIRE_VAULT_KEYS_FILE: file } = env;
  if (file) return { ring: file.ring, changed: kekFile(file.path, file.text, log) };
  if (!ring) throw new Error('ROOMWIRE_VAULT_KEYS or ROOMWIRE_VAULT_KEYS_FILE is needed: there are no keys to seal with');
  return { ring, changed: async () => undefined };
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
