import { InOneTurn } from './in-one-turn.ts';

/** Performs groups of words, and remembers which. A group with an `x` in it fails. */
function shouting() {
  const groups: string[] = [];
  const turns = new InOneTurn<string, string>(async (members) => {
    groups.push(members.join(''));
    if (members.includes('x')) throw new Error(`${members.join('')} failed`);
    return members.map((member) => member.toUpperCase());
  });
  return { groups, join: (member: string, key = 'k') => turns.join(key, member) };
}

describe('InOneTurn', () => {
  it('performs once what comes in one turn, however many promises it is behind, and answers each with its own', async () => {
    const { groups, join } = shouting();
    const late = async (): Promise<string> => {
      for (let promises = 0; promises < 10; promises++) await Promise.resolve();
      return join('c');
    };

    expect(await Promise.all([join('a'), join('b'), late()])).toEqual(['A', 'B', 'C']);
    expect(groups).toEqual(['abc']);
  });

  it('keeps keys and turns apart', async () => {
    const { groups, join } = shouting();
    await Promise.all([join('a'), join('b', 'another')]);
    const first = join('c');
    await new Promise(setImmediate);

    expect(await Promise.all([first, join('d')])).toEqual(['C', 'D']);
    expect(groups).toEqual(['a', 'b', 'c', 'd']);
  });

  it('tries what cannot be done together one by one: a member fails by its own fault only', async () => {
    const { groups, join } = shouting();
    const told = await Promise.allSettled([join('a'), join('x'), join('b')]);

    expect(told.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).message))).toEqual([
      'A',
      'x failed',
      'B',
    ]);
    expect(groups).toEqual(['axb', 'a', 'x', 'b']);
  });

  it('fails alone who came alone, once', async () => {
    const { groups, join } = shouting();
    await expect(join('x')).rejects.toThrow('x failed');
    expect(groups).toEqual(['x']);
  });
});
