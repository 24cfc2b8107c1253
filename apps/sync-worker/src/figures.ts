import type { FetchJob, PageJob } from '@roomwire/events';
import { counter, histogram, hopFigure, type Meter } from '@roomwire/telemetry';
import { PermitFigures } from './permit-figures.ts';

/** What the sync-worker counts. */
export class Figures {
  private readonly reads;
  private readonly duration;
  private readonly pages;
  private readonly items;
  private readonly rounds;
  readonly permits: PermitFigures;
  /** See hopFigure. */
  readonly hop;

  constructor(meter: Meter) {
    this.reads = counter(meter, 'roomwire_reads_total');
    this.duration = histogram(meter, 'roomwire_read_duration_seconds');
    this.permits = new PermitFigures(meter);
    this.pages = counter(meter, 'roomwire_pages_total');
    this.items = counter(meter, 'roomwire_page_items_total');
    this.rounds = counter(meter, 'roomwire_rounds_total');
    this.hop = hopFigure(meter);
  }

  read({ provider, lane }: Pick<FetchJob, 'provider' | 'lane'>, outcome: string, ms: number): void {
    this.reads.add(1, { provider, lane, outcome });
    this.duration.record(ms / 1_000, { provider });
  }

  page({ provider, list, lane }: PageJob, items: number, isLast: boolean): void {
    this.pages.add(1, { provider, list, lane });
    this.items.add(items, { provider, list, lane });
    if (isLast) this.rounds.add(1, { provider, list, lane });
  }
}
