import { counter, histogram, type Meter } from '@roomwire/telemetry';
import type { Plan } from './core/normalize.ts';

export type Figures = { normalized(provider: string, plan: Plan, ms: number): void };

export function figuresOf(meter: Meter): Figures {
  const parts = counter(meter, 'roomwire_normalized_total');
  const duration = histogram(meter, 'roomwire_normalize_duration_seconds');
  return {
    normalized(provider, { events, jobs, dead, reject, outcomes }, ms) {
      const ignored = outcomes.filter(({ body }) => body.verdict === 'ignored').length;
      const counts = { event: events.length, hint: jobs.length, rejected: dead.length + (reject ? 1 : 0), ignored };
      for (const [part, count] of Object.entries(counts)) if (count > 0) parts.add(count, { provider, part });
      duration.record(ms / 1000, { provider });
    },
  };
}
