/** What this process knows of Redis' memory of a tenant: which one it is, and how far it had come. */
export type Known = { epoch: string; counter: number };

/** An epoch that no memory has: everything is REWOUND until a tenant is attached. */
const NONE: Known = { epoch: 'none', counter: 0 };

/** Sequences of STATE that the memory in sight knows. */
export type Marks = {
  /** That this process has marked; 0 = none. */
  highest: number;
  /** Up to which nothing is missing, when it was last looked at. */
  floor: number;
  /** What may become the floor: once the debts are paid that were there when it had been marked. */
  candidate?: { seq: number; newestDebt: string } | undefined;
};

/** Of each tenant the memory that this process goes by; one that was lost sight of is remembered, to be told from an older one. */
export class Memory {
  private readonly known = new Map<string, Known>();
  private readonly lostSight = new Set<string>();
  private readonly marks = new Map<string, Marks>();

  of(tenant: string): Known {
    return this.lostSight.has(tenant) ? NONE : this.last(tenant);
  }

  /** The memory that was gone by last, in sight or not. */
  last(tenant: string): Known {
    return this.known.get(tenant) ?? NONE;
  }

  saw(tenant: string, counter: number): void {
    const known = this.known.get(tenant);
    if (known && counter > known.counter) known.counter = counter;
  }

  /** Readers have heard the message of STATE with this sequence, and the memory in sight knows of it. */
  marked(tenant: string, seq: number): void {
    const marks = this.marksOf(tenant);
    marks.highest = Math.max(marks.highest, seq);
  }

  /** Kept by {@link EpochStore}. */
  marksOf(tenant: string): Marks {
    const marks = this.marks.get(tenant) ?? { highest: 0, floor: 0 };
    this.marks.set(tenant, marks);
    return marks;
  }

  adopt(tenant: string, epoch: string, counter: number): void {
    this.known.set(tenant, { epoch, counter });
    this.lostSight.delete(tenant);
    this.marks.delete(tenant);
  }

  /** The tenant is erased: whoever has its id next begins anew. */
  forget(tenant: string): void {
    this.known.delete(tenant);
    this.lostSight.delete(tenant);
    this.marks.delete(tenant);
  }

  /** The connection broke: what is behind the next one may be older, however like the last it looks. */
  loseSight(): void {
    for (const tenant of this.known.keys()) this.lostSight.add(tenant);
    this.marks.clear();
  }
}
