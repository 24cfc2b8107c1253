import { ageAll, madeOld } from '@roomwire/testkit';
import { TransientMap, TransientSet } from './transient.ts';

describe('TransientMap', () => {
  it('is a Map to whoever uses it, however its entries come and go', () => {
    const random = generator(7);
    const [map, model] = [new TransientMap<number, number>(), new Map<number, number>()];
    for (let step = 0; step < 6_000; step++) {
      const key = Math.floor(random() * (step % 1_000 < 500 ? 10 : 300));
      if (random() < 0.5) expect(map.delete(key)).toBe(model.delete(key));
      else {
        map.set(key, step);
        model.set(key, step);
      }
      expect([map.size, map.get(key), map.has(key)]).toEqual([model.size, model.get(key), model.has(key)]);
      if (step % 100 === 0) expect([...map]).toEqual([...model]);
    }
    expect([...map.values()]).toEqual([...model.values()]);
    map.clear();
    expect([map.size, ...map]).toEqual([0]);
  });

  it('shows who walks through it what is there, and nothing that was deleted meanwhile', () => {
    const map = new TransientMap<number, number>();
    for (let i = 0; i < 100; i++) map.set(i, i);
    const seen: number[] = [];
    for (const [key] of map) {
      seen.push(key);
      map.delete(key);
      map.delete(key + 1);
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => 2 * i));
    expect(map.size).toBe(0);
  });

  it('keeps nothing of what has gone through it from the collector of young garbage', () => {
    const map = new TransientMap<number, unknown[]>();
    // As after a pause: what is there has become old.
    map.set(-1, []);
    ageAll();
    map.delete(-1);
    const bytes = madeOld(() => {
      for (let i = 0; i < 20_000; i++) {
        map.set(i, new Array<number>(500).fill(i));
        map.delete(i - 5);
      }
    });
    expect(bytes).toBeLessThan(5_000_000);
  });
});

describe('TransientSet', () => {
  it('holds what was added, in order, until whoever added it takes it out', () => {
    const set = new TransientSet<string>();
    const [takeA, , takeOtherA] = ['a', 'b', 'a'].map((member) => set.add(member));
    expect([set.size, ...set]).toEqual([3, 'a', 'b', 'a']);
    takeA!();
    takeA!();
    expect([set.size, ...set]).toEqual([2, 'b', 'a']);
    takeOtherA!();
    expect([...set]).toEqual(['b']);
  });
});

/** mulberry32 */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
