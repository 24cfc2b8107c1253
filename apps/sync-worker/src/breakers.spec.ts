import type { ProviderId } from '@roomwire/events';
import { createLog, createMeter } from '@roomwire/telemetry';
import { testClock } from '@roomwire/testkit';
import { Writable } from 'node:stream';
import { Breakers, Pass, type Whose } from './breakers.ts';

const rules = {
  account: { failuresMost: 3, leastMs: 5_000, mostMs: 60_000 },
  address: { failuresMost: 2, leastMs: 5_000, mostMs: 60_000 },
};

function world() {
  const clock = testClock();
  const { meter, metricsText } = createMeter('spec');
  const lines: string[] = [];
  const log = createLog('spec', 'info', new Writable({ write: (line, _encoding, done) => (lines.push(String(line)), done()) }));
  const breakers = new Breakers({ rules, log, meter, elapsed: clock.now, random: () => 0.5 });
  const whose = (connection: string, provider: ProviderId = 'hostaway', address = `${provider}.test`): Whose => ({
    ...{ connection, provider, address, lane: 'live' },
  });
  /** One call: what became of it, or how long it was kept off. */
  const call = (of: Whose, ends: 'answered' | 'failed' | 'nothing'): string => {
    const pass = breakers.enter(of);
    if (!(pass instanceof Pass)) return `${pass.of} ${pass.waitMs}`;
    if (ends === 'answered') pass.answered();
    if (ends === 'failed') pass.failed('timeout');
    pass.leave();
    return ends;
  };
  const fail = (of: Whose, times = 3) => Array.from({ length: times }, () => call(of, 'failed'));
  const figures = async (name: string) => (await metricsText()).split('\n').filter((line) => line.startsWith(name));
  return { clock, whose, call, fail, breakers, figures, lines };
}

describe('Breakers', () => {
  it('keep off one account that fails, however often, and no other', () => {
    const { whose, call, fail } = world();
    expect(fail(whose('c1'), 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => (n < 3 ? 'failed' : 'account 5000')));
    expect(call(whose('c2'), 'answered')).toBe('answered');
    expect(call(whose('c1'), 'answered')).toBe('account 5000');
  });

  it('keep everybody off an address where two accounts fail and nobody is answered, and no other provider nor address', () => {
    const { whose, call, fail } = world();
    fail(whose('c1'));
    fail(whose('c2'));
    expect(call(whose('c3'), 'answered')).toBe('address 5000');
    expect(call(whose('c3', 'hostaway', 'elsewhere.test'), 'answered')).toBe('answered');
    expect(call(whose('c4', 'mews', 'hostaway.test'), 'answered')).toBe('answered');
  });

  it('do not take two accounts for the whole provider as long as a third is answered', () => {
    const { whose, call, fail } = world();
    fail(whose('c1'));
    expect(call(whose('c3'), 'answered')).toBe('answered');
    fail(whose('c2'));
    expect(call(whose('c3'), 'answered')).toBe('answered');
  });

  it('do not count an account that fails now and then', () => {
    const { whose, call, fail } = world();
    fail(whose('c1'));
    fail(whose('c2'), 2);
    expect(call(whose('c3'), 'answered')).toBe('answered');
  });

  it('let one call go after the pause; its answer opens the way for its neighbours too', () => {
    const { whose, call, fail, clock, breakers } = world();
    fail(whose('c1'));
    fail(whose('c2'));
    clock.set(clock.now() + 5_000);
    const probe = breakers.enter(whose('c3')) as Pass;
    expect(call(whose('c4'), 'answered')).toBe('address 5000');
    expect(probe.shut()).toBeUndefined();
    probe.answered();
    expect([call(whose('c4'), 'answered'), call(whose('c1'), 'answered')]).toEqual(['answered', 'answered']);
    fail(whose('c1'));
    clock.set(clock.now() + 5_000);
    expect([call(whose('c1'), 'failed'), call(whose('c1'), 'failed')]).toEqual(['failed', 'account 10000']);
  });

  it('hasten those who wait for themselves when their address is well again', () => {
    const { whose, call, fail, clock } = world();
    fail(whose('c1'));
    for (let n = 0; n < 3; n++) {
      clock.set(clock.now() + 60_000);
      call(whose('c1'), 'failed');
    }
    fail(whose('c2'));
    clock.set(clock.now() + 5_000);
    expect(call(whose('c1'), 'answered')).toBe('account 35000');
    expect(call(whose('c3'), 'answered')).toBe('answered');
    expect(call(whose('c1'), 'answered')).toBe('account 2500');
  });

  it('give the one call to the next where it came to nothing', () => {
    const { whose, call, fail, clock } = world();
    fail(whose('c1'));
    clock.set(clock.now() + 5_000);
    expect([call(whose('c1'), 'nothing'), call(whose('c1'), 'answered')]).toEqual(['nothing', 'answered']);
  });

  it('tell who waits in hand that others have failed meanwhile', () => {
    const { whose, fail, breakers } = world();
    const pass = breakers.enter(whose('c1')) as Pass;
    expect(pass.shut()).toBeUndefined();
    fail(whose('c1'));
    expect(pass.shut()).toEqual({ waitMs: 5_000, of: 'account' });
  });

  it('say so in the log and in figures', async () => {
    const { whose, call, fail, clock, figures, lines } = world();
    expect(await figures('roomwire_breakers_open{')).toEqual([]);
    fail(whose('c1'), 4);
    expect(await figures('roomwire_breakers_open{')).toEqual([expect.stringMatching(/of="account".* 1$/)]);
    expect(await figures('roomwire_breaker_waits_total')).toEqual([expect.stringMatching(/lane="live".* 1$/)]);
    clock.set(clock.now() + 5_000);
    call(whose('c1'), 'answered');
    expect(await figures('roomwire_breakers_open{')).toEqual([expect.stringMatching(/of="account".* 0$/)]);
    expect(await figures('roomwire_breakers_opened_total')).toEqual([expect.stringMatching(/of="account".* 1$/)]);
    const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(said).toMatchObject([
      { level: 'warn', msg: 'breaker: open', connection: 'c1', of: 'account', code: 'timeout', pause_ms: 5_000 },
      { level: 'info', msg: 'breaker: closed', connection: 'c1', of: 'account' },
    ]);
  });
});
