import { drainKey, type Drain } from '@roomwire/events';

export const ROUND = {
  id: '11111111-1111-4111-8111-111111111111',
  now: 1_800_000_000_000,
  nights: { from: '2027-01-01', until: '2027-12-31' },
};

/** A list's poll before its first round. */
export const drainOf = (more: Partial<Drain> = {}): Drain => ({
  ...{ tenant: 't1', provider: 'hostaway', connection: 'c1', list: 'reservations', lane: 'poll' },
  ...{ since: ROUND.now - 90_000_000, everyMs: 60_000, dueAt: ROUND.now, calendarsDueAt: 0, round: null, last: null },
  ...more,
});

/** A bucket that compares and sets, as KvTable has it. */
export class DrainTable {
  private readonly held = new Map<string, { value: Drain; seq: number; deleted: false }>();
  private seq = 0;

  constructor(drains: readonly Drain[] = []) {
    for (const each of drains) this.keep(drainKey(each), each);
  }

  keys(): string[] {
    return [...this.held.keys()];
  }

  get(key: string): Drain | undefined {
    return this.held.get(key)?.value;
  }

  async entryFromLeader(key: string): Promise<{ value: Drain; seq: number; deleted: boolean } | undefined> {
    return this.held.get(key);
  }

  async create(key: string, value: Drain): Promise<boolean> {
    if (this.held.has(key)) return false;
    this.keep(key, value);
    return true;
  }

  async update(key: string, value: Drain, expected: number): Promise<number | undefined> {
    return this.held.get(key)?.seq === expected ? this.keep(key, value) : undefined;
  }

  private keep(key: string, value: Drain): number {
    this.held.set(key, { value, seq: ++this.seq, deleted: false });
    return this.seq;
  }
}
