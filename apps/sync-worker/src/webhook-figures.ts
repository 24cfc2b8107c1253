import type { Connection } from '@roomwire/events';
import { counter, type Meter } from '@roomwire/telemetry';
import { Furthest } from './furthest.ts';

/** What is told of webhooks' registrations and of webhooks that do not come. */
export class WebhookFigures {
  private readonly looks;
  private readonly drifts;

  constructor(meter: Meter) {
    this.looks = counter(meter, 'roomwire_webhook_registrations_total');
    this.drifts = new Furthest(meter, 'roomwire_webhook_drift_seconds');
  }

  looked({ provider }: Pick<Connection, 'provider'>, outcome: string): void {
    this.looks.add(1, { provider, outcome });
  }

  drifted(connection: Pick<Connection, 'id' | 'provider'>, ms: number): void {
    this.drifts.stands(connection, ms);
  }
}
