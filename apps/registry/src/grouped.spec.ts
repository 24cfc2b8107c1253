import { Grouped, type Watched } from './grouped.ts';

function table(first: Record<string, { house: string }>) {
  let tell: (key: string, value: { house: string } | undefined) => void = () => undefined;
  const watched: Watched<{ house: string }> = {
    entries: () => new Map(Object.entries(first)).entries(),
    onChange: (listener) => {
      tell = listener;
      return () => undefined;
    },
  };
  return { watched, tell: (key: string, value?: { house: string }) => tell(key, value) };
}

describe('Grouped', () => {
  it('finds what was there and what came', () => {
    const { watched, tell } = table({ a: { house: '1' }, b: { house: '2' } });
    const byHouse = new Grouped(watched, (_, { house }) => house);
    tell('c', { house: '1' });
    expect(byHouse.of('1')).toEqual([{ house: '1' }, { house: '1' }]);
    expect(byHouse.of('2')).toEqual([{ house: '2' }]);
    expect(byHouse.of('3')).toEqual([]);
  });

  it('moves what moved, replaces what changed, forgets what is gone', () => {
    const { watched, tell } = table({ a: { house: '1' } });
    const byHouse = new Grouped(watched, (_, { house }) => house);
    tell('a', { house: '2' });
    expect([byHouse.of('1'), byHouse.of('2')]).toEqual([[], [{ house: '2' }]]);
    tell('a', { house: '2' });
    expect(byHouse.of('2')).toHaveLength(1);
    tell('a');
    expect(byHouse.of('2')).toEqual([]);
  });

  it('finds one in every group that it is in, and in none that it left', () => {
    const { watched, tell } = table({ a: { house: '1,2' } });
    const byHouse = new Grouped(watched, (_, { house }) => house.split(','));
    expect([byHouse.of('1'), byHouse.of('2')]).toEqual([[{ house: '1,2' }], [{ house: '1,2' }]]);
    tell('a', { house: '2,3' });
    expect(['1', '2', '3'].map((house) => byHouse.of(house).length)).toEqual([0, 1, 1]);
  });

  it('leaves out what belongs to no group', () => {
    const { watched, tell } = table({});
    const byHouse = new Grouped(watched, (key, { house }) => (key === 'b' ? undefined : house));
    tell('a', { house: '1' });
    tell('b', { house: '1' });
    expect(byHouse.of('1')).toHaveLength(1);
  });
});
