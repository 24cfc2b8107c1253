import { progressOf, readPart, type Drain } from '@roomwire/events';
import type { KvTable } from '@roomwire/jetstream';
import { gauge, type Meter } from '@roomwire/telemetry';

/** How far backfills have come: each worker knows all of them, and tells the same. */
export function tellBackfills(meter: Meter, drains: Pick<KvTable<Drain>, 'entries'>, now: () => number): void {
  const underWay = () =>
    [...drains.entries()].flatMap(([, { provider, connection, list, lane, round }]) =>
      lane === 'backfill' && round ? [{ labels: { provider, connection, list }, progress: progressOf(round, now()) }] : [],
    );
  gauge(meter, 'roomwire_backfill_read_ratio').addCallback((result) => {
    for (const { labels, progress } of underWay()) result.observe(readPart(progress), labels);
  });
  gauge(meter, 'roomwire_backfill_left_seconds').addCallback((result) => {
    for (const { labels, progress } of underWay())
      if (progress.secondsLeft !== null) result.observe(progress.secondsLeft, labels);
  });
}
