import { Gate } from './gate.ts';
import { Memory } from './memory.ts';
import { Rewound } from './record-store.ts';

function gateOver(epochs: (string | null)[]) {
  const memory = new Memory();
  const calls: string[] = [];
  const adopt = (tenant: string): Promise<boolean> => {
    calls.push('adopt');
    const epoch = epochs.shift() ?? null;
    if (epoch) memory.adopt(tenant, epoch, 0);
    return Promise.resolve(epoch !== null);
  };
  const rebuild = async (tenant: string): Promise<void> => {
    calls.push('rebuild');
    await Promise.resolve();
    memory.adopt(tenant, 'rebuilt', 0);
  };
  return { gate: new Gate({ adopt }, memory, rebuild), calls };
}

describe('Gate', () => {
  it('looks once and then lets work through', async () => {
    const { gate, calls } = gateOver(['e1']);

    await gate.within('t', () => Promise.resolve());
    await gate.within('t', () => Promise.resolve());

    expect(calls).toEqual(['adopt']);
  });

  it('has an unknown memory rebuilt before any work, once for all who wait', async () => {
    const { gate, calls } = gateOver([null]);

    await Promise.all([1, 2, 3].map(() => gate.within('t', () => Promise.resolve(calls.push('work')))));

    expect(calls).toEqual(['adopt', 'rebuild', 'work', 'work', 'work']);
  });

  it('runs the work again on the memory that was found anew', async () => {
    const { gate, calls } = gateOver(['e1', null]);
    let rewound = true;

    const answer = await gate.within('t', () => {
      if (!rewound) return Promise.resolve('done');
      rewound = false;
      return Promise.reject(new Rewound('t'));
    });

    expect(answer).toBe('done');
    expect(calls).toEqual(['adopt', 'adopt', 'rebuild']);
  });

  it('gives up on work that finds every memory wanting', async () => {
    const { gate } = gateOver(['e1', 'e2', 'e3']);

    await expect(gate.within('t', () => Promise.reject(new Rewound('t')))).rejects.toThrow(Rewound);
  });

  it('does not take any other failure for a rewind', async () => {
    const { gate, calls } = gateOver(['e1']);

    await expect(gate.within('t', () => Promise.reject(new Error('other')))).rejects.toThrow('other');
    expect(calls).toEqual(['adopt']);
  });
});
