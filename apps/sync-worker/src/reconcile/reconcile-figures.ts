import type { Connection, Why } from '@roomwire/events';
import { counter, histogram, type Meter } from '@roomwire/telemetry';
import { Furthest } from '../furthest.ts';
import type { Found } from './core/pass.ts';

type Of = Pick<Connection, 'id' | 'provider'>;
type Standing = { unseenMs: number; unrepairedMs: number };

/** Seconds, around a bound of some minutes. */
const REPAIR_BUCKETS = [1, 5, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 14_400];

/** What is told of differences between what providers list and what is known. */
export class ReconcileFigures {
  private readonly calls;
  private readonly passes;
  private readonly divergences;
  private readonly repairs;
  private readonly unseen;
  private readonly unrepaired;

  constructor(meter: Meter) {
    this.calls = counter(meter, 'roomwire_reconcile_calls_total');
    this.passes = counter(meter, 'roomwire_reconcile_passes_total');
    this.divergences = counter(meter, 'roomwire_divergences_total');
    this.repairs = histogram(meter, 'roomwire_divergence_repair_seconds', REPAIR_BUCKETS);
    this.unseen = new Furthest(meter, 'roomwire_reconcile_unseen_seconds');
    this.unrepaired = new Furthest(meter, 'roomwire_reconcile_unrepaired_seconds');
  }

  called({ provider }: Of): void {
    this.calls.add(1, { provider });
  }

  found({ provider }: Of, all: readonly Found[]): void {
    for (const { kind, difference } of all) this.divergences.add(1, { provider, kind, why: difference.why });
  }

  repaired({ provider }: Of, why: Why, ms: number): void {
    this.repairs.record(ms / 1_000, { provider, why });
  }

  ended({ provider }: Of, isWhole: boolean): void {
    this.passes.add(1, { provider, outcome: isWhole ? 'whole' : 'partly' });
  }

  stands(connection: Of, { unseenMs, unrepairedMs }: Standing): void {
    this.unseen.stands(connection, unseenMs);
    this.unrepaired.stands(connection, unrepairedMs);
  }
}
