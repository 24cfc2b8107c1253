import type { KvTable } from '@roomwire/jetstream';

/** What is watched of a table: all that an index needs. */
export type Watched<T> = Pick<KvTable<T>, 'entries' | 'onChange'>;

/** An index over a table that is kept in memory: members of a group are found without a look at the rest. */
export class Grouped<T> {
  private readonly members = new Map<string, Map<string, T>>();
  private readonly groups = new Map<string, string>();

  constructor(
    table: Watched<T>,
    private readonly groupOf: (key: string, value: T) => string | undefined,
  ) {
    for (const [key, value] of table.entries()) this.set(key, value);
    table.onChange((key, value) => this.set(key, value));
  }

  of(group: string): T[] {
    return [...(this.members.get(group)?.values() ?? [])];
  }

  private set(key: string, value: T | undefined): void {
    this.leave(key);
    const group = value === undefined ? undefined : this.groupOf(key, value);
    if (group === undefined) return;
    this.groups.set(key, group);
    const members = this.members.get(group) ?? new Map<string, T>();
    this.members.set(group, members.set(key, value!));
  }

  private leave(key: string): void {
    const group = this.groups.get(key);
    if (group === undefined) return;
    this.groups.delete(key);
    const members = this.members.get(group)!;
    members.delete(key);
    if (members.size === 0) this.members.delete(group);
  }
}
