import type { PageJob } from '@roomwire/events';
import { counter, histogram, hopFigure, type Meter } from '@roomwire/telemetry';
import { PermitFigures } from './permit-figures.ts';
import { SocketFigures } from './socket/socket-figures.ts';
import { ReconcileFigures } from './reconcile/reconcile-figures.ts';
import { WebhookFigures } from './webhook-figures.ts';
import type { Asked } from './reader.ts';

/** What the sync-worker counts. */
export class Figures {
  private readonly reads;
  private readonly duration;
  private readonly pushes;
  private readonly cells;
  private readonly pages;
  private readonly items;
  private readonly rounds;
  readonly permits: PermitFigures;
  readonly webhooks: WebhookFigures;
  readonly sockets: SocketFigures;
  readonly reconciling: ReconcileFigures;
  /** See hopFigure. */
  readonly hop;

  constructor(meter: Meter) {
    this.reads = counter(meter, 'roomwire_reads_total');
    this.duration = histogram(meter, 'roomwire_read_duration_seconds');
    this.permits = new PermitFigures(meter);
    this.webhooks = new WebhookFigures(meter);
    this.sockets = new SocketFigures(meter);
    this.reconciling = new ReconcileFigures(meter);
    this.pushes = counter(meter, 'roomwire_pushes_total');
    this.cells = counter(meter, 'roomwire_push_cells_total');
    this.pages = counter(meter, 'roomwire_pages_total');
    this.items = counter(meter, 'roomwire_page_items_total');
    this.rounds = counter(meter, 'roomwire_rounds_total');
    this.hop = hopFigure(meter);
  }

  read({ provider, lane }: Pick<Asked, 'provider' | 'lane'>, outcome: string, ms: number): void {
    this.reads.add(1, { provider, lane, outcome });
    this.duration.record(ms / 1_000, { provider });
  }

  /** One call that tells a provider something. */
  push({ provider, lane }: Pick<Asked, 'provider' | 'lane'>, outcome: string): void {
    this.pushes.add(1, { provider, lane, outcome });
  }

  /** What became of the nights and tasks that it told of. */
  told(provider: string, kind: string, outcome: string, cells: number): void {
    this.cells.add(cells, { provider, kind, outcome });
  }

  page({ provider, list, lane }: PageJob, items: number, isLast: boolean): void {
    this.pages.add(1, { provider, list, lane });
    this.items.add(items, { provider, list, lane });
    if (isLast) this.rounds.add(1, { provider, list, lane });
  }
}
