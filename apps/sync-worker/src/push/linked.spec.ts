import type { Mapping } from '@roomwire/events';
import { Linked } from './linked.ts';

type Listener = (key: string, value: Mapping | undefined) => void;

function table(held: Record<string, string>) {
  const listeners = new Set<Listener>();
  const mappingOf = (key: string, id: string): Mapping => ({ kind: 'unit', connection: key.split('.')[2]!, entity: '7', id });
  return {
    *entries(): IterableIterator<[string, Mapping]> {
      for (const [key, id] of Object.entries(held)) yield [key, mappingOf(key, id)];
    },
    onChange: (listener: Listener) => (listeners.add(listener), () => listeners.delete(listener)),
    set: (key: string, id: string | undefined) =>
      listeners.forEach((listener) => listener(key, id === undefined ? undefined : mappingOf(key, id))),
  };
}
const [A, B, OTHER] = ['t1.map.a.unit.7', 't1.map.b.unit.7', 't2.map.c.unit.7'];

describe('doors that several providers sell', () => {
  it('are found by their unit, and their tenant has some', () => {
    const linked = new Linked(table({ [A]: 'u-1', [B]: 'u-1', [OTHER]: 'u-1' }));
    expect(linked.of('t1', 'u-1').map(({ connection }) => connection)).toEqual(['a', 'b']);
    expect([linked.any('t1'), linked.any('t2')]).toEqual([true, false]);
    expect(linked.changed()).toEqual([]);
  });

  it('are known to have changed once: by a link, by its end, and not by a door that is met for the first time', () => {
    const mappings = table({ [A]: 'u-1' });
    const linked = new Linked(mappings);
    mappings.set(B, 'u-2');
    expect([linked.changed(), linked.any('t1')]).toEqual([[], false]);
    mappings.set(B, 'u-1');
    expect([linked.changed(), linked.any('t1')]).toEqual([['t1'], true]);
    expect(linked.changed()).toEqual([]);
    mappings.set(A, undefined);
    expect([linked.changed(), linked.any('t1')]).toEqual([['t1'], false]);
    expect(linked.of('t1', 'u-1').map(({ connection }) => connection)).toEqual(['b']);
  });
});
