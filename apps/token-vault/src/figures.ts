import { counter, type Meter } from '@roomwire/telemetry';

/** What the vault counts. */
export class Figures {
  private readonly requests;
  private readonly grants;
  private readonly reports;
  private readonly notices;

  constructor(meter: Meter) {
    this.requests = counter(meter, 'roomwire_vault_requests_total');
    this.grants = counter(meter, 'roomwire_vault_grants_total');
    this.reports = counter(meter, 'roomwire_vault_reports_total');
    this.notices = counter(meter, 'roomwire_vault_notices_total');
  }

  answered(operation: string, outcome: string): void {
    this.requests.add(1, { operation, outcome });
  }

  granted(provider: string, outcome: string): void {
    this.grants.add(1, { provider, outcome });
  }

  reported(provider: string, decision: string): void {
    this.reports.add(1, { provider, decision });
  }

  noticed(provider: string, type: string): void {
    this.notices.add(1, { provider, type });
  }
}
