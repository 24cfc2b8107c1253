/** What this process knows of Redis' memory of a tenant: which one it is, and how far it had come. */
export type Known = { epoch: string; counter: number };

/** An epoch that no memory has: everything is REWOUND until a tenant is attached. */
const NONE: Known = { epoch: 'none', counter: 0 };

export class Memory {
  private readonly known = new Map<string, Known>();

  of(tenant: string): Known {
    return this.known.get(tenant) ?? NONE;
  }

  saw(tenant: string, counter: number): void {
    const known = this.known.get(tenant);
    if (known && counter > known.counter) known.counter = counter;
  }

  adopt(tenant: string, epoch: string, counter: number): void {
    this.known.set(tenant, { epoch, counter });
  }

  forget(tenant: string): void {
    this.known.delete(tenant);
  }
}
