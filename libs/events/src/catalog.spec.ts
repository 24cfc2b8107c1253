import { connection, mapping, remapped, type Mapping } from './catalog.ts';

const made: Mapping = { kind: 'unit', connection: 'c1', entity: '40', id: 'u-1' };

describe('remapped', () => {
  it('remembers what the provider id meant before, and not what it means now', () => {
    const there = remapped(made, 'u-2');
    expect(there).toEqual({ ...made, id: 'u-2', formerly: ['u-1'] });
    expect(remapped(there, 'u-1')).toEqual({ ...made, formerly: ['u-2'] });
  });

  it('is the same where nothing changes', () => {
    expect(remapped(made, 'u-1')).toBe(made);
  });

  it('fits its schema however often it is linked', () => {
    let linked = made;
    for (let n = 2; n < 40; n++) linked = remapped(linked, `u-${n}`);
    expect(mapping.parse(linked).formerly).toHaveLength(16);
    expect(linked.formerly!.at(-1)).toBe('u-38');
  });
});

it('a connection made before there were epochs is read as it is', () => {
  const before = { id: 'c1', tenant: 't1', provider: 'hostaway', status: 'active', account: null, baseUrl: null, unitsOf: null };
  expect(connection.parse(before)).toEqual(before);
});
