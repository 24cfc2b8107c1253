import {
  connection as connectionSchema,
  HEADER,
  headersOfRaw,
  recordChange,
  subjectOf,
  tenant as tenantSchema,
  type RawContext,
} from '@roomwire/events';
import {
  Bus,
  DEFAULT_SETTINGS,
  ensureConnection,
  ensureFleet,
  ensureTenant,
  KvTable,
  publishDeadLetter,
  type NatsConnection,
} from '@roomwire/jetstream';
import { redisServer, spawnedSource, type NatsServer, type RedisServer, type Spawned } from '@roomwire/testkit';
import { run } from '../program.ts';
import { adasTerminal, brokerOfUsers, connectAs, passwordOf } from './broker.ts';
import type { MemoryTerminal } from './memory-terminal.ts';

/** Whatever a letter is to be made of; `kind: 'unit'` entities of the reference adapter. */
export type Buried = {
  entity: string;
  name?: string;
  modifiedAt?: string;
  reason?: string;
  pointer?: string;
  body?: string;
  connection?: string;
  /** Where it came from, if not from the normaliser's. */
  subject?: string;
  context?: Partial<RawContext>;
};

/** A broker with its users, a registry and a normaliser as they run in production, and letters of theirs. */
export class ReplayWorld implements AsyncDisposable {
  private buried = 0;
  private stored = 0;

  private constructor(
    readonly nats: NatsServer,
    private readonly redis: RedisServer,
    readonly nc: NatsConnection,
    private readonly services: Spawned[],
    /** Where the normaliser tells its figures. */
    private readonly metricsUrl: string,
  ) {}

