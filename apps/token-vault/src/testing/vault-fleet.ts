import { connection, type Connection } from '@roomwire/events';
import {
  Bus,
  connectNats,
  ensureFleet,
  ensureTenant,
  KvTable,
  natsConf,
  passwordVariable,
  USERS,
  type NatsConnection,
} from '@roomwire/jetstream';
import {
  natsServer,
  redisServer,
  sourceCommand,
  spawned,
  spawnedSource,
  type NatsServer,
  type RedisServer,
  type Spawned,
} from '@roomwire/testkit';
import { natsVaultClient, type VaultClient } from '@roomwire/vault-client';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { vaultEntry, type VaultEntry } from '../core/entry.ts';
import type { Times } from '../core/intent.ts';
import { TokenProvider, type Rotating } from './token-provider.ts';

/** From sources, on a machine that does other work. */
export const START_MS = 45_000;
const password = (user: string): string => `placeholder-of-${user}`;
const passwords = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), password(user)]));
export type Mine = Rotating & { tenant: string; connection: string };

/** A broker, a provider of rotating refresh tokens, and replicas of the vault as processes. */
export class VaultFleet implements AsyncDisposable {
  private readonly keys = `k1:${randomBytes(32).toString('base64')}`;
  private readonly open: NatsConnection[] = [];
  private readonly replicas: Spawned[] = [];
  private readonly others: Spawned[] = [];
  private bus!: Bus;
  private connections!: KvTable<Connection>;
  private operator!: VaultClient;

  private constructor(
    private readonly nats: NatsServer,
    private readonly redis: RedisServer,
    readonly provider: TokenProvider,
    private readonly times: Partial<Times>,
  ) {}

  static async start(times: Partial<Times>): Promise<VaultFleet> {
    const nats = await natsServer({ config: natsConf(), env: passwords });
    const fleet = new VaultFleet(nats, await redisServer(), await TokenProvider.start(), times);
    const operator = await fleet.connectAs('operator');
    fleet.bus = new Bus(operator);
    await ensureFleet(operator);
    await ensureTenant(operator, 't1');
    fleet.connections = await KvTable.open(operator, 'connections', connection);
    fleet.operator = natsVaultClient(operator, 'operator');
    return fleet;
  }

  /** Up, and answering. */
  async replica(env: Record<string, string> = {}): Promise<Spawned> {
    const own = {
      ...{ NATS_URL: this.nats.url, NATS_USER: '', NATS_PASSWORD: password('token-vault'), PORT: '' },
      ...{ REDIS_URL: this.redis.url, ROOMWIRE_VAULT_KEYS: this.keys, LOG_LEVEL: 'info', SPEC_TIMES: JSON.stringify(this.times) },
    };
    const main = join(import.meta.dirname, 'main-of-kinds.ts');
    const replica = spawnedSource(main, { env: { ...own, ...env }, name: 'token-vault' });
    this.replicas.push(replica);
    await replica.line(/"event":"listening"/, START_MS);
    return replica;
  }

  /** Another service as it runs. `main`: from the root. */
  service(user: string, main: string): Spawned {
    const started = spawnedSource(main, { env: this.loginOf(user), name: user });
    this.others.push(started);
    return started;
  }

  /** `roomwire …`, which is told `input`. */
  async roomwire(args: string[], input = ''): Promise<{ code: number | null; out: string }> {
    const cli = sourceCommand('apps/cli/src/main.ts', { args: [...args, '--json'], name: 'roomwire' });
    const piped = ['-c', 'printf %s "$INPUT" | "$@"', 'sh', cli.command, ...(cli.args ?? [])];
    const ran = spawned({ ...cli, command: 'sh', args: piped, env: { ...this.loginOf('operator'), INPUT: input } });
    this.others.push(ran);
    const { code } = await ran.exited;
    return { code, out: ran.output() };
  }

  private loginOf(user: string): Record<string, string> {
    return { NATS_URL: this.nats.url, NATS_USER: user, NATS_PASSWORD: password(user), PORT: '', LOG_LEVEL: 'info' };
  }

  async connectAs(service: string): Promise<NatsConnection> {
    const nc = await connectNats({ servers: this.nats.url, user: service, pass: password(service), service });
    this.open.push(nc);
    return nc;
  }

  /** A connection, and credentials that are not put yet. */
  async connection(id: string, provider: Connection['provider'], credentials: Record<string, string>) {
    const at = { account: id, baseUrl: this.provider.url, unitsOf: null };
    await this.connections.put(id, { id, tenant: 't1', provider, status: 'active', ...at });
    return { tenant: 't1', connection: id, provider, credentials };
  }

  /** One of an account of its own, with a rotating refresh token. */
  async rotating({ account, refreshToken }: Rotating = this.provider.open()) {
    return this.connection(account, 'cloudbeds', { clientId: account, clientSecret: 'planted-client-secret', refreshToken });
  }

  /** The same, and it was put. */
  async account(more: { grace?: boolean; lifeSeconds?: number } = {}): Promise<Mine> {
    const rotating = this.provider.open(more);
    await this.operator.putCredentials(await this.rotating(rotating));
    return { ...rotating, tenant: 't1', connection: rotating.account };
  }

  put(credentials: Parameters<VaultClient['putCredentials']>[0]): Promise<void> {
    return this.operator.putCredentials(credentials);
  }

  /** As it is stored. */
  async entry({ connection: id }: Mine): Promise<VaultEntry> {
    const stored = await this.bus.lastOnLeader('KV_vault', `$KV.vault.${id}`);
    return vaultEntry.parse(JSON.parse(Buffer.from(stored!.data).toString()));
  }

  /** What everybody else reads of it. */
  async status({ connection: id }: Mine): Promise<string> {
    return (await this.connections.fromLeader(id))!.status;
  }

  async notices({ connection: id }: Mine): Promise<{ type: string; cause?: string }[]> {
    const found: { type: string; cause?: string; connection: string }[] = [];
    for (let seq = 1; ;) {
      const next = await this.bus.nextOn('LOG_t1', 'pms.t1.notice.>', seq);
      if (!next) return found.filter((notice) => notice.connection === id);
      found.push(JSON.parse(Buffer.from(next.data).toString()) as (typeof found)[number]);
      seq = next.seq + 1;
    }
  }

  output(): string {
    return [...this.replicas, ...this.others].map((each) => each.output()).join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.replicas, ...this.others].map((each) => each.kill()));
    await this.connections.close();
    await Promise.all(this.open.map((nc) => nc.close()));
    await this.provider[Symbol.asyncDispose]();
    await this.redis[Symbol.asyncDispose]();
    await this.nats[Symbol.asyncDispose]();
  }
}
