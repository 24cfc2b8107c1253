import {
  connection,
  HEADER,
  outcomeMessage,
  tenant,
  type Connection,
  type FetchLane,
  type OutcomeMessage,
  type Tenant,
} from '@roomwire/events';
import {
  Bus,
  connectNats,
  ensureConnection,
  ensureFleet,
  ensureTenant,
  KvTable,
  listDeadLetters,
  natsConf,
  passwordVariable,
  USERS,
  type DeadLetter,
  type NatsConnection,
  type StoredMessage,
} from '@roomwire/jetstream';
import {
  httpSink,
  natsServer,
  redisServer,
  spawnedSource,
  type Answering,
  type HttpSink,
  type NatsServer,
  type RedisServer,
  type Spawned,
} from '@roomwire/testkit';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { FakeVault } from './fake-vault.ts';

/** Sources are compiled as they are read, and several at once on a busy machine. */
const STARTED_WITHIN_MS = 90_000;
const password = (user: string) => `placeholder-of-${user}`;
const passwords = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), password(user)]));
const t1: Tenant = {
  ...{ id: 't1', name: 'One', status: 'active', apiTokenHashes: [] },
  defaults: { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' },
};

async function addTenant(operator: NatsConnection, id: string): Promise<void> {
  await ensureTenant(operator, id);
  for (const provider of ['hostaway', 'mews', 'cloudbeds', 'beds24', 'smoobu']) await ensureConnection(operator, id, provider);
  const tenants = await KvTable.open(operator, 'tenants', tenant);
  await tenants.put(id, { ...t1, id });
  await tenants.close();
}

/** Workers as processes, with a real broker and Redis, a vault by script and one HTTP provider that all connections are at. */
export class WorkerFleet implements AsyncDisposable {
  readonly workers: Spawned[] = [];

  private constructor(
    readonly nats: NatsServer,
    readonly redis: RedisServer,
    readonly provider: HttpSink,
    readonly vault: FakeVault,
    readonly bus: Bus,
    readonly connections: KvTable<Connection>,
    private readonly open: NatsConnection[],
    private readonly env: Record<string, string>,
  ) {}

  /** `memory`: Redis keeps what it knows over its end. */
  static async start(count: number, answers: Answering, env: Record<string, string> = {}, memory = false): Promise<WorkerFleet> {
    const [nats, redis, provider] = await Promise.all([
      natsServer({ config: natsConf(), env: passwords }),
      redisServer({ appendOnly: memory }),
      httpSink(answers),
    ]);
    const connectAs = (service: string) => connectNats({ servers: nats.url, user: service, pass: password(service), service });
    const [vault, operator] = await Promise.all([connectAs('token-vault'), connectAs('operator')]);
    await ensureFleet(operator);
    await addTenant(operator, 't1');
    const connections = await KvTable.open(operator, 'connections', connection);
    const servers = [nats, redis, provider, new FakeVault(vault)] as const;
    const fleet = new WorkerFleet(...servers, new Bus(operator), connections, [vault, operator], env);
    for (let n = 0; n < count; n++) fleet.add();
    await Promise.all(fleet.workers.map((worker) => worker.line(/"event":"listening"/, STARTED_WITHIN_MS)));
    return fleet;
  }

  add(more: Record<string, string> = {}): Spawned {
    const own = {
      ...{ NATS_URL: this.nats.url, NATS_USER: '', NATS_PASSWORD: password('sync-worker') },
      ...{ REDIS_URL: this.redis.url, PORT: '', LOG_LEVEL: 'info', EGRESS_ID: 'spec' },
      // Who counts calls does not mean the one that opens a socket.
      SOCKETS: 'off',
      ...this.env,
      ...more,
    };
    const worker = spawnedSource(join(import.meta.dirname, '..', 'main.ts'), { env: own, name: 'sync-worker' });
    this.workers.push(worker);
    return worker;
  }

  addTenant(id: string): Promise<void> {
    return addTenant(this.operator, id);
  }

  /** As by kill -9. */
  async kill(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => worker.kill()));
  }

  get operator(): NatsConnection {
    return this.bus.nc;
  }

  /** A connection with an account of its own, so that no spec uses up another's permits; the address they share has its own limit. */
  async connected(more: Partial<Connection> = {}): Promise<string> {
    const id = more.id ?? `c-${randomUUID().slice(0, 8)}`;
    await this.connections.put(id, {
      ...{ id, tenant: 't1', provider: 'hostaway', status: 'active', account: id, baseUrl: this.provider.url, unitsOf: null },
      ...more,
    });
    return id;
  }

  /** Nobody wants any more what waits in a lane. */
  async forget(lane: FetchLane): Promise<void> {
    const { streams } = await this.bus.jsm();
    await streams.purge('FETCH_t1', { filter: `pms.t1.fetch.${lane}.>` });
    await streams.purge('WORK_t1', { filter: 'pms.t1.later.>' });
  }

  async stored(stream: string, filter: string): Promise<StoredMessage[]> {
    const all: StoredMessage[] = [];
    for (;;) {
      const next = await this.bus.nextOn(stream, filter, (all.at(-1)?.seq ?? 0) + 1);
      if (!next) return all;
      all.push(next);
    }
  }

  async outcomesOf(receipt: string): Promise<OutcomeMessage[]> {
    const told = await this.stored('LOG_t1', `pms.t1.outcome.${receipt}`);
    return told.map((message) => outcomeMessage.parse(jsonOf(message)));
  }

  /** The raw messages that were made of a job, found by the receipts that its outcomes name. */
  async rawsOf(receipt: string): Promise<StoredMessage[]> {
    const receipts = new Set((await this.outcomesOf(receipt)).map(({ detail }) => detail));
    const raws = await this.stored('WORK_t1', 'pms.t1.raw.>');
    return raws.filter((message) => receipts.has(message.header(HEADER.receipt)));
  }

  async deadOf(receipt: string): Promise<DeadLetter[]> {
    const letters = [];
    for await (const letter of listDeadLetters(this.bus, 't1')) if (letter.receipt === receipt) letters.push(letter);
    return letters;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.connections.close();
    await Promise.all(this.open.map((nc) => nc.close()));
    const servers = [this.provider, this.nats, this.redis];
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  }
}

export const jsonOf = (message: StoredMessage): unknown => JSON.parse(Buffer.from(message.data).toString());