  static async open(tenants: readonly string[] = ['acme']): Promise<ReplayWorld> {
    const [nats, redis] = await Promise.all([brokerOfUsers(), redisServer()]);
    const nc = await connectAs('operator', nats);
    await ensureFleet(nc);
    const table = await KvTable.open(nc, 'tenants', tenantSchema);
    const connections = await KvTable.open(nc, 'connections', connectionSchema);
    for (const id of tenants) {
      await ensureTenant(nc, id, { ...DEFAULT_SETTINGS, deadBytesMax: -1, logBytesMax: -1 });
      await ensureConnection(nc, id, 'memory');
      await table.put(id, { id, name: id, status: 'active', apiTokenHashes: [], defaults: DEFAULTS });
      const account = { account: 'a1', baseUrl: null, unitsOf: null };
      await connections.put(`${id}-c1`, { id: `${id}-c1`, tenant: id, provider: 'memory', status: 'active', ...account });
    }
    await Promise.all([table.close(), connections.close()]);
    const services = ['normalizer', 'registry'].map((name) =>
      spawnedSource(`apps/${name}/src/main.ts`, {
        env: { NATS_URL: nats.url, NATS_PASSWORD: passwordOf(name), REDIS_URL: redis.url, PORT: '', LOG_LEVEL: 'warn' },
        name,
      }),
    );
    try {
      const [normalizer] = await Promise.all(
        services.map((service) => service.line(/"event":"listening".*"url":"([^"]+)"/, START_MS)),
      );
      return new ReplayWorld(nats, redis, nc, services, `${normalizer![1]}/metrics`);
    } catch (error) {
      await new ReplayWorld(nats, redis, nc, services, '')[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.services.map((service) => service.kill()));
    await this.nc.close();
    await Promise.all([this.nats[Symbol.asyncDispose](), this.redis[Symbol.asyncDispose]()]);
  }

  async roomwire(...args: string[]): Promise<{ code: number } & MemoryTerminal['written']> {
    const { terminal, ended } = this.begin(...args);
    return { code: await ended, ...terminal.written };
  }

  /** A command that goes on, for a test that wants to end it. */
  begin(...args: string[]): { terminal: MemoryTerminal; ended: Promise<number> } {
    // The services beside it have the real time.
    const terminal = adasTerminal(this.nats, {}, { now: Date.now });
    return { terminal, ended: run(args, terminal) };
  }

  /** A letter as the normaliser would have left it, of an earlier release that could not read it. */
  async bury(
    tenant: string,
    { entity, name = entity, modifiedAt = NOW, reason = 'adapter-threw', ...more }: Buried,
  ): Promise<void> {
    const seq = 1_000_000 + ++this.buried;
    const receipt = `receipt-${tenant}-${seq}`;
    const context = { via: 'push', receipt, receivedAt: new Date().toISOString(), ...more.context } as RawContext;
    const body = more.body ?? bodyOf(entity, name, modifiedAt);
    const raw = { tenant, family: 'raw', lane: 'live', provider: 'memory' } as const;
    const subject = more.subject ?? subjectOf({ ...raw, connection: more.connection ?? `${tenant}-c1` });
    const headers = Object.entries({ ...headersOfRaw(context), [HEADER.hops]: 'received=1,stored=2' });
    await publishDeadLetter(
      new Bus(this.nc),
      {
        ...{ tenant, stream: `WORK_${tenant}`, seq, stage: 'normalizer-live', subject, headers },
        ...{ data: new TextEncoder().encode(body), attempts: 1, firstAt: new Date().toISOString() },
      },
      { reason, detail: 'TypeError in decode', pointer: more.pointer ?? '' },
    );
  }

  /** A genuine webhook as the gateway stores it. */
  async webhook(tenant: string, body: string): Promise<void> {
    const receipt = `receipt-${tenant}-live-${++this.stored}`;
    const headers = { ...headersOfRaw({ via: 'push', receipt, receivedAt: new Date().toISOString() }), [HEADER.hops]: '' };
    const subject = subjectOf({ tenant, family: 'raw', lane: 'live', provider: 'memory', connection: `${tenant}-c1` });
    await new Bus(this.nc).publish(subject, new TextEncoder().encode(body), { id: `raw:${receipt}`, headers });
  }

  /** Of the normaliser: a series' value now; 0 where there is none yet. */
  async figure(series: string): Promise<number> {
    const text = await (await fetch(this.metricsUrl)).text();
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    return Number(line?.slice(series.length) ?? 0);
  }

  /** What readers were told last of a unit: its revision and its name. */
  async told(tenant: string, entity: string): Promise<{ revision: number; name: unknown } | undefined> {
    const subject = subjectOf({ tenant, family: 'change', kind: 'unit', scope: `${tenant}-c1`, entity });
    const last = await new Bus(this.nc).lastOnLeader(`STATE_${tenant}`, subject);
    if (!last) return undefined;
    const { revision, data } = recordChange.parse(JSON.parse(new TextDecoder().decode(last.data)));
    return { revision, name: (data.record.facets['core']?.content as { name: unknown }).name };
  }

  async letters(tenant: string): Promise<{ id: string; reason: string }[]> {
    const { out } = await this.roomwire('dlq', 'ls', '--tenant', tenant, '--json', '--limit', '10000');
    return (JSON.parse(out) as { letters: { id: string; reason: string }[] }).letters;
  }

  /** Messages as they are published, those that the broker finds to be repeats too. */
  heard(tenant: string, family = 'raw'): { at: number; replay: string }[] {
    const heard: { at: number; replay: string }[] = [];
    this.nc.subscribe(`pms.${tenant}.${family}.>`, {
      callback: (_, message) => void heard.push({ at: performance.now(), replay: message.headers?.get(HEADER.replay) ?? '' }),
    });
    return heard;
  }
}

/** A busy machine compiles slowly. */
const START_MS = 60_000;
const DEFAULTS = { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' };
export const NOW = '2026-11-20T10:00:00Z';
export const bodyOf = (entity: string, name: string, modifiedAt: string, property = 'p1'): string =>
  JSON.stringify({
    account: 'a1',
    entities: [{ kind: 'unit', id: entity, modifiedAt, facets: { core: { property, unitType: null, name } } }],
  });
