import { SpecWorld } from '../spec-world.ts';

type Row = { id: number; updatedOn: string; latestActivityOn: string };
const list = (spec: SpecWorld, query = ''): Row[] => spec.get<Row[]>(`/v1/reservations?${query}`).result;
const ids = (rows: Row[]): number[] => rows.map(({ id }) => id);

describe('GET /v1/reservations', () => {
  it('is ordered by updatedOn, the newest first, and by id where the second is the same', () => {
    const spec = new SpecWorld();
    for (let same = 0; same < 3; same++)
      spec.act({ act: 'lateCheckout', reservation: ids(list(spec, 'limit=100'))[same * 5 + 5]! });

    const rows = list(spec);

    const keys = rows.map(({ updatedOn, id }) => `${updatedOn} ${id}`);
    expect(keys).toEqual([...keys].sort().reverse());
    expect(rows.length).toBeGreaterThan(20);
  });

  it('pages with afterId to an empty page, each once while nothing changes', () => {
    const spec = new SpecWorld();
    const all = ids(list(spec));
    const seen: number[] = [];
    for (let page = list(spec, 'limit=7'); page.length > 0; page = list(spec, `limit=7&afterId=${seen.at(-1)}`))
      seen.push(...ids(page));

    expect(seen).toEqual(all);
  });

  it('ignores offset where afterId is given', () => {
    const spec = new SpecWorld();
    const all = ids(list(spec));

    expect(ids(list(spec, `limit=2&offset=9&afterId=${all[0]}`))).toEqual(all.slice(1, 3));
  });

  it('shifts: an item that changes between two pages comes to the front, and with offset another is seen twice', () => {
    const spec = new SpecWorld();
    const all = ids(list(spec));
    const first = ids(list(spec, 'limit=5&offset=0'));
    spec.act({ act: 'doorCode', reservation: all[20]! });

    const second = ids(list(spec, 'limit=5&offset=5'));

    expect(second[0]).toBe(first[4]);
    expect(ids(list(spec, 'limit=1'))).toEqual([all[20]]);
  });

  it('begins again after an item that has come to the front itself', () => {
    const spec = new SpecWorld();
    const first = ids(list(spec, 'limit=5'));
    spec.act({ act: 'doorCode', reservation: first[4]! });

    expect(ids(list(spec, `limit=4&afterId=${first[4]}`))).toEqual(first.slice(0, 4));
  });

  it('has activity for every message, and updatedOn for none', () => {
    const spec = new SpecWorld();
    const before = list(spec).at(-1)!;
    spec.act({ act: 'message', reservation: before.id });

    const after = list(spec, 'sortOrder=latestActivityDesc')[0]!;

    expect(after).toMatchObject({ id: before.id, updatedOn: before.updatedOn });
    expect(after.latestActivityOn > before.latestActivityOn).toBe(true);
    expect(list(spec).at(-1)!.id).toBe(before.id);
  });

  it('filters by the day of the latest activity, whatever hour is said', () => {
    const spec = new SpecWorld();
    const [changed] = ids(list(spec, 'sortOrder=updatedOn&limit=1'));
    spec.act({ act: 'doorCode', reservation: changed! });

    expect(ids(list(spec, 'latestActivityStart=2027-01-11 23:59:59'))).toEqual([changed]);
    expect(ids(list(spec, 'latestActivityEnd=2027-01-10'))).not.toContain(changed);
  });
});
