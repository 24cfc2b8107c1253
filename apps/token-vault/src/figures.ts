import { counter, gauge, type Meter } from '@roomwire/telemetry';

/** What the vault counts. */
export class Figures {
  private readonly requests;
  private readonly grants;
  private readonly reports;
  private readonly probes;
  private readonly notices;
  private readonly refusedByRate;
  private readonly leases;
  private readonly resealedValues;
  private dataKeys = 0;
  private toReseal = 0;

  constructor(meter: Meter) {
    this.requests = counter(meter, 'roomwire_vault_requests_total');
    this.grants = counter(meter, 'roomwire_vault_grants_total');
    this.reports = counter(meter, 'roomwire_vault_reports_total');
    this.probes = counter(meter, 'roomwire_vault_probes_total');
    this.notices = counter(meter, 'roomwire_vault_notices_total');
    this.refusedByRate = counter(meter, 'roomwire_vault_limited_total');
    this.leases = counter(meter, 'roomwire_vault_leases_total');
    this.resealedValues = counter(meter, 'roomwire_vault_resealed_total');
    gauge(meter, 'roomwire_vault_data_keys').addCallback((result) => result.observe(this.dataKeys));
    gauge(meter, 'roomwire_vault_values_to_reseal').addCallback((result) => result.observe(this.toReseal));
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

  probed(provider: string, outcome: string): void {
    this.probes.add(1, { provider, outcome });
  }

  /** No token could be asked for yet: the provider's limits are used up, or nobody knows. */
  waited(provider: string): void {
    this.grants.add(1, { provider, outcome: 'no-permit' });
  }

  noticed(provider: string, type: string): void {
    this.notices.add(1, { provider, type });
  }

  leased(from: 'memory' | 'leader'): void {
    this.leases.add(1, { from });
  }

  limited(operation: string): void {
    this.refusedByRate.add(1, { operation });
  }

  resealed(values: number): void {
    this.resealedValues.add(values);
    this.toReseal = Math.max(0, this.toReseal - values);
  }

  keysHeld({ dataKeys, toReseal }: { dataKeys: number; toReseal: number }): void {
    [this.dataKeys, this.toReseal] = [dataKeys, toReseal];
  }
}
