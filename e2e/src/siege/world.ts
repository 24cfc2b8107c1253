import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fleet, type Backends, type Replica } from '@roomwire/fleet';
import { eventually, faultProxy, track, type FaultProxy } from '@roomwire/testkit';
import type { Ready } from '../fleet.ts';
import { Witness } from './broker.ts';
import { Oracle, type Counts } from './oracle.ts';
import { pause, Provider } from './provider.ts';
import { Screen } from './screen.ts';
import { keptIn } from './settings.ts';
import { Truth } from './truth.ts';

export type WorldOptions = { seed: number; roomsPerTenant: number };
export type Case = {
  perSecond: number;
  /** Of load after the harm is over. */ afterMs: number;
  harm: (world: World) => Promise<void>;
};

/** What is left to be shown, once nothing is sent any more, must be shown within this: a wait of 30 s included. */
const SETTLED_WITHIN_MS = 45_000;
/** What was overtaken may be waiting as a stored copy, while the room is right already. */
const OVERTAKEN = { withinMs: 40_000, everyMs: 250 };

/** Of a webhook that took too long. */
const AROUND_MS = 1_000;

/** A fleet with two replicas of what has two in production, every connection of theirs through a proxy, and those who watch it. */
export class World implements AsyncDisposable {
  /** By replica: what its bytes to NATS and to Redis go through. */
  readonly proxies = new Map<string, { nats: FaultProxy; redis: FaultProxy }>();
  private readonly data = keptIn ?? mkdtempSync(join(tmpdir(), 'roomwire-siege-'));
  readonly fleet = new Fleet({
    ...{ root: fileURLToPath(new URL('../../../', import.meta.url)), data: this.data, ports: 'auto', bundles: true },
    replicas: { 'ingest-gateway': 2, normalizer: 2, registry: 2, propagator: 2 },
    // Its truth is told by webhooks alone: there is no provider to ask.
    env: { ROOMWIRE_HEARTBEAT_MS: '1000', POLLING: 'off', NODE_OPTIONS: undefined },
    backendsOf: (replica, real) => this.throughProxies(replica, real),
    say: () => undefined,
  });
  private truth!: Truth;
  private provider!: Provider;
  private witness!: Witness;
  private screens: Screen[] = [];
  private oracle!: Oracle;

  static async start({ seed, roomsPerTenant }: WorldOptions): Promise<World> {
    const world = new World();
    const ended = track({ name: 'fleet under siege', kill: () => world.fleet.killNow() });
    world.onEnd.push(ended);
    await world.fleet.start();
    const ready = world.ready;
    world.truth = new Truth(ready.tenants, seed, roomsPerTenant);
    world.provider = new Provider(world.truth, world.fleet.urls('ingest-gateway'));
    world.witness = new Witness(ready.nats);
    await world.witness.follow(ready.tenants.map(({ tenant }) => tenant));
    world.screens = ready.tenants.map((tenant) => new Screen(tenant, world.fleet.urls('propagator')));
    world.oracle = new Oracle(ready, world.truth, world.witness, world.screens);
    world.oracle.delivered = world.provider.delivered;
    return world;
  }

  private readonly onEnd: (() => void)[] = [];

  get ready(): Ready {
    return this.fleet.ready as Ready;
  }

  /** The folder of a server's data. */
  folderOf(server: 'nats' | 'redis'): string {
    return join(this.data, server);
  }

  /** A stretch of load with something bad in it; the counts of what was sent in it, when all has settled. */
  async run({ perSecond, afterMs, harm }: Case): Promise<Counts> {
    const from = this.provider.delivered.length;
    this.provider.start(perSecond);
    try {
      await pause(1_000);
      await harm(this);
      await pause(afterMs);
    } finally {
      await this.provider.stop();
    }
    await eventually(() => expect(this.oracle.missing()).toEqual([]), { withinMs: SETTLED_WITHIN_MS, everyMs: 100 });
    // What came last may be older than what is shown: it has no room to change, and is held all the same.
    return eventually(async () => {
      const counts = await this.oracle.count(this.provider.delivered.slice(from));
      expect(counts).toMatchObject({ lost: 0, different: [], deadLettered: 0 });
      return counts;
    }, OVERTAKEN);
  }

  /**
   * What the services logged of a webhook, and what else they had to say in the seconds around it: for whoever has to find out afterwards,
   * on another machine, why it took so long.
   */
  logsAbout(receipt: string): string[] {
    const folder = join(this.data, 'logs');
    const lines = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'));
    const timeOf = (line: string): number => Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? '');
    const about = lines.filter((line) => line.includes(receipt));
    const [from, to] = [Math.min(...about.map(timeOf)) - AROUND_MS, Math.max(...about.map(timeOf)) + AROUND_MS];
    const beside = lines.filter((line) => !/"msg":"(message|request)"/.test(line) && timeOf(line) >= from && timeOf(line) <= to);
    return [...new Set([...about, ...beside])].sort((a, b) => timeOf(a) - timeOf(b));
  }

  /** What went wrong in words, for the message of a failed case. */
  get complaints(): string[] {
    return [...this.witness.outOfOrder, ...this.screens.flatMap(({ wrong }) => wrong)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.provider?.stop();
    await Promise.all(this.screens.map((screen) => screen.stop()));
    await this.witness?.close();
    await this.fleet.stop();
    for (const { nats, redis } of this.proxies.values())
      await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
    if (!keptIn) rmSync(this.data, { recursive: true, force: true });
    this.onEnd.forEach((end) => end());
  }

  private async throughProxies({ name }: Replica, real: Backends): Promise<Backends> {
    const nats = await faultProxy({ host: '127.0.0.1', port: Number(new URL(real.natsUrl).port) });
    const redis = await faultProxy({ host: '127.0.0.1', port: Number(new URL(real.redisUrl).port) });
    this.proxies.set(name, { nats, redis });
    const redisUrl = new URL(real.redisUrl);
    redisUrl.port = String(redis.port);
    return { natsUrl: `nats://127.0.0.1:${nats.port}`, redisUrl: redisUrl.href };
  }
}
