import { eventually } from '@roomwire/testkit';
import type { Delivery } from './delivery.ts';
import { publishLater } from './later.ts';
import type { Ledger } from './ledger.ts';
import { memoryLedger } from './memory-ledger.ts';
import { StrategyBench } from './testing/strategy-bench.ts';
import { defer, done, drop, reject, retry, type Verdict } from './verdict.ts';

describe('JetStreamStrategy settles', () => {
  let bench: StrategyBench;
  beforeAll(async () => {
    bench = await StrategyBench.start();
  });
  afterEach(() => bench.stopAll());
  afterAll(() => bench[Symbol.asyncDispose]());

  /** A handler that answers each delivery of `n` by the list's next verdict (the last again and again), and what it saw. */
  function script(...verdicts: Verdict[]) {
    const seen: { at: number; attempt: number; delivery: Delivery }[] = [];
    const handle = (delivery: Delivery): Verdict => {
      seen.push({ at: Date.now(), attempt: delivery.attempt, delivery });
      return verdicts[Math.min(seen.length, verdicts.length) - 1]!;
    };
    return { seen, handle, attempts: () => seen.map(({ attempt }) => attempt) };
  }
  const settled = (tenant: string, withinMs = 6_000) =>
    eventually(async () => expect(await bench.left('WORK', tenant)).toBe(0), { withinMs });

  it('done and drop as the end of a message', async () => {
    const t = await bench.tenant();
    const { seen, handle } = script(done, drop('stale'));
    bench.serve({ 'normalizer-live': handle });
    await bench.raw(t, { n: 1 });
    await bench.raw(t, { n: 2 });
    await settled(t);

    expect(seen.map(({ delivery }) => delivery.json())).toEqual([{ n: 1 }, { n: 2 }]);
    expect(seen[0]?.delivery.subject).toEqual({ tenant: t, family: 'raw', lane: 'live', provider: 'hostaway', connection: 'c1' });
    expect(await bench.dead(t)).toEqual([]);
  });

  it('retry as another try after our delay, and counts', async () => {
    const t = await bench.tenant();
    const { seen, handle, attempts } = script(retry('away', 300), retry('away', 300), done);
    bench.serve({ 'normalizer-live': handle });
    await bench.raw(t, {});
    await settled(t);

    expect(attempts()).toEqual([1, 2, 3]);
    const waits = [1, 2].map((n) => seen[n]!.at - seen[n - 1]!.at);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(290);
    expect(Math.max(...waits)).toBeLessThan(1_500);
  });

  it('what is published for later not before its time, and once, whoever asks for it and whatever the index has lost', async () => {
    const t = await bench.tenant();
    const { seen, handle } = script(done);
    const dueMs = Date.now() + 500;
    const subject = { tenant: t, family: 'raw', lane: 'live', provider: 'hostaway', connection: 'c1' } as const;
    const message = { tenant: t, stage: 'normalizer-live', id: 'a.b', subject, body: { n: 1 }, headers: { 'Rw-Receipt': 'r1' } };
    await publishLater(bench.bus, memoryLedger(), message, dueMs);
    await publishLater(bench.bus, memoryLedger(), message, dueMs);
    bench.serve({ 'normalizer-live': handle });
    await eventually(() => expect(seen).toHaveLength(1));
    await settled(t);

    expect(seen).toHaveLength(1);
    expect(seen[0]!.at).toBeGreaterThanOrEqual(dueMs);
    expect([seen[0]!.delivery.json(), seen[0]!.delivery.header('Rw-Receipt')]).toEqual([{ n: 1 }, 'r1']);
    expect([seen[0]!.delivery.header('Rw-Later-Due'), seen[0]!.attempt]).toEqual(['', 1]);
  });

  it('retry over the limit as a dead letter with all that is needed to deal with it', async () => {
    const t = await bench.tenant();
    const { seen, handle } = script(retry('redis-away', 1));
    bench.serve({ 'normalizer-live': handle });
    const { seq } = await bench.raw(t, { a: 1 }, { headers: { 'Rw-Receipt': 'r1', 'Rw-Via': 'push' } });
    await settled(t);

    expect(seen).toHaveLength(10);
    const [letter, ...others] = await bench.dead(t);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      ...{ tenant: t, stage: 'normalizer-live', provider: 'hostaway', reason: 'exhausted', detail: 'redis-away', attempts: 10 },
      ...{ origin: { stream: `WORK_${t}`, seq, subject: `pms.${t}.raw.live.hostaway.c1` }, receipt: 'r1' },
      headers: { 'Rw-Receipt': 'r1', 'Rw-Via': 'push' },
    });
    expect(new TextDecoder().decode(letter?.data)).toBe('{"a":1}');
  });

  it('a throw, no verdict and not JSON as what they are', async () => {
    const t = await bench.tenant();
    let throws = 0;
    bench.serve({
      'normalizer-live': (delivery) => {
        const { kind } = delivery.json() as { kind: string };
        if (kind === 'throws' && throws++ === 0) throw new TypeError('planted');
        return kind === 'nothing' && delivery.attempt === 1 ? (undefined as unknown as Verdict) : done;
      },
    });
    for (const kind of ['throws', 'nothing']) await bench.raw(t, { kind }, { connection: kind });
    await bench.raw(t, new TextEncoder().encode('{"half":'), { connection: 'half' });
    await settled(t);

    expect(throws).toBe(2);
    expect((await bench.dead(t)).map(({ reason }) => reason)).toEqual(['not-json']);
  });

  it('reject as a dead letter that is stored before the original ends', async () => {
    const t = await bench.tenant();
    const jsm = await bench.bus.jsm();
    await jsm.streams.delete(`DEAD_${t}`);
    const { seen, handle } = script(reject('schema', 'expected a number', '/result/3'));
    bench.serve({ 'normalizer-live': handle });
    await bench.raw(t, { bad: true });
    // More often than a suspect may start: a message that came to a verdict is none, though nothing could take its end.
    await eventually(() => expect(seen.length).toBeGreaterThan(4), { withinMs: 10_000 });
    expect(await bench.left('WORK', t)).toBe(1);

    await jsm.streams.add({ name: `DEAD_${t}`, subjects: [`pms.${t}.dead.>`] });
    await settled(t);
    expect(await bench.dead(t)).toMatchObject([
      { reason: 'schema', detail: 'expected a number', pointer: '/result/3', attempts: 1 },
    ]);
  });

  it('a subject that is not one of ours, and a message of another tenant, as dead letters that no handler sees', async () => {
    const t = await bench.tenant();
    const { seen, handle } = script(done);
    const jsm = await bench.bus.jsm();
    const { config } = await jsm.streams.info(`WORK_${t}`);
    await jsm.streams.update(`WORK_${t}`, { ...config, subjects: [...config.subjects, 'pms.other.raw.>'] });
    const both = [`pms.${t}.raw.live.>`, 'pms.other.raw.live.>'];
    await jsm.consumers.delete(`WORK_${t}`, 'normalizer-live');
    await jsm.consumers.add(`WORK_${t}`, { durable_name: 'normalizer-live', filter_subjects: both, ack_policy: 'explicit' });
    bench.serve({ 'normalizer-live': handle });
    await bench.bus.publish(`pms.${t}.raw.live.too.many.tokens.here`, {}, { id: 'x1' });
    await bench.bus.publish('pms.other.raw.live.hostaway.c1', {}, { id: 'x2' });
    await settled(t);

    expect(seen).toEqual([]);
    expect((await bench.dead(t)).map(({ reason }) => reason)).toEqual(['wrong-subject', 'wrong-subject']);
  });

  it('defer as a stored copy that comes back in time with its attempts and headers, also within the window of its id', async () => {
    const t = await bench.tenant();
    const { seen, handle, attempts } = script(retry('r', 1), defer('no-permit', 600), defer('no-permit', 600), done);
    bench.serve({ 'normalizer-live': handle });
    const { seq } = await bench.raw(t, { a: 1 }, { headers: { 'Rw-Receipt': 'r1' } });
    await eventually(() => expect(seen).toHaveLength(2));
    // The original is acked; only the copy waits.
    await eventually(async () => expect(await bench.bus.message(`WORK_${t}`, seq)).toBeUndefined());
    expect(await bench.left('WORK', t)).toBe(1);
    await settled(t);

    expect(attempts()).toEqual([1, 2, 2, 2]);
    const last = seen[3]!;
    expect([last.delivery.header('Rw-Receipt'), last.delivery.json()]).toEqual(['r1', { a: 1 }]);
    expect(last.delivery.header('Rw-Later-Due')).toBe('');
    for (const n of [2, 3]) expect(seen[n]!.at - seen[n - 1]!.at).toBeGreaterThanOrEqual(590);
    expect(last.at - seen[1]!.at).toBeLessThan(2_500);
  });

  it('a wait whose due index was lost while it waited comes back all the same', async () => {
    const t = await bench.tenant();
    const { seen, handle } = script(defer('parked', 600), done);
    let inner = memoryLedger();
    const ledger = new Proxy(inner, { get: (_, name: keyof Ledger) => inner[name] });
    bench.serve({ 'normalizer-live': handle }, { ledger });
    await bench.raw(t, {});
    await eventually(() => expect(seen).toHaveLength(1));
    await eventually(async () =>
      expect(await bench.bus.lastOnLeader(`WORK_${t}`, `pms.${t}.later.normalizer-live.*`)).toBeDefined(),
    );
    await eventually(async () => expect((await inner.due(t, 'normalizer-live', Date.now() + 60_000, 1))?.seqs).toHaveLength(1));
    inner = memoryLedger();
    await settled(t);

    expect(seen).toHaveLength(2);
  });

  it('a wait whose due index was set back (it looks whole) comes back with the next process', async () => {
    const t = await bench.tenant();
    const { seen, handle } = script(defer('parked', 300), done);
    const first = bench.serve({ 'normalizer-live': handle }, { ledger: { ...memoryLedger(), addDue: () => Promise.resolve() } });
    await bench.raw(t, {});
    await eventually(() => expect(seen).toHaveLength(1));
    await eventually(async () =>
      expect(await bench.bus.lastOnLeader(`WORK_${t}`, `pms.${t}.later.normalizer-live.*`)).toBeDefined(),
    );
    await bench.stop(first);
    const ledger = memoryLedger();
    await ledger.setIndexed(t, 'normalizer-live');
    bench.serve({ 'normalizer-live': handle }, { ledger });
    await settled(t);

    expect(seen).toHaveLength(2);
  });

  it('the longest message that may be published as one that waits, and as a dead letter', async () => {
    const t = await bench.tenant();
    const { seen, handle } = script(defer('no-permit', 1), reject('schema', 'd'.repeat(500), `/${'p'.repeat(600)}`));
    bench.serve({ 'normalizer-live': handle });
    const longest = new Uint8Array(bench.nc.info!.max_payload - 8_192 - 20);
    await bench.raw(t, longest, { headers: { 'Rw-Receipt': 'r1' } });
    await settled(t);

    expect(seen.map(({ delivery }) => delivery.seq)).toEqual([1, 3]); // 2 is the copy that waited
    expect((await bench.dead(t)).map(({ reason, data }) => [reason, data.length])).toEqual([['schema', longest.length]]);
  });

  it('nothing that needs the ledger while it is away: that comes back, what does not need it goes on', async () => {
    const t = await bench.tenant();
    const away = () => Promise.reject(new Error('planted: redis is away'));
    let inner: Ledger = { ...memoryLedger(), remembered: away, gaveVerdict: away, started: away, addDue: away, due: away };
    const ledger = new Proxy(inner, { get: (_, name: keyof Ledger) => inner[name] });
    const verdicts: Record<string, Verdict[]> = { retried: [retry('r', 1)], deferred: [defer('d', 1)], plain: [] };
    const handled: string[] = [];
    const handle = ({ subject }: Delivery): Verdict => {
      const name = subject.family === 'raw' ? subject.connection : '';
      handled.push(name);
      return verdicts[name]?.shift() ?? done;
    };
    bench.serve({ 'normalizer-live': handle }, { ledger });
    for (const connection of ['retried', 'deferred']) await bench.raw(t, {}, { connection });
    await eventually(() => expect(handled).toEqual(['retried', 'deferred']));
    await bench.raw(t, {}, { connection: 'plain' });
    await eventually(() => expect(handled).toContain('plain'), { withinMs: 4_000 });
    // Redelivered at least once, and not begun: nobody knows whether they are suspects.
    const info = async () => (await bench.bus.jsm()).consumers.info(`WORK_${t}`, 'normalizer-live');
    await eventually(async () => expect((await info()).delivered.consumer_seq).toBeGreaterThanOrEqual(5), { withinMs: 6_000 });
    expect(handled).toHaveLength(3);

    inner = memoryLedger();
    await settled(t, 8_000);
    expect(new Set(handled)).toEqual(new Set(['retried', 'deferred', 'plain']));
    expect(handled.length).toBeGreaterThanOrEqual(5);
    expect(await bench.dead(t)).toEqual([]);
  });

  it('nothing while DEAD is full, loses nothing, and keeps the true reason', async () => {
    const t = await bench.tenant({ deadBytesMax: 2_000 });
    const { handle } = script(reject('schema'));
    bench.serve({ 'normalizer-live': handle });
    for (let n = 0; n < 6; n++) await bench.raw(t, 'x'.repeat(500));
    await eventually(async () => expect((await bench.dead(t)).length).toBeGreaterThan(0));
    const jsm = await bench.bus.jsm();
    expect((await bench.left('WORK', t)) + (await bench.dead(t)).length).toBe(6);
    const { config } = await jsm.streams.info(`DEAD_${t}`);
    // Several rounds of trying, more than a suspect may start.
    await eventually(
      async () => expect((await jsm.consumers.info(`WORK_${t}`, 'normalizer-live')).delivered.consumer_seq).toBeGreaterThan(12),
      { withinMs: 20_000 },
    );
    await jsm.streams.update(`DEAD_${t}`, { ...config, max_bytes: -1 });
    await settled(t, 12_000);

    expect((await bench.dead(t)).map(({ reason }) => reason)).toEqual(Array(6).fill('schema'));
  });
});
