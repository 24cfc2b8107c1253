import { counter, gauge, type Meter } from '@roomwire/telemetry';
import type { Retelling } from './core/retelling.ts';

/** What the registry counts of the reads that it asks for of itself. */
export class Figures {
  private readonly reads;
  private readonly disagreements;
  private readonly epochs;
  private readonly open;

  constructor(meter: Meter) {
    this.reads = counter(meter, 'roomwire_retell_reads_total');
    this.disagreements = counter(meter, 'roomwire_reads_disagreed_total');
    this.epochs = counter(meter, 'roomwire_epochs_raised_total');
    this.open = gauge(meter, 'roomwire_retellings_open');
  }

  /** `walks`: as many as there are, whenever somebody looks. */
  watch(walks: () => Iterable<Retelling>): void {
    this.open.addCallback((result) => result.observe([...walks()].filter(({ done }) => !done).length));
  }

  /** One step of a walk. `owing`: names that were waited for before it and owe it still. */
  retold(provider: string, before: Retelling, after: Retelling, owing: ReadonlySet<string>): void {
    const waits = new Set(after.waiting.map(({ name }) => name));
    const left = before.waiting.filter(({ name }) => !waits.has(name));
    const unanswered = left.filter(({ name }) => owing.has(name)).length;
    const counts = { asked: after.asked - before.asked, answered: left.length - unanswered, unanswered };
    for (const [outcome, count] of Object.entries(counts)) if (count > 0) this.reads.add(count, { provider, outcome });
  }

  disagreed(provider: string, outcome: 'first' | 'again' | 'confirmed'): void {
    this.disagreements.add(1, { provider, outcome });
  }

  epochRaised(provider: string): void {
    this.epochs.add(1, { provider });
  }
}
