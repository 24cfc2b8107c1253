import { testClock } from '@roomwire/testkit';
import { HEADER_BYTES_MAX } from './core/together.ts';
import { Gatherer, type Gathering } from './gatherer.ts';

/** What follows of itself. */
const settled = () => new Promise(setImmediate);

/** Performs groups of words; each ends when the spec says. */
function gathering() {
  const clock = testClock();
  const groups: { members: readonly string[]; end: PromiseWithResolvers<void> }[] = [];
  const gatherer = new Gatherer<string, string>(async (members) => {
    const end = Promise.withResolvers<void>();
    groups.push({ members: [...members], end });
    await end.promise;
    return members.map((member) => member.toUpperCase());
  }, clock.sleep);
  const join = (member: string, more: Partial<Gathering> = {}) =>
    gatherer.join(member, { key: 'k', most: 3, momentMs: 20, bytes: 1, ...more });
  return { clock, groups, join, members: () => groups.map((group) => group.members.join('')) };
}

describe('Gatherer', () => {
  it('performs once what comes within a moment, and answers each with its own', async () => {
    const { clock, groups, join, members } = gathering();
    const first = join('a');
    await clock.advance(19);
    expect(members()).toEqual([]);
    const second = join('b');
    await clock.advance(1);
    expect(members()).toEqual(['ab']);
    groups[0]!.end.resolve();
    expect(await Promise.all([first, second])).toEqual(['A', 'B']);
  });

  it('waits no longer for one that is full, nor for who is to be alone', async () => {
    const { join, members } = gathering();
    for (const member of 'abc') void join(member);
    void join('x', { most: 1 });
    await settled();
    expect(members()).toEqual(['x', 'abc']);
  });

  it('goes on gathering while the group before is being performed', async () => {
    const { clock, groups, join, members } = gathering();
    void join('a');
    await clock.advance(20);
    void join('b');
    await clock.advance(20);
    const third = join('c');
    expect(members()).toEqual(['a']);
    groups[0]!.end.resolve();
    await settled();
    expect(members()).toEqual(['a', 'bc']);
    groups[1]!.end.resolve();
    expect(await third).toBe('C');
  });

  it('tells each member of a failure, and gathers anew after it', async () => {
    const { clock, groups, join, members } = gathering();
    const told = [join('a'), join('b')].map((each) => each.catch((error: Error) => error.message));
    await clock.advance(20);
    groups[0]!.end.reject(new Error('the bus is away'));
    expect(await Promise.all(told)).toEqual(['the bus is away', 'the bus is away']);
    void join('c');
    await clock.advance(20);
    expect(members()).toEqual(['ab', 'c']);
  });

  it('keeps keys apart, and what would not fit into the headers of one message', async () => {
    const { clock, groups, join, members } = gathering();
    void join('a', { bytes: HEADER_BYTES_MAX - 1 });
    void join('b', { bytes: 2 });
    void join('x', { key: 'another' });
    await clock.advance(20);
    expect(members().sort()).toEqual(['a', 'x']);
    groups.find((group) => group.members[0] === 'a')!.end.resolve();
    await settled();
    expect(members().sort()).toEqual(['a', 'b', 'x']);
  });
});
