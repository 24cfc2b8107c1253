import type { Limit } from '@roomwire/pms-port';
import { createMeter } from '@roomwire/telemetry';
import { testClock } from '@roomwire/testkit';
import { PermitFigures } from './permit-figures.ts';

const LIMITS: readonly Limit[] = [
  { scope: 'egress', limit: 15, windowMs: 10_000 },
  { scope: 'account', limit: 100, windowMs: 300_000, unit: 'credits' },
];
const job = { provider: 'beds24', connection: 'c1', lane: 'poll' } as const;

describe('PermitFigures', () => {
  it('tells the fullest bucket of the last minute, and what the provider said last is left', async () => {
    const { meter, metricsText } = createMeter('spec');
    const clock = testClock();
    const figures = new PermitFigures(meter, clock.now);
    const lines = async (name: string) => (await metricsText()).split('\n').filter((line) => line.startsWith(name));
    figures.granted(job, LIMITS, { used: [0.9, 0.2, 1] });
    figures.granted(job, LIMITS, { used: [0.5, 0.3, 1] });
    figures.answered(job, LIMITS, { remaining: 41.5 });
    figures.answered({ ...job, connection: 'c2' }, LIMITS.slice(0, 1), { remaining: 3 });
    expect(await lines('roomwire_permit_used_ratio')).toEqual([
      expect.stringMatching(/scope="egress".* 0\.9$/),
      expect.stringMatching(/scope="account".* 0\.3$/),
    ]);
    expect(await lines('roomwire_credits_remaining')).toEqual([expect.stringMatching(/connection="c1".* 41\.5$/)]);
    expect(await lines('roomwire_permits_granted_total')).toEqual([expect.stringMatching(/lane="poll".* 2$/)]);
    clock.set(clock.now() + 60_001);
    figures.granted(job, LIMITS, { used: [0.5, 0.1, 1] });
    clock.set(clock.now() + 1);
    expect(await lines('roomwire_permit_used_ratio')).toEqual([
      expect.stringMatching(/scope="egress".* 0\.5$/),
      expect.stringMatching(/scope="account".* 0\.1$/),
    ]);
    clock.set(clock.now() + 60_001);
    expect(await lines('roomwire_permit_used_ratio')).toEqual([expect.stringMatching(/ 0$/), expect.stringMatching(/ 0$/)]);
  });
});
