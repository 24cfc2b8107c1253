import { Gate } from './gate.ts';
import { Memory } from './memory.ts';
import { Rewound } from './record-store.ts';

function gateOver() {
  const memory = new Memory();
  const calls: string[] = [];
  const gate = new Gate(memory, async (tenant) => {
    calls.push('make whole');
    await Promise.resolve();
    memory.adopt(tenant, `e${calls.length}`, 0);
  });
  return { gate, memory, calls };
}
const rewound = () => Promise.reject(new Rewound('t'));

describe('Gate', () => {
  it('looks once and then lets work through', async () => {
    const { gate, calls } = gateOver();

    await gate.within('t', () => Promise.resolve());
    await gate.within('t', () => Promise.resolve());

    expect(calls).toEqual(['make whole']);
  });

  it('has a memory made whole before any work, once for all who wait', async () => {
    const { gate, calls } = gateOver();

    await Promise.all([1, 2, 3].map(() => gate.within('t', () => Promise.resolve(calls.push('work')))));

    expect(calls).toEqual(['make whole', 'work', 'work', 'work']);
  });

  it('runs the work again on the memory that was found anew', async () => {
    const { gate, calls } = gateOver();
    let isLost = true;

    const answer = await gate.within('t', () => {
      if (!isLost) return Promise.resolve('done');
      isLost = false;
      return rewound();
    });

    expect(answer).toBe('done');
    expect(calls).toEqual(['make whole', 'make whole']);
  });

  it('goes by no other memory before the work that was begun on the last one has ended', async () => {
    const { gate, memory, calls } = gateOver();
    const held = Promise.withResolvers<void>();
    const seen: string[] = [];
    const slow = gate.within('t', async () => {
      seen.push(memory.of('t').epoch);
      await held.promise;
      seen.push(memory.of('t').epoch);
    });
    let isLost = true;
    const other = gate.within('t', () => {
      if (!isLost) return Promise.resolve(memory.of('t').epoch);
      isLost = false;
      return rewound();
    });
    await new Promise(setImmediate);
    expect(calls).toEqual(['make whole']);

    held.resolve();

    await slow;
    expect(await other).toBe('e2');
    expect(seen).toEqual(['e1', 'e1']);
  });

  it('refuses every further call of work that was under way when the connection broke', async () => {
    const { gate, memory } = gateOver();
    const held = Promise.withResolvers<void>();
    const seen: string[] = [];
    const work = gate.within('t', async () => {
      await held.promise;
      seen.push(memory.of('t').epoch);
    });
    await new Promise(setImmediate);

    gate.close();
    held.resolve();

    await work;
    expect(seen).toEqual(['none']);
    expect(memory.last('t').epoch).toBe('e1');
    expect(await gate.within('t', () => Promise.resolve(memory.of('t').epoch))).toBe('e2');
  });

  it('gives up on work that finds every memory wanting', async () => {
    const { gate } = gateOver();

    await expect(gate.within('t', rewound)).rejects.toThrow(Rewound);
  });

  it('does not take any other failure for a rewind', async () => {
    const { gate, calls } = gateOver();

    await expect(gate.within('t', () => Promise.reject(new Error('other')))).rejects.toThrow('other');
    expect(calls).toEqual(['make whole']);
  });
});
