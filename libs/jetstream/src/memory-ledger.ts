import { dueOfSorted, type Ledger, type Parked, type Remembered } from './ledger.ts';

/** The twin for tests and for one process without Redis. */
export function memoryLedger(): Ledger {
  const messages = new Map<string, Remembered>();
  const of = (tenant: string, stream: string, seq: number): Remembered => {
    const key = `${tenant}/${stream}/${seq}`;
    const found = messages.get(key) ?? { verdicts: 0, ended: 0, starts: 0 };
    messages.set(key, found);
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
    ...memoryDueIndex(),
  };
}

type DueIndex = Pick<Ledger, 'addDue' | 'due' | 'removeDue' | 'unpark' | 'setIndexed'>;

function memoryDueIndex(): DueIndex {
  const due = new Map<string, Map<number, number>>();
  const indexed = new Set<string>();
  const parkedIn = new Map<string, Map<number, Parked>>();
  const dueOf = (tenant: string, stage: string): Map<number, number> => {
    const key = `${tenant}/${stage}`;
    const found = due.get(key) ?? new Map<number, number>();
    due.set(key, found);
    return found;
  };
  const parkedOf = (tenant: string, stage: string): Map<number, Parked> => {
    const key = `${tenant}/${stage}`;
    const found = parkedIn.get(key) ?? new Map<number, Parked>();
    parkedIn.set(key, found);
    return found;
  };
  return {
    addDue: (tenant, stage, seq, dueMs, parked) => {
      dueOf(tenant, stage).set(seq, dueMs);
      if (parked) parkedOf(tenant, stage).set(seq, parked);
      return Promise.resolve();
    },
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
    removeDue: (tenant, stage, seq) => {
      dueOf(tenant, stage).delete(seq);
      parkedOf(tenant, stage).delete(seq);
      return Promise.resolve();
    },
    unpark: (tenant, stage, isOpen, { nowMs, sinceMs }) => {
      const parked = parkedOf(tenant, stage);
      const free = [...parked].filter(([, each]) => each.sinceMs <= sinceMs && isOpen(each.for)).map(([seq]) => seq);
      for (const seq of free) {
        parked.delete(seq);
        dueOf(tenant, stage).set(seq, nowMs);
      }
      return Promise.resolve(free.length);
    },
    setIndexed: (tenant, stage) => Promise.resolve(void indexed.add(`${tenant}/${stage}`)),
  };
}
