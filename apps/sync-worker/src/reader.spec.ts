import { hostaway } from '@roomwire/pms-adapters';
import type { PmsAdapter } from '@roomwire/pms-port';
import { memoryVaultClient, VaultError } from '@roomwire/vault-client';
import { account, jobOf, reading } from './testing/reading.ts';

const DATE = 'Mon, 11 Jan 2027 12:00:00 GMT';
const ok = () => new Response('{"status":"success","result":{}}', { status: 200, headers: { date: DATE } });
const status =
  (code: number, headers: Record<string, string> = {}) =>
  () =>
    new Response('{"status":"fail","result":"token is invalid_token"}', { status: code, headers });

describe('Reader', () => {
  it('asks with the leased token under a permit, and answers with the bytes and what they mean', async () => {
    const { read, calls, permits, clock } = await reading(ok);
    expect(await read()).toEqual({
      kind: 'answer',
      answer: {
        ...{ operation: 'reservation', ids: ['7'], status: 200, providerDate: Date.parse(DATE) },
        ...{ bytes: Buffer.from('{"status":"success","result":{}}'), observedAt: 1_800_000_000_000_001 },
        ...{ requestedAt: clock.now(), answeredAt: clock.now() },
      },
    });
    expect(calls).toEqual([
      { url: 'http://provider.test/v1/reservations/7?includeResources=1', authorization: 'Bearer token-c1-1' },
    ]);
    expect(permits).toMatchObject({ granted: 1, released: 1 });
    expect(permits.wanted[0]).toMatchObject({ provider: 'hostaway', connection: 'c1', job: 'FETCH_t1:1' });
    expect(permits.wanted[0]!.scopes.map(({ limit }) => limit)).toEqual([15, 20, 1]);
  });

  it('waits a little for a permit, and leaves a long wait to the transport without calling', async () => {
    const { read, calls, permits, clock } = await reading(ok);
    const start = clock.now();
    permits.script = [
      { kind: 'wait', ms: 3_000 },
      { kind: 'wait', ms: 2_000 },
      { kind: 'wait', ms: 1_000 },
    ];
    expect(await read()).toMatchObject({ kind: 'answer' });
    expect(clock.now() - start).toBe(6_000);
    const waits = [[3_001], [3_000, 2_000, 1_001]];
    for (const told of waits) {
      permits.script = told.map((ms) => ({ kind: 'wait', ms }));
      const decision = { kind: 'defer', reason: 'no-permit', afterMs: told.at(-1) };
      expect(await read()).toEqual({ kind: 'decision', decision });
    }
    expect(calls).toHaveLength(1);
    expect(permits.wanted[0]).toMatchObject({ patienceMs: 3_000, place: 'c1/reservation/7' });
  });

  it('calls nobody while nobody can say how many calls are under way', async () => {
    const { read, calls, permits } = await reading(ok);
    permits.script = [new Error('Redis is away')];
    expect(await read()).toMatchObject({ decision: { kind: 'defer', reason: 'permits-unavailable' } });
    expect(calls).toEqual([]);
  });

  it('does not use a permit that came too late, and gives it back', async () => {
    const { read, calls, permits } = await reading(ok);
    permits.script = ['late'];
    expect(await read()).toMatchObject({ decision: { kind: 'defer', reason: 'permit-too-late' } });
    expect(calls).toEqual([]);
    expect(permits.released).toBe(1);
  });

  it('reports a refused token, and repeats once with another under a permit of its own', async () => {
    const answers = [status(403), ok];
    const { read, calls, permits } = await reading(() => answers.shift()!());
    const outcome = await read();
    expect(outcome).toMatchObject({ kind: 'answer', answer: { status: 200, observedAt: 1_800_000_000_000_002 } });
    expect(calls.map(({ authorization }) => authorization)).toEqual(['Bearer token-c1-1', 'Bearer token-c1-2']);
    expect(permits).toMatchObject({ granted: 2, released: 2 });
  });

  it('reports the second refusal too and counts a try: no circle', async () => {
    const reports: unknown[] = [];
    const vault = memoryVaultClient();
    const { report } = vault;
    vault.report = async (told) => (reports.push(told.lease), report(told));
    const { read, calls } = await reading(status(403), vault);
    expect(await read()).toMatchObject({ decision: { kind: 'retry', reason: 'credential-expired' } });
    expect(calls).toHaveLength(2);
    expect(reports).toEqual([1, 2]);
  });

  it('goes by what the vault found out: an operation that is refused counts, a lapse does not', async () => {
    const vault = memoryVaultClient();
    const { read } = await reading(status(401), vault);
    vault.report = async () => 'accepted';
    expect(await read()).toMatchObject({ decision: { kind: 'retry', reason: 'operation-refused' } });
    vault.report = async () => 'lapsed';
    expect(await read()).toMatchObject({ decision: { kind: 'defer', reason: 'vault-lapsed', parked: true } });
  });

  it('parks while the credentials have lapsed, and takes no permit for it', async () => {
    const grant = () => {
      throw new VaultError('lapsed');
    };
    const { read, calls, permits } = await reading(ok, memoryVaultClient({ grant }));
    expect(await read()).toMatchObject({ decision: { kind: 'defer', reason: 'vault-lapsed', afterMs: 60_000 } });
    expect([calls.length, permits.wanted.length]).toEqual([0, 0]);
  });

  it('takes a 404 for an answer', async () => {
    const { read } = await reading(() => new Response('{"status":"fail","result":"not found"}', { status: 404 }));
    expect(await read()).toMatchObject({ kind: 'answer', answer: { status: 404, ids: ['7'] } });
  });

  it('keeps the whole fleet off the account for as long as the provider asked', async () => {
    const { read, permits } = await reading(status(429, { 'retry-after': '17' }));
    expect(await read()).toEqual({ kind: 'decision', decision: { kind: 'defer', reason: 'rate-limited', afterMs: 17_000 } });
    expect(permits.blocked).toEqual([{ keys: [permits.wanted[0]!.scopes[1]!.key], ms: 17_000 }]);
  });

  it('tells what the answer’s headers say of the price, and a refusal’s too', async () => {
    const adapter: PmsAdapter = { ...hostaway, readUsage: (header) => ({ remaining: Number(header('x-left')) }) };
    const left = (remaining: number) => ({ 'x-left': String(remaining) });
    const answers = [new Response('{"status":"success","result":{}}', { headers: left(7) }), status(429, left(0))()];
    const { read, permits } = await reading(() => answers.shift()!, undefined, adapter);
    await read();
    await read();
    expect(permits.told).toEqual([{ remaining: 7 }, { remaining: 0 }]);
    expect(permits.wanted[0]).toMatchObject({ lane: 'live', tenant: 't1', operation: 'reservation' });
    expect(permits.wanted[0]!.scopes.map(({ told }) => told)).toEqual([false, true, undefined]);
  });

  it('tries again after a failure of the provider, whose call is counted', async () => {
    const { read, permits } = await reading(status(503));
    expect(await read()).toMatchObject({ decision: { kind: 'retry', reason: 'provider-error' } });
    expect(permits.released).toBe(1);
  });

  it('holds the slot of a call that was never answered: it may still be counted', async () => {
    const { read, permits } = await reading(() => Promise.reject(new TypeError('fetch failed')));
    expect(await read()).toMatchObject({ decision: { kind: 'retry', reason: 'network' } });
    expect(permits.released).toBe(0);
  });

  it('does not ask who fails again and again, takes neither token nor permit for it, and calls that no attempt of the job’s', async () => {
    const leases: number[] = [];
    const vault = memoryVaultClient();
    const { lease } = vault;
    vault.lease = async (...asked) => (leases.push(1), lease(...asked));
    let answer: () => Response = status(503);
    const { read, calls, permits, clock } = await reading(() => answer(), vault);
    expect(await read()).toMatchObject({ decision: { kind: 'retry' } });
    expect(await read()).toMatchObject({ decision: { kind: 'retry' } });
    // The rules here: three in a row, and 5 s, of which chance takes a quarter.
    const shut = { kind: 'decision', decision: { kind: 'defer', reason: 'breaker-open-account', afterMs: 3_750 } };
    expect([await read(), await read(), await read()]).toEqual([shut, shut, shut]);
    expect([calls.length, leases.length, permits.wanted.length]).toEqual([3, 3, 3]);
    expect(await read(jobOf({ connection: 'c2' }))).not.toEqual(shut);
    answer = ok;
    clock.set(clock.now() + 3_750);
    expect([await read(), await read()]).toMatchObject([{ kind: 'answer' }, { kind: 'answer' }]);
  });

  it('is kept off by what says that the provider is down, and by no other answer', async () => {
    const neither = [status(429), status(400), status(403), () => new Response('{"status":"fail","result":"no"}')];
    for (const answer of neither) {
      const { read, calls } = await reading(answer);
      for (let n = 0; n < 5; n++) await read();
      expect(calls.length).toBeGreaterThanOrEqual(5);
    }
    const { read, calls } = await reading(() => Promise.reject(new TypeError('fetch failed')));
    for (let n = 0; n < 5; n++) await read();
    expect(calls).toHaveLength(3);
  });

  it('goes no further in hand when others have failed meanwhile', async () => {
    const { read, calls, permits, meanwhile } = await reading(status(503));
    await read();
    await read();
    permits.script = [{ kind: 'wait', ms: 1_000 }];
    meanwhile.push(() => read(jobOf({ entity: '8' })));
    expect(await read()).toMatchObject({ decision: { reason: 'breaker-open-account' } });
    expect([calls.length, permits.granted]).toEqual([3, 3]);
  });

  it('is asked as its one probe by whom a permit was refused, and then by the next', async () => {
    const { read, permits, clock } = await reading(status(503));
    for (let n = 0; n < 3; n++) await read();
    clock.set(clock.now() + 3_750);
    permits.script = [{ kind: 'wait', ms: 9_000 }];
    expect(await read()).toMatchObject({ decision: { reason: 'no-permit' } });
    expect(await read()).toMatchObject({ decision: { reason: 'breaker-open-account', afterMs: 7_500 } });
    expect(permits.granted).toBe(4);
  });

  it('waits no shorter than a failing provider asks', async () => {
    const { read } = await reading(status(503, { 'retry-after': '40' }));
    const outcomes = [await read(), await read(), await read()];
    expect(outcomes.at(-1)).toMatchObject({ decision: { kind: 'defer', afterMs: 40_000 } });
  });

  it('calls nobody for a job that has become needless while it waited', async () => {
    const { read, calls, permits, meanwhile } = await reading(ok);
    permits.script = [{ kind: 'wait', ms: 200 }];
    let isNeedless = false;
    meanwhile.push(async () => (isNeedless = true));
    const outcome = await read(jobOf(), account, async () => isNeedless);
    expect(outcome).toEqual({ kind: 'decision', decision: { kind: 'drop', reason: 'newer-job' } });
    expect([calls.length, permits.granted]).toEqual([0, 0]);
  });
});
