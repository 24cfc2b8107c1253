import { elapsed, eventually, faultProxy } from '@roomwire/testkit';
import { connectNats } from './connect.ts';
import type { Delivery } from './delivery.ts';
import { StrategyBench, tenantOf } from './testing/strategy-bench.ts';
import { memoryLedger } from './memory-ledger.ts';
import { defer, done, retry } from './verdict.ts';

describe('JetStreamStrategy', () => {
  let bench: StrategyBench;
  beforeAll(async () => {
    bench = await StrategyBench.start();
  });
  afterEach(() => bench.stopAll());
  afterAll(() => bench[Symbol.asyncDispose]());
  const empty = (tenant: string, withinMs = 6_000) =>
    eventually(async () => expect(await bench.left('WORK', tenant)).toBe(0), { withinMs });

  /** Pulls that wait for a message. */
  const waiting = async (tenant: string) =>
    (await (await bench.bus.jsm()).consumers.info(`WORK_${tenant}`, 'normalizer-live')).num_waiting;

  it('refuses a handler for a consumer that nobody has', () => {
    expect(() => bench.serve({ 'normalizer-life': () => done })).toThrow(/no consumer is called "normalizer-life"/);
  });

  it('attaches to a tenant made later, lets go of a paused one, and takes it up again', async () => {
    const seen: string[] = [];
    bench.serve({ 'normalizer-live': ({ tenant }) => (seen.push(tenant), done) });
    const t = await bench.tenant();
    await bench.raw(t, {});
    await eventually(() => expect(seen).toEqual([t]));

    await bench.tenants.put(t, tenantOf(t, 'paused'));
    await eventually(async () => expect(await waiting(t)).toBe(0));
    await bench.raw(t, {});
    const other = await bench.tenant();
    await bench.raw(other, {});
    await eventually(() => expect(seen).toEqual([t, other]));
    expect(await bench.left('WORK', t)).toBe(1);

    await bench.tenants.put(t, tenantOf(t));
    await eventually(() => expect(seen).toEqual([t, other, t]));
  });

  it('a tenant whose streams are made after its entry is served', async () => {
    const seen: string[] = [];
    await bench.tenants.put('early', tenantOf('early'));
    bench.serve({ 'normalizer-live': ({ tenant }) => (seen.push(tenant), done) });
    const { ensureTenant } = await import('./ensure.ts');
    await ensureTenant(bench.nc, 'early');
    await bench.raw('early', {});
    await eventually(() => expect(seen).toEqual(['early']), { withinMs: 10_000 });
  });

  it('hints before the read are one job, a hint during the read is a second one', async () => {
    const t = await bench.tenant();
    for (const n of [1, 2, 3]) await bench.hint(t, 'e1', { n });
    const jobs: unknown[] = [];
    const { promise: reading, resolve: read } = Promise.withResolvers<void>();
    bench.serve({
      'fetch-hostaway-live': async (delivery) => {
        jobs.push(delivery.json());
        if (jobs.length === 1) await reading;
        return done;
      },
    });
    await eventually(() => expect(jobs).toEqual([{ n: 3 }]));
    await bench.hint(t, 'e1', { n: 4 });
    read();
    await eventually(() => expect(jobs).toEqual([{ n: 3 }, { n: 4 }]));
    await eventually(async () => expect(await bench.left('FETCH', t)).toBe(0));
  });

  it('leaves in the stream what would have to wait as well, for as long as a verdict says', async () => {
    const t = await bench.tenant();
    for (let n = 0; n < 40; n++) await bench.hint(t, `e${n}`);
    const seen: string[] = [];
    bench.serve({
      'fetch-hostaway-live': ({ subject }) => {
        if (subject.family === 'fetch') seen.push(subject.entity);
        return { kind: 'defer', reason: 'no-permit', afterMs: 600_000, restMs: 600_000 };
      },
    });
    const jsm = await bench.bus.jsm();
    await eventually(async () => {
      expect(seen.length).toBeGreaterThanOrEqual(4);
      const resting = { num_ack_pending: 0, num_waiting: 0 };
      expect(await jsm.consumers.info(`FETCH_${t}`, 'fetch-hostaway-live')).toMatchObject(resting);
    });
    // What was at hand when the first verdict came, and nothing that had to be pulled for it: four at once, and the next four.
    expect(seen.length).toBeLessThanOrEqual(8);
    expect(await bench.left('WORK', t)).toBe(seen.length);
  });

  it('takes few at a time after such a rest: each of them has to be stored for later', async () => {
    const t = await bench.tenant();
    const REST_MS = 200;
    for (let n = 0; n < 24; n++) await bench.hint(t, `e${n}`);
    const at: number[] = [];
    bench.serve({
      'fetch-hostaway-live': ({ tenant }) => {
        if (tenant !== t) return done;
        at.push(performance.now());
        return { kind: 'defer', reason: 'no-permit', afterMs: 600_000, restMs: REST_MS };
      },
    });
    await eventually(() => expect(at).toHaveLength(24), { withinMs: 20_000 });
    // Nothing is pulled between a verdict and the end of its rest.
    const pulls = at.reduce<number[]>((taken, now, n) => {
      if (n > 0 && now - at[n - 1]! < REST_MS / 2) taken[taken.length - 1]!++;
      else taken.push(1);
      return taken;
    }, []);
    expect(Math.max(...pulls.slice(1))).toBeLessThanOrEqual(4);
  }, 30_000);

  it('runs messages of one key in order and one at a time, others beside them', async () => {
    const t = await bench.tenant();
    const order: number[] = [];
    let running = 0;
    let most = 0;
    for (let n = 0; n < 20; n++) await bench.raw(t, { n }, { connection: 'slow' });
    bench.serve({
      'normalizer-live': async (delivery) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        order.push((delivery.json() as { n: number }).n);
        return done;
      },
    });
    await empty(t);
    expect(order).toEqual([...Array(20).keys()]);
    expect(most).toBe(1);
  });

  it('a key function that throws does not stop its consumer', async () => {
    const t = await bench.tenant();
    await bench.raw(t, new TextEncoder().encode('{'));
    await bench.raw(t, {});
    let handled = 0;
    bench.serve(
      { 'normalizer-live': () => (handled++, done) },
      { keyOf: { 'normalizer-live': (delivery) => String(delivery.json()) } },
    );
    await empty(t);
    expect(handled).toBe(2);
  });

  it.each([
    ['deferred', () => defer('no-permit', 60_000)],
    ['retried later', () => retry('away', 25_000)],
  ])('many messages that are %s do not hold up a healthy one', async (_, verdict) => {
    const t = await bench.tenant();
    for (let n = 0; n < 150; n++) await bench.hint(t, `sick${n}`);
    let sick = 0;
    let healthyAt = 0;
    bench.serve({
      'fetch-hostaway-live': ({ subject }) => {
        if (subject.family === 'fetch' && subject.entity.startsWith('sick')) return (sick++, verdict());
        healthyAt = Date.now();
        return done;
      },
    });
    await eventually(() => expect(sick).toBe(150), { withinMs: 8_000 });
    const sentAt = Date.now();
    await bench.hint(t, 'healthy');
    await eventually(() => expect(healthyAt).toBeGreaterThan(0));

    expect(healthyAt - sentAt).toBeLessThan(500);
    const { num_ack_pending } = await (await bench.bus.jsm()).consumers.info(`FETCH_${t}`, 'fetch-hostaway-live');
    expect(num_ack_pending).toBeLessThanOrEqual(101);
  });

  it('keeps alive what takes longer than the ack wait, running or waiting for its turn', async () => {
    const t = await bench.tenant();
    const deliveries: number[] = [];
    const { promise: release, resolve } = Promise.withResolvers<void>();
    for (const n of [1, 2]) await bench.raw(t, { n });
    bench.serve({
      'normalizer-live': async (delivery) => {
        deliveries.push(delivery.attempt);
        await release;
        return done;
      },
    });
    const jsm = await bench.bus.jsm();
    const info = () => jsm.consumers.info(`WORK_${t}`, 'normalizer-live');
    const started = performance.now();
    await eventually(async () => expect((await info()).num_ack_pending).toBe(2));
    await elapsed(7_000, started);
    expect((await info()).num_redelivered).toBe(0);
    resolve();
    await empty(t);
    expect(deliveries).toEqual([1, 1]);
  });

  it('a handler that does not come back loses its turn', async () => {
    const t = await bench.tenant();
    let tries = 0;
    bench.serve({ 'normalizer-live': () => (++tries === 1 ? new Promise(() => undefined) : done) }, { deadlineMs: 100 });
    await bench.raw(t, {});
    await empty(t);
    expect(tries).toBe(2);
  });

  it('stop gives back at once what has not begun, and finishes the rest', async () => {
    const t = await bench.tenant();
    for (let n = 0; n < 10; n++) await bench.raw(t, { n });
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const first: unknown[] = [];
    const ledger = memoryLedger();
    const draining = bench.serve(
      { 'normalizer-live': async (delivery) => (first.push(delivery.json()), await release, done) },
      { ledger },
    );
    await eventually(async () =>
      expect((await (await bench.bus.jsm()).consumers.info(`WORK_${t}`, 'normalizer-live')).num_ack_pending).toBe(10),
    );

    const stopped = bench.stop(draining);
    const beside: unknown[] = [];
    let most = 0;
    let running = 0;
    const notes: boolean[] = [];
    bench.serve(
      {
        'normalizer-live': async (delivery) => {
          most = Math.max(most, ++running);
          delivery.note({});
          beside.push(delivery.json());
          await new Promise((resolve) => setImmediate(resolve));
          running--;
          return done;
        },
      },
      {
        ledger: { ...ledger, started: (...at) => (notes.push(true), ledger.started(...at)) },
        keyOf: { 'normalizer-live': ({ seq }) => String(seq) },
      },
    );
    await eventually(() => expect(beside).toHaveLength(9), { withinMs: 3_000 });
    resolve();
    await stopped;
    await empty(t);
    expect(first).toEqual([{ n: 0 }]);
    // What was given back in order is under no suspicion: it does not run alone.
    expect(notes).toEqual([]);
    expect(most).toBeGreaterThan(1);
  });

  it('stop gives back also what runs for too long, under no suspicion', async () => {
    const t = await bench.tenant();
    await bench.raw(t, {});
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: release, resolve } = Promise.withResolvers<void>();
    const ledger = memoryLedger();
    const stuck = bench.serve({ 'normalizer-live': async () => (begin(), await release, done) }, { ledger, drainMs: 200 });
    await begun;
    const started = Date.now();
    await bench.stop(stuck);
    expect(Date.now() - started).toBeLessThan(1_500);

    const starts: number[] = [];
    const counting = {
      ...ledger,
      started: (...at: Parameters<typeof ledger.started>) => (starts.push(1), ledger.started(...at)),
    };
    bench.serve({ 'normalizer-live': () => done }, { ledger: counting });
    // Before the ack wait is over.
    await empty(t, 3_000);
    expect(starts).toEqual([]);
    resolve();
  });

  it('a strategy that waits for messages stops at once, also called twice', async () => {
    const t = await bench.tenant();
    const idle = bench.serve({ 'normalizer-live': () => done });
    await eventually(async () => expect(await waiting(t)).toBe(1));
    const started = Date.now();
    await Promise.all([bench.stop(idle), idle.close()]);
    expect(Date.now() - started).toBeLessThan(1_000);
  });

  it('goes on by itself within seconds after the server was killed', async () => {
    const t = await bench.tenant();
    const seen: unknown[] = [];
    bench.serve({ 'normalizer-live': (delivery) => (seen.push(delivery.json()), done) });
    await bench.raw(t, 1);
    await eventually(() => expect(seen).toEqual([1]));
    await bench.nats.kill();
    await bench.nats.start();
    await eventually(() => bench.raw(t, 2, { id: 'after the kill' }));
    const storedAt = Date.now();
    await eventually(() => expect(seen).toEqual([1, 2]), { withinMs: 10_000 });
    expect(Date.now() - storedAt).toBeLessThan(3_000);
  });

  it('a replica that went deaf while nothing was to do keeps no message for longer than the ack wait', async () => {
    const t = await bench.tenant();
    await using proxy = await faultProxy({ host: '127.0.0.1', port: Number(new URL(bench.nats.url).port) });
    const nc = await connectNats({ servers: `nats://127.0.0.1:${proxy.port}`, service: 'deaf' });
    const seen = new Map<number, number>();
    const handle = (delivery: Delivery) => (seen.set(delivery.json() as number, Date.now()), done);
    const keyOf = { 'normalizer-live': ({ seq }: Delivery) => String(seq) };
    bench.serve({ 'normalizer-live': handle }, { keyOf });
    const deaf = bench.serve({ 'normalizer-live': handle }, { nc, keyOf });
    await eventually(async () => expect(await waiting(t)).toBe(2));

    proxy.mode = 'blackhole';
    const storedAt: number[] = [];
    for (let n = 0; n < 20; n++) {
      await bench.raw(t, n);
      storedAt.push(Date.now());
    }
    await eventually(() => expect(seen.size).toBe(20), { withinMs: 15_000 });
    expect(Math.max(...storedAt.map((at, n) => seen.get(n)! - at))).toBeLessThan(6_000);

    proxy.mode = 'forward';
    proxy.cut();
    await bench.stop(deaf);
    await nc.close();
  });
});
