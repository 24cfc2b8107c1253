import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child.ts';
import { provisionFile, simulatorAccounts, TENANT_IDS, tenantsForReadyLine } from './demo.ts';
import { claimPorts } from './ports.ts';
import { secretsOf } from './secrets.ts';
import { natsServer, redisServer, type Place } from './servers.ts';
import { cli, replicasOf, service, SERVICES, simulator, type Backends, type Replica, type ServiceName } from './services.ts';
import { Supervised } from './supervise.ts';

type FleetOptions = {
  root: string;
  /** A folder for state, logs and secrets. */
  data: string;
  ports: 'fixed' | 'auto';
  say: (line: string) => void;
  /** Processes per service; one by default. */
  replicas?: Partial<Record<ServiceName, number>>;
  /** In place of deploy/nats.conf. */
  natsConf?: string;
  /** From `dist` instead of from sources. */
  bundles?: boolean;
  /** For every service. */
  env?: Record<string, string | undefined>;
  /** Servers of somebody's own. */
  natsUrl?: string | undefined;
  redisUrl?: string | undefined;
  /** What one replica is told of the servers' addresses: a proxy's, where connections are to be disturbed. */
  backendsOf?: (replica: Replica, real: Backends) => Backends | Promise<Backends>;
};

/** The whole of Roomwire on this machine: its servers, services and simulated provider, each supervised. */
export class Fleet {
  /** In the order of starting; stopped the other way round. */
  private readonly running: (Child | Supervised)[] = [];
  private readonly members = new Map<string, Supervised>();
  private place!: Place;
  private releasePorts = (): void => undefined;
  private backends!: Backends;
  private replicas: Replica[] = [];

  constructor(private readonly options: FleetOptions) {}

  /** Resolves when every service says that it is ready. */
  async start(): Promise<void> {
    const { root, data, ports, replicas, bundles = false, natsConf = join(root, 'deploy/nats.conf') } = this.options;
    mkdirSync(join(data, 'logs'), { recursive: true });
    this.replicas = replicasOf(replicas);
    const secrets = secretsOf(data, TENANT_IDS);
    const more = this.replicas.flatMap(({ service: own, name }) => (name === own ? [] : [name]));
    const claimed = await claimPorts(ports, more);
    this.releasePorts = claimed.release;
    this.place = { root, data, ports: claimed.ports, secrets, bundles, natsConf };
    this.backends = await this.startServers();
    await this.startServices();
    await Promise.all(this.replicas.map(({ name }) => untilReady(this.at(name))));
  }

  /** `registry`, `registry-2`, `simulator`, `nats-server`, `redis-server`. */
  member(name: string): Supervised {
    const found = this.members.get(name);
    if (!found) throw new Error(`no "${name}" here; there are ${[...this.members.keys()].join(', ')}`);
    return found;
  }

  /** Resolves when a replica says that it is ready. */
  untilReady(name: string): Promise<void> {
    return untilReady(this.at(name));
  }

  /** Base URLs of a service's replicas. */
  urls(own: ServiceName): string[] {
    return this.replicas.flatMap(({ service, name }) => (service === own ? [this.at(name)] : []));
  }

  /** What one has to know to use it: the `roomwire ready` line. */
  get ready() {
    const { secrets, data } = this.place;
    return {
      ...{ gateway: this.at('ingest-gateway'), registry: this.at('registry') },
      ...{ propagator: this.at('propagator'), simulator: this.at('simulator') },
      ...{ nats: this.operatorUrl(), redis: this.backends.redisUrl },
      tenants: tenantsForReadyLine(secrets, this.at('ingest-gateway')),
      services: [...this.members.values()].map(({ name, pid }) => ({ name, pid })),
      data,
    };
  }

  /** Of the simulated provider's story, events per second. */
  async setRate(perSecond: number): Promise<void> {
    await fetch(`${this.at('simulator')}/__simulator/rate`, {
      method: 'POST',
      body: JSON.stringify({ perSecond }),
      headers: { 'content-type': 'application/json' },
    });
  }

  /** Sources first, stores last, so that what was accepted is also finished. */
  async stop(): Promise<void> {
    const last = [...this.running].reverse();
    const isStore = ({ name }: { name: string }): boolean => name === 'nats-server' || name === 'redis-server';
    await Promise.all(last.filter(({ name }) => name === 'simulator').map((child) => child.stop()));
    await Promise.all(last.filter((child) => !isStore(child)).map((child) => child.stop()));
    await Promise.all(last.filter(isStore).map((child) => child.stop()));
    this.releasePorts();
  }

  /** The last resort: whatever way this process ends, nothing of it stays behind. */
  killNow(): void {
    this.running.forEach((child) => child.killNow());
  }

  private at(name: string): string {
    return `http://127.0.0.1:${this.place.ports[name]}`;
  }

  private async startServers(): Promise<Backends> {
    const { natsUrl, redisUrl, say } = this.options;
    const specs = [...(natsUrl ? [] : [natsServer(this.place)]), ...(redisUrl ? [] : [redisServer(this.place)])];
    say(`servers: ${specs.map(({ name }) => name).join(', ') || 'yours'} …`);
    await Promise.all(specs.map((spec) => this.supervise(new Supervised(spec, say)).ready));
    const { ports, secrets } = this.place;
    return {
      natsUrl: natsUrl ?? `nats://127.0.0.1:${ports.nats}`,
      redisUrl: redisUrl ?? `redis://:${secrets.redisPassword}@127.0.0.1:${ports.redis}`,
    };
  }

  private async startServices(): Promise<void> {
    const { say, env, backendsOf = (_: Replica, real: Backends) => real } = this.options;
    const { place, backends } = this;
    say(`services: ${SERVICES.join(', ')} …`);
    const specs = await Promise.all(
      this.replicas.map(async (replica) => service(replica, place, await backendsOf(replica, backends), env)),
    );
    const accounts = simulatorAccounts(place.secrets, this.at('ingest-gateway'));
    // The story begins when everybody listens: rate 0 until then.
    const all = [...specs, simulator(place, accounts, 0)].map((spec) => this.supervise(new Supervised(spec, say)));
    // Beside them, as a job would run: services wait for their buckets, the command for the vault.
    await Promise.all([this.provision(), ...all.map((child) => child.ready)]);
  }

  private supervise(child: Supervised): Supervised {
    this.members.set(child.name, child);
    this.running.push(child);
    return child;
  }

  private async provision(): Promise<void> {
    const { place, backends } = this;
    const file = join(place.data, 'provision.json');
    const wanted = provisionFile(place.secrets, this.at('simulator'));
    writeFileSync(file, JSON.stringify(wanted, null, 2), { mode: 0o600 });
    const run = new Child(cli(place, backends, ['provision', file]));
    this.running.push(run);
    const { code } = await run.exited;
    this.running.splice(this.running.indexOf(run), 1);
    if (code !== 0) await run.ready; // rejects with its last lines
  }

  private operatorUrl(): string {
    if (this.options.natsUrl) return this.options.natsUrl;
    const url = new URL(this.backends.natsUrl);
    url.username = 'operator';
    url.password = this.place.secrets.natsPasswords.operator;
    return url.href.replace(/\/$/, '');
  }
}

async function untilReady(url: string, withinMs = 20_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > deadline)
      throw new Error(`${url} is not ready after ${withinMs / 1000} s: ${answer ? await answer.text() : 'no answer'}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}
