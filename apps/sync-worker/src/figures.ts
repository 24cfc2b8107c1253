import type { FetchJob } from '@roomwire/events';
import { counter, histogram, hopFigure, type Meter } from '@roomwire/telemetry';

/** What the sync-worker counts. */
export class Figures {
  private readonly reads;
  private readonly duration;
  private readonly waits;
  /** See hopFigure. */
  readonly hop;

  constructor(meter: Meter) {
    this.reads = counter(meter, 'roomwire_reads_total');
    this.duration = histogram(meter, 'roomwire_read_duration_seconds');
    this.waits = counter(meter, 'roomwire_permit_waits_total');
    this.hop = hopFigure(meter);
  }

  read({ provider, lane }: Pick<FetchJob, 'provider' | 'lane'>, outcome: string, ms: number): void {
    this.reads.add(1, { provider, lane, outcome });
    this.duration.record(ms / 1_000, { provider });
  }

  permitWait(provider: string, outcome: 'waited' | 'deferred' | 'unavailable'): void {
    this.waits.add(1, { provider, outcome });
  }
}
