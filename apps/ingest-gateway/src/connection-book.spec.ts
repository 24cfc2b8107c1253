import type { Connection } from '@roomwire/events';
import { ConnectionBook, TooManyReads } from './connection-book.ts';

const c1: Connection = {
  id: 'c1',
  tenant: 't1',
  provider: 'memory',
  status: 'active',
  account: null,
  baseUrl: null,
  unitsOf: null,
};

function bench({ known, atLeader }: { known?: Connection; atLeader?: Connection | Promise<undefined> } = {}) {
  const reads: string[] = [];
  const book = new ConnectionBook({
    get: () => known,
    fromLeader: async (id) => {
      reads.push(id);
      return atLeader;
    },
  });
  return { book, reads };
}

describe('ConnectionBook', () => {
  it('asks nobody about what it knows', async () => {
    const { book, reads } = bench({ known: c1 });

    expect(await book.find('memory', 'c1')).toBe(c1);
    expect(reads).toEqual([]);
  });

  it('asks the leader about what it does not know', async () => {
    const { book, reads } = bench({ atLeader: c1 });

    expect(await book.find('memory', 'c1')).toBe(c1);
    expect(reads).toEqual(['c1']);
  });

  it('finds nothing of another provider, after the leader has said so too', async () => {
    const { book, reads } = bench({ known: c1, atLeader: c1 });

    expect(await book.find('mews', 'c1')).toBeUndefined();
    expect(reads).toEqual(['c1']);
  });

  it.each(['', 'C1', 'a.b', '*', '>', 'a'.repeat(49)])('asks nobody about "%s", which is no id', async (id) => {
    const { book, reads } = bench({ atLeader: c1 });

    expect(await book.find('memory', id)).toBeUndefined();
    expect(reads).toEqual([]);
  });

  it('reads one id once at a time, and only so many', async () => {
    const { book, reads } = bench({ atLeader: new Promise(() => undefined) });

    for (let i = 0; i < 40; i++) void book.find('memory', `guess-${i % 32}`);
    await expect(book.find('memory', 'guess-32')).rejects.toThrow(TooManyReads);
    void book.find('memory', 'guess-0');

    expect(reads).toHaveLength(32);
  });
});
