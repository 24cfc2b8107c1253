import { Problem } from '@roomwire/chassis';
import { BusError } from '@roomwire/jetstream';
import { Gate } from '../gate.ts';
import { Memory } from '../memory.ts';
import { Rewound } from '../record-store.ts';
import { Whole } from './whole.ts';

/** A memory that is found wanting so many times after it was looked at, and is rebuilt each time. */
function memory({ lost = 0, rebuild = () => Promise.resolve() }: { lost?: number; rebuild?: () => Promise<void> }) {
  const known = new Memory();
  known.adopt('t1', 'e1', 0);
  let rebuilt = 0;
  const gate = new Gate(known, () => {
    rebuilt++;
    return rebuild();
  });
  const requireWhole = () => (rebuilt <= lost ? Promise.reject(new Rewound('t1')) : Promise.resolve());
  return { whole: new Whole(gate, { requireWhole }, 50), rebuilt: () => rebuilt };
}

describe('Whole', () => {
  it('gives what was found when the memory was whole', async () => {
    const { whole, rebuilt } = memory({ lost: 1 });
    let looks = 0;

    await expect(whole.read('t1', () => Promise.resolve(++looks))).resolves.toBe(2);
    expect(rebuilt()).toBe(2);
  });

  it('says "there is none" of a whole memory only', async () => {
    const { whole } = memory({ lost: 1 });
    const answers = [() => Promise.reject(new Problem(404, 'not-found', 'none')), () => Promise.resolve('found')];

    await expect(whole.read<string>('t1', () => answers.shift()!())).resolves.toBe('found');
    await expect(whole.read('t1', () => Promise.reject(new Problem(404, 'not-found', 'none')))).rejects.toMatchObject({
      status: 404,
    });
  });

  it.each<[string, Parameters<typeof memory>[0], () => Promise<unknown>]>([
    ['a rebuild that takes long', { rebuild: () => new Promise(() => undefined) }, () => Promise.resolve()],
    ['a memory that is lost again and again', { lost: 9 }, () => Promise.resolve()],
    ['NATS away', {}, () => Promise.reject(new BusError('unavailable', 'no answer'))],
    ['Redis away', {}, () => Promise.reject(new Error('Connection is closed.'))],
  ])('asks to come back: %s', async (_, state, work) => {
    await expect(memory(state).whole.read('t1', work)).rejects.toMatchObject({
      status: 503,
      code: 'unavailable',
      headers: { 'retry-after': '2' },
    });
  });

  it('hides no mistake of ours', async () => {
    await expect(memory({}).whole.read('t1', () => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
  });
});
