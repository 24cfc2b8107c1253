import { adapterOf } from '@roomwire/pms-adapters';
import { PmsError, type PmsErrorCode } from '@roomwire/pms-port';
import type { PermitAnswer, Permits, Usage, Wanted } from '@roomwire/rate';
import { createLog, createMeter } from '@roomwire/telemetry';
import { testClock } from '@roomwire/testkit';
import { Figures } from './figures.ts';
import { hostawayConnection as connection } from './testing/desk.ts';
import { turns } from './turns.ts';

/** Permits that answer by script, and are granted when that is at its end. */
function world(script: (PermitAnswer | Error)[] = []) {
  const clock = testClock();
  const seen = { wanted: [] as Wanted[], released: [] as (Usage | undefined)[], blocked: [] as unknown[], isGood: true };
  const permit = {
    ...{ observedAt: 1, used: [] },
    isGood: () => seen.isGood,
    release: async (usage?: Usage) => void seen.released.push(usage),
  };
  const permits: Permits = {
    acquire: async (wanted) => {
      seen.wanted.push(wanted);
      const next = script.shift() ?? { kind: 'granted', permit };
      if (next instanceof Error) throw next;
      return next;
    },
    block: async (_provider, scopes, ms) => void seen.blocked.push([scopes.map(({ key }) => key), ms]),
  };
  const take = turns({
    ...{ permits, adapters: adapterOf, egress: 'a', monotonic: clock.now, sleep: async (ms) => clock.set(clock.now() + ms) },
    ...{ figures: new Figures(createMeter('spec').meter), log: createLog('spec', 'silent') },
  });
  return { clock, seen, take };
}
const failing = (code: PmsErrorCode, retryAfterMs?: number) => () =>
  Promise.reject(
    new PmsError(code, {
      provider: 'hostaway',
      operation: 'token',
      usage: { remaining: 3 },
      ...(retryAfterMs ? { retryAfterMs } : {}),
    }),
  );

describe('a turn', () => {
  it('is one call of the provider’s limits, before all that can wait', async () => {
    const { seen, take } = world();
    const turn = await take(connection, 'token');
    expect(await turn.use(async () => 'the token')).toBe('the token');
    expect(seen.released).toEqual([undefined]);
    await turn.giveBack();
    expect(seen.released).toHaveLength(1);
    const [{ scopes, ...wanted }] = seen.wanted as [Wanted];
    expect(wanted).toMatchObject({ provider: 'hostaway', connection: 'c1', tenant: 't1', lane: 'live', operation: 'token' });
    expect(scopes.map(({ limit, windowMs }) => [limit, windowMs])).toEqual([
      [15, 10_000],
      [20, 10_000],
    ]);
  });

  it('is nobody’s whom the provider does not count', async () => {
    const { seen, take } = world();
    const turn = await take({ ...connection, provider: 'internal' }, 'token');
    expect([turn.isGood(), await turn.use(async () => 1)]).toEqual([true, 1]);
    expect(seen.wanted).toEqual([]);
  });

  it('is waited for a little, and what takes longer is told', async () => {
    const wait = (ms: number) => ({ kind: 'wait', ms }) as const;
    const { clock, seen, take } = world([wait(3_000), wait(2_000)]);
    const start = clock.now();
    await take(connection, 'token');
    expect([clock.now() - start, seen.wanted.length]).toEqual([5_000, 3]);
    expect(new Set(seen.wanted.map(({ place }) => place)).size).toBe(1);
    for (const script of [[wait(3_001)], [wait(3_000), wait(2_500), wait(1_000)]]) {
      const { ms } = script.at(-1)!;
      await expect(world(script).take(connection, 'token')).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: ms });
    }
  });

  it('is not to be had while nobody can say how many calls are under way', async () => {
    const { take } = world([new Error('Redis is away')]);
    await expect(take(connection, 'token')).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 });
  });

  it('is given back where nothing was sent', async () => {
    const { seen, take } = world();
    await (await take(connection, 'token')).giveBack();
    expect(seen.released).toHaveLength(1);
  });

  it('is over with any answer, and without one only when none can come', async () => {
    const { seen, take } = world();
    for (const code of ['credential-rejected', 'provider-error', 'malformed-answer', 'timeout', 'network'] as const) {
      const turn = await take(connection, 'token');
      await expect(turn.use(failing(code))).rejects.toMatchObject({ code });
      await turn.giveBack();
    }
    expect(seen.released).toEqual(Array(3).fill({ remaining: 3 }));
  });

  it('that was one too many keeps the whole fleet off the account, and not off the address', async () => {
    const { seen, take } = world();
    await expect((await take(connection, 'token')).use(failing('rate-limited', 17_000))).rejects.toMatchObject({
      code: 'rate-limited',
    });
    await expect((await take(connection, 'token')).use(failing('rate-limited'))).rejects.toMatchObject({ code: 'rate-limited' });
    const { key } = seen.wanted[0]!.scopes[1]!;
    expect(seen.blocked).toEqual([
      [[key], 17_000],
      [[key], 10_000],
    ]);
  });
});
