import { connectRedis } from '@roomwire/chassis';
import type { Connection } from '@roomwire/events';
import { adapterOf } from '@roomwire/pms-adapters';
import { limitScopes, type PmsAdapter } from '@roomwire/pms-port';
import { PermitStore } from '@roomwire/rate';
import { StrictCounter } from '@roomwire/rate/testing';
import { createLog, createMeter } from '@roomwire/telemetry';
import { eventually, httpSink, redisServer } from '@roomwire/testkit';
import { VaultError } from '@roomwire/vault-client';
import { once } from 'node:events';
import { Figures } from './figures.ts';
import { grantFrom } from './provider-calls.ts';
import { goodCredentials, hostawayConnection, vaultReplicas } from './testing/desk.ts';
import { TokenDesk } from './token-desk.ts';
import { turns } from './turns.ts';

const [LIMIT, WINDOW_MS] = [15, 1_000];
/** Hostaway by its limit of an address, in a tenth of the time. */
const limits = [{ scope: 'egress', limit: LIMIT, windowMs: WINDOW_MS }] as const;
const adapter: PmsAdapter = { ...adapterOf('hostaway')!, limits };
const CONNECTIONS = 30;
const READS = 30;
const log = createLog('spec', 'silent');
/** As long as a permit's place is foreseen to take: on Redis' clock, which is the real one. */
const passed = async (ms: number) => void (await once(AbortSignal.timeout(Math.ceil(ms)), 'abort'));

async function world() {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await redisServer());
  const known = new Set<string>();
  /** As the durable register: true once for each bucket. */
  const firstUse = async (scope: string) => !known.has(scope) && known.add(scope).has(scope);
  const store = async () => {
    const redis = await connectRedis(server.url, { log, role: 'spec' });
    stack.defer(() => redis.disconnect());
    return new PermitStore(redis, { firstUse });
  };
  const counter = new StrictCounter(WINDOW_MS * 1_000);
  const sink = stack.use(
    await httpSink(() => {
      counter.arrived(performance.now() * 1_000);
      return { body: { token_type: 'Bearer', expires_in: 3_600, access_token: 'token' } };
    }),
  );
  /** A replica with a way to Redis of its own; they share what is stored. */
  const vault = vaultReplicas();
  const replica = async (owner: string) => {
    const parts = {
      permits: await store(),
      adapters: () => adapter,
      egress: 'e',
      figures: new Figures(createMeter('spec').meter),
      log,
    };
    const monotonic = () => performance.now();
    const turn = turns({ ...parts, monotonic, sleep: passed });
    const grant = grantFrom(fetch, () => adapter, 5_000);
    return new TokenDesk({ ...vault.shell, turn, grant, monotonic, now: Date.now, sleep: passed, owner });
  };
  const connect = async (n: number): Promise<Connection> => {
    const connection: Connection = { ...hostawayConnection, id: `c${n}`, account: `${n}`, baseUrl: sink.url };
    await vault.secrets.putCredentials(connection, goodCredentials);
    return connection;
  };
  return { server, counter, sink, store, replica, connect, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

describe('tokens that are asked for beside reads', () => {
  it('fill no window at the provider beyond its limit, and all are had', async () => {
    await using at = await world();
    const desks = await Promise.all([at.replica('one'), at.replica('two')]);
    const permits = await at.store();
    const read = async (n: number): Promise<void> => {
      const scopes = limitScopes(limits, { provider: 'hostaway', connection: `c${n}`, account: `${n}`, egress: 'e' });
      const wanted = { provider: 'hostaway', connection: `c${n}`, tenant: 't1', lane: 'live', operation: 'read' } as const;
      for (;;) {
        const answer = await permits.acquire({ ...wanted, scopes, job: `r${n}`, place: `r${n}`, patienceMs: 30_000 });
        if (answer.kind === 'granted') {
          await fetch(at.sink.url);
          return answer.permit.release();
        }
        await passed(answer.ms);
      }
    };
    const lease = async (n: number): Promise<void> => {
      const connection = await at.connect(n);
      await eventually(() => desks[n % desks.length]!.lease(connection), { withinMs: 25_000, everyMs: 200 });
    };
    const reads = Array.from({ length: READS }, (_, n) => read(n));
    await Promise.all([...reads, ...Array.from({ length: CONNECTIONS }, (_, n) => lease(n))]);
    expect(at.sink.requests).toHaveLength(READS + CONNECTIONS);
    expect(at.counter.peak).toBeLessThanOrEqual(LIMIT);
  });

  it('are not asked for while Redis is away, and are when it is back', async () => {
    await using at = await world();
    const [desk, connection] = [await at.replica('one'), await at.connect(1)];
    await at.server.kill();
    await eventually(async () => {
      const refused = await desk.lease(connection).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(VaultError);
      expect(refused).toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 });
    });
    expect(at.sink.requests).toHaveLength(0);
    await at.server.start();
    expect(await eventually(() => desk.lease(connection), { withinMs: 25_000, everyMs: 100 })).toMatchObject({ lease: 1 });
  });
});
