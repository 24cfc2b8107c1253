import type { Mapping } from '@roomwire/events';
import type { KvTable } from '@roomwire/jetstream';

/** What several providers' ids mean one door, and of which tenants that has changed. */
export class Linked {
  /** By tenant and unit, then by key of the mapping. */
  private readonly byUnit = new Map<string, Map<string, Mapping>>();
  private readonly unitOf = new Map<string, string>();
  /** By tenant: its doors that several ids mean. */
  private readonly doors = new Map<string, number>();
  private readonly moved = new Set<string>();
  readonly stop: () => void;

  constructor(mappings: Pick<KvTable<Mapping>, 'entries' | 'onChange'>) {
    for (const [key, mapping] of mappings.entries()) this.keep(key, mapping);
    this.moved.clear();
    this.stop = mappings.onChange((key, mapping) => this.keep(key, mapping));
  }

  /** What providers call the door. */
  of(tenant: string, unit: string): Mapping[] {
    return [...(this.byUnit.get(`${tenant}/${unit}`)?.values() ?? [])];
  }

  any(tenant: string): boolean {
    return (this.doors.get(tenant) ?? 0) > 0;
  }

  /** Tenants of which a door has got or lost an id of a provider since this was asked last. */
  changed(): string[] {
    const tenants = [...this.moved];
    this.moved.clear();
    return tenants;
  }

  private keep(key: string, mapping: Mapping | undefined): void {
    const tenant = key.slice(0, key.indexOf('.'));
    const place = mapping?.kind === 'unit' ? `${tenant}/${mapping.id}` : undefined;
    const before = this.unitOf.get(key);
    if (before === place) return;
    if (before !== undefined) this.remove(before, key, tenant);
    if (place) this.add(place, key, mapping!, tenant);
  }

  private remove(place: string, key: string, tenant: string): void {
    const sources = this.byUnit.get(place)!;
    if (sources.size === 2) this.count(tenant, -1);
    sources.delete(key);
    if (sources.size === 0) this.byUnit.delete(place);
    this.unitOf.delete(key);
    this.moved.add(tenant);
  }

  private add(place: string, key: string, mapping: Mapping, tenant: string): void {
    const sources = this.byUnit.get(place) ?? new Map<string, Mapping>();
    this.byUnit.set(place, sources.set(key, mapping));
    this.unitOf.set(key, place);
    if (sources.size > 1) this.moved.add(tenant);
    if (sources.size === 2) this.count(tenant, 1);
  }

  private count(tenant: string, more: number): void {
    this.doors.set(tenant, (this.doors.get(tenant) ?? 0) + more);
  }
}
