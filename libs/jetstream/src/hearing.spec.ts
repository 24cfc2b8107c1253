import { Hearing } from './hearing.ts';

function hearing() {
  const at = { now: 1_800_000_000_000, fails: false };
  const published: { subject: unknown; body: unknown }[] = [];
  const bus = {
    publish: async (subject: unknown, body: unknown) => {
      if (at.fails) throw new Error('the broker is away');
      published.push({ subject, body });
      return { stream: 'KV_sync', seq: 1, duplicate: false };
    },
  };
  return { at, published, book: new Hearing(bus, () => at.now) };
}

describe('telling that webhooks come', () => {
  it('is done at once, and then twice a minute at most, for each connection', () => {
    const { at, published, book } = hearing();
    book.heard('c1');
    book.heard('c1');
    book.heard('c2');
    at.now += 29_999;
    book.heard('c1');
    at.now += 1;
    book.heard('c1');

    expect(published).toEqual([
      { subject: '$KV.sync.heard.c1', body: { at: 1_800_000_000_000 } },
      { subject: '$KV.sync.heard.c2', body: { at: 1_800_000_000_000 } },
      { subject: '$KV.sync.heard.c1', body: { at: 1_800_000_030_000 } },
    ]);
  });

  it('is tried again with the next one where it failed', async () => {
    const { at, published, book } = hearing();
    at.fails = true;
    book.heard('c1');
    await new Promise((resolve) => setImmediate(resolve));
    at.fails = false;
    book.heard('c1');
    expect(published).toHaveLength(1);
  });
});
