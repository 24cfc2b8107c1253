import { dueOfSorted, type Ledger, type Remembered } from './ledger.ts';

/** The twin for tests and for one process without Redis. */
export function memoryLedger(): Ledger {
  const messages = new Map<string, Remembered>();
  const due = new Map<string, Map<number, number>>();
  const indexed = new Set<string>();
  const of = (tenant: string, stream: string, seq: number): Remembered => {
    const key = `${tenant}/${stream}/${seq}`;
    const found = messages.get(key) ?? { verdicts: 0, ended: 0, starts: 0 };
    messages.set(key, found);
    return found;
  };
  const dueOf = (tenant: string, stage: string): Map<number, number> => {
    const key = `${tenant}/${stage}`;
    const found = due.get(key) ?? new Map<number, number>();
    due.set(key, found);
    return found;
  };
  return {
    remembered: (...at) => Promise.resolve({ ...of(...at) }),
    gaveVerdict: (tenant, stream, seq, deliveries, counts) => {
      const found = of(tenant, stream, seq);
      Object.assign(found, { verdicts: found.verdicts + (counts ? 1 : 0), ended: deliveries, starts: 0 });
      return Promise.resolve();
    },
    gaveBack: (...at) => Promise.resolve(void of(...at).ended++),
    started: (...at) => Promise.resolve(++of(...at).starts),
    forget: (tenant, stream, seq) => Promise.resolve(void messages.delete(`${tenant}/${stream}/${seq}`)),
    addDue: (tenant, stage, seq, dueMs) => Promise.resolve(void dueOf(tenant, stage).set(seq, dueMs)),
    due: (tenant, stage, nowMs, limit) => {
      if (!indexed.has(`${tenant}/${stage}`)) return Promise.resolve(undefined);
      return Promise.resolve(
        dueOfSorted(
          [...dueOf(tenant, stage)].sort((a, b) => a[1] - b[1]),
          nowMs,
          limit,
        ),
      );
    },
    removeDue: (tenant, stage, seq) => Promise.resolve(void dueOf(tenant, stage).delete(seq)),
    setIndexed: (tenant, stage) => Promise.resolve(void indexed.add(`${tenant}/${stage}`)),
  };
}
