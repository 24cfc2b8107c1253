import type { Ledger } from '../ledger.ts';

const at = ['t1', 'WORK_t1', 7] as const;

/** What every {@link Ledger} promises. `make` answers an empty one. */
export function ledgerConformance(make: () => Ledger | Promise<Ledger>): void {
  let ledger: Ledger;
  beforeEach(async () => {
    ledger = await make();
  });

  it('knows nothing of a message that nobody told of', async () => {
    expect(await ledger.remembered(...at)).toEqual({ verdicts: 0, ended: 0, starts: 0 });
  });

  it('counts verdicts of messages apart', async () => {
    await ledger.gaveVerdict(...at, 1, true);
    await ledger.gaveVerdict(...at, 2, true);
    await ledger.gaveVerdict('t2', 'WORK_t1', 7, 1, true);
    await ledger.gaveVerdict('t1', 'FETCH_t1', 7, 1, true);

    expect(await ledger.remembered(...at)).toEqual({ verdicts: 2, ended: 2, starts: 0 });
  });

  it('counts starts, and a verdict ends the suspicion whether it counts or not', async () => {
    expect([await ledger.started(...at), await ledger.started(...at)]).toEqual([1, 2]);
    await ledger.gaveVerdict(...at, 5, false);
    expect(await ledger.remembered(...at)).toEqual({ verdicts: 0, ended: 5, starts: 0 });
    expect(await ledger.started(...at)).toBe(1);
  });

  it('what was given back explains one delivery and clears no suspicion', async () => {
    await ledger.started(...at);
    await ledger.gaveBack(...at);
    expect(await ledger.remembered(...at)).toEqual({ verdicts: 0, ended: 1, starts: 1 });
  });

  it('forgets', async () => {
    await ledger.gaveVerdict(...at, 1, true);
    await ledger.started(...at);
    await ledger.forget(...at);
    expect(await ledger.remembered(...at)).toEqual({ verdicts: 0, ended: 0, starts: 0 });
  });

  it('answers what is due, the earliest first, no more than asked, until it is removed', async () => {
    for (const [seq, due] of [
      [3, 300],
      [1, 200],
      [2, 100],
      [4, 301],
    ] as const)
      await ledger.addDue('t1', 's', seq, due);
    await ledger.addDue('t1', 'other', 9, 1);
    await ledger.setIndexed('t1', 's');

    expect(await ledger.due('t1', 's', 300, 10)).toEqual({ seqs: [2, 1, 3], nextMs: 301 });
    expect(await ledger.due('t1', 's', 300, 2)).toEqual({ seqs: [2, 1], nextMs: 300 });
    expect(await ledger.due('t1', 's', 0, 2)).toEqual({ seqs: [], nextMs: 100 });
    await ledger.removeDue('t1', 's', 2);
    expect(await ledger.due('t1', 's', 999, 10)).toEqual({ seqs: [1, 3, 4], nextMs: undefined });
  });

  it('a copy told of twice is due once, at the later word', async () => {
    await ledger.addDue('t1', 's', 3, 100);
    await ledger.addDue('t1', 's', 3, 900);
    await ledger.setIndexed('t1', 's');
    expect(await ledger.due('t1', 's', 500, 10)).toEqual({ seqs: [], nextMs: 900 });
    expect(await ledger.due('t1', 's', 900, 10)).toEqual({ seqs: [3], nextMs: undefined });
  });

  it('knows whether the index was ever filled, apart for each consumer', async () => {
    await ledger.addDue('t1', 's', 3, 100);
    expect(await ledger.due('t1', 's', 500, 10)).toBeUndefined();
    await ledger.setIndexed('t1', 's');
    expect(await ledger.due('t1', 's', 500, 10)).toEqual({ seqs: [3], nextMs: undefined });
    expect(await ledger.due('t1', 'other', 500, 10)).toBeUndefined();
  });

  it('makes due what is parked for what is open, and for long enough, and nothing else', async () => {
    const soon = { nowMs: 50, sinceMs: 10 };
    const isOpen = (name: string): boolean => name === 'open';
    await ledger.addDue('t1', 's', 1, 900, { for: 'open', sinceMs: 10 });
    await ledger.addDue('t1', 's', 2, 901, { for: 'shut', sinceMs: 10 });
    await ledger.addDue('t1', 's', 3, 902, { for: 'open', sinceMs: 11 });
    await ledger.addDue('t1', 's', 4, 903);
    await ledger.addDue('t1', 'other', 5, 904, { for: 'open', sinceMs: 10 });
    await ledger.setIndexed('t1', 's');
    expect(await ledger.unpark('t1', 's', isOpen, soon)).toBe(1);
    expect(await ledger.due('t1', 's', 50, 10)).toEqual({ seqs: [1], nextMs: 901 });
    expect(await ledger.unpark('t1', 's', isOpen, soon)).toBe(0);
    expect(await ledger.unpark('t1', 's', () => true, { nowMs: 50, sinceMs: 11 })).toBe(2);
    expect((await ledger.due('t1', 's', 50, 10))?.nextMs).toBe(903);
  });

  it('brings back nothing that was published meanwhile', async () => {
    await ledger.addDue('t1', 's', 1, 900, { for: 'open', sinceMs: 10 });
    await ledger.addDue('t1', 's', 2, 900, { for: 'open', sinceMs: 10 });
    await ledger.setIndexed('t1', 's');
    await ledger.removeDue('t1', 's', 1, 'open');
    await ledger.removeDue('t1', 's', 2); // whoever found the copy gone does not know what it was parked for
    expect(await ledger.unpark('t1', 's', () => true, { nowMs: 50, sinceMs: 10 })).toBe(0);
    expect(await ledger.due('t1', 's', 999, 10)).toEqual({ seqs: [], nextMs: undefined });
  });
}
