import type { KvTable } from '@roomwire/jetstream';

/** What is watched of a table: all that an index needs. */
export type Watched<T> = Pick<KvTable<T>, 'entries' | 'onChange'>;

/** An index over a table that is kept in memory: members of a group are found without a look at the rest. One may be in several. */
export class Grouped<T> {
  private readonly members = new Map<string, Map<string, T>>();
  private readonly groups = new Map<string, readonly string[]>();

  constructor(
    table: Watched<T>,
    private readonly groupsOf: (key: string, value: T) => string | readonly string[] | undefined,
  ) {
    for (const [key, value] of table.entries()) this.set(key, value);
    table.onChange((key, value) => this.set(key, value));
  }

  of(group: string): T[] {
    return [...(this.members.get(group)?.values() ?? [])];
  }

  private set(key: string, value: T | undefined): void {
    this.leave(key);
    if (value === undefined) return;
    const groups = [this.groupsOf(key, value) ?? []].flat();
    this.groups.set(key, groups);
    for (const group of groups) {
      const members = this.members.get(group) ?? new Map<string, T>();
      this.members.set(group, members.set(key, value));
    }
  }

  private leave(key: string): void {
    for (const group of this.groups.get(key) ?? []) {
      const members = this.members.get(group)!;
      members.delete(key);
      if (members.size === 0) this.members.delete(group);
    }
    this.groups.delete(key);
  }
}
