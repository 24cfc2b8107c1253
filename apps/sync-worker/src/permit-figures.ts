import type { Limit, Usage } from '@roomwire/pms-port';
import type { Permit } from '@roomwire/rate';
import { counter, gauge, type Meter } from '@roomwire/telemetry';
import type { Asked } from './reader.ts';

/** Who had no permit for so long knows of no use, ms. */
const USED_KEPT_MS = 60_000;

/** What is told of permits and of the providers' own accounts. */
export class PermitFigures {
  private readonly granted_;
  private readonly waits;
  /** By provider and scope: the fullest bucket of the last minute. */
  private readonly fullest = new Map<string, { provider: string; scope: string; used: number; at: number }>();
  private readonly credits = new Map<string, { provider: string; left: number }>();

  constructor(
    meter: Meter,
    private readonly now: () => number = Date.now,
  ) {
    this.granted_ = counter(meter, 'roomwire_permits_granted_total');
    this.waits = counter(meter, 'roomwire_permit_waits_total');
    gauge(meter, 'roomwire_permit_used_ratio').addCallback((result) => {
      const since = this.now() - USED_KEPT_MS;
      for (const { provider, scope, used, at } of this.fullest.values())
        result.observe(at < since ? 0 : used, { provider, scope });
    });
    gauge(meter, 'roomwire_credits_remaining').addCallback((result) => {
      for (const [connection, { provider, left }] of this.credits) result.observe(left, { provider, connection });
    });
  }

  granted({ provider, lane }: Pick<Asked, 'provider' | 'lane'>, limits: readonly Limit[], { used }: Pick<Permit, 'used'>): void {
    this.granted_.add(1, { provider, lane });
    limits.forEach(({ scope }, index) => {
      const [name, at] = [`${provider} ${scope}`, this.now()];
      const before = this.fullest.get(name);
      if (!before || before.at < at - USED_KEPT_MS || before.used <= used[index]!)
        this.fullest.set(name, { provider, scope, used: used[index]!, at });
    });
  }

  waited({ provider, lane }: Pick<Asked, 'provider' | 'lane'>, outcome: 'waited' | 'deferred' | 'unavailable'): void {
    this.waits.add(1, { provider, lane, outcome });
  }

  answered(
    { provider, connection }: Pick<Asked, 'provider' | 'connection'>,
    limits: readonly Limit[],
    { remaining }: Usage,
  ): void {
    if (remaining !== undefined && limits.some(({ unit }) => unit === 'credits'))
      this.credits.set(connection, { provider, left: remaining });
  }
}
