import { modifiedAtOf } from '@roomwire/events';
import { deadLetterFigure } from '@roomwire/jetstream';
import { counter, gauge, histogram, hopFigure, type Meter } from '@roomwire/telemetry';
import type { Origin, Plan } from './core/normalize.ts';
import { Drift } from './drift.ts';

export type Figures = {
  normalized(origin: Origin, plan: Plan, ms: number): void;
  buried(consumer: string, reason: string): void;
};

export function figuresOf(meter: Meter): Figures {
  const parts = counter(meter, 'roomwire_normalized_total');
  const duration = histogram(meter, 'roomwire_normalize_duration_seconds');
  const hop = hopFigure(meter);
  const drift = new Drift();
  gauge(meter, 'roomwire_drift_seconds').addCallback((result) => {
    for (const [connection, seconds] of drift.now(Date.now())) result.observe(seconds, { connection });
  });
  return {
    buried: deadLetterFigure(meter),
    normalized({ provider, connection, lane, context, hops }, { events, jobs, dead, reject, outcomes }, ms) {
      const ignored = outcomes.filter(({ body }) => body.verdict === 'ignored').length;
      const counts = { event: events.length, hint: jobs.length, rejected: dead.length + (reject ? 1 : 0), ignored };
      for (const [part, count] of Object.entries(counts)) if (count > 0) parts.add(count, { provider, part });
      duration.record(ms / 1000, { provider });
      hop('normalized', lane, hops['stored'], hops['normalized']!);
      // What was read is as old as the provider's last change to it: that is no lateness.
      if (context.via === 'push')
        for (const { body } of events)
          drift.told(connection, Date.parse(context.receivedAt), modifiedAtOf(body.data) / 1_000, Date.now());
    },
  };
}
