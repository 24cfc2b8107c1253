import type { Connection } from '@roomwire/events';
import { gauge, type Meter } from '@roomwire/telemetry';

/** A gauge of seconds: of each provider the connection that is worst off. */
export class Furthest {
  private readonly standing = new Map<string, { provider: string; ms: number }>();

  constructor(meter: Meter, name: Parameters<typeof gauge>[1]) {
    gauge(meter, name).addCallback((result) => {
      const byProvider = new Map<string, number>();
      for (const { provider, ms } of this.standing.values())
        byProvider.set(provider, Math.max(byProvider.get(provider) ?? 0, ms));
      for (const [provider, worst] of byProvider) result.observe(worst / 1_000, { provider });
    });
  }

  stands({ id, provider }: Pick<Connection, 'id' | 'provider'>, ms: number): void {
    this.standing.set(id, { provider, ms });
  }
}
