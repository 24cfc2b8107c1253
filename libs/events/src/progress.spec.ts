import { progressOf, readPart, tenthOf } from './progress.ts';

const startedAt = 1_800_000_000_000;
const first: Parameters<typeof progressOf>[0] = {
  ...{ id: '11111111-1111-4111-8111-111111111111', startedAt, since: null, nights: { from: '2027-01-01', until: '2027-12-31' } },
  ...{
    page: 0,
    cursor: null,
    items: 0,
    total: null,
    from: startedAt,
    mark: { newest: 0, rest: '0' },
    withCalendars: false,
    asked: 1,
  },
};
const at = (page: number, items: number, total: number | null = 50_000) => ({ ...first, page, items, total });
const now = startedAt + 60_000;

describe('how far a backfill has come', () => {
  it('is told in pages and items of those that there are about, with what is left at this rate', () => {
    expect(progressOf(at(50, 5_000), now)).toEqual({
      ...{ pages: 50, pagesAbout: 500, items: 5_000, itemsAbout: 50_000 },
      ...{ itemsPerSecond: 83.3, secondsLeft: 540 },
    });
  });

  it('is not estimated where the provider counts nothing, nor before the first page', () => {
    const nothing = { pagesAbout: null, itemsAbout: null, secondsLeft: null };

    expect(progressOf(at(50, 5_000, null), now)).toMatchObject({ pages: 50, items: 5_000, ...nothing });
    expect(progressOf(first, startedAt)).toMatchObject({ items: 0, itemsPerSecond: 0, ...nothing });
    expect(readPart({ items: 5_000, itemsAbout: null })).toBe(0);
  });

  it('never has more read than there is', () => {
    expect(progressOf(at(9, 1_000, 900), now)).toMatchObject({ itemsAbout: 1_000, pagesAbout: 9, secondsLeft: 0 });
  });

  it('is told by tenths, each once', () => {
    expect(tenthOf(at(49, 4_900), at(50, 5_000), now)).toBe(1);
    expect(tenthOf(at(50, 5_000), at(51, 5_100), now)).toBeUndefined();
    expect(tenthOf(at(0, 0, null), at(1, 30, 100), now)).toBe(3);
    expect(tenthOf(at(1, 90, 100), at(2, 100, 100), now)).toBeUndefined();
  });
});
