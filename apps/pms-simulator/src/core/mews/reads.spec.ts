import { ledgerOf } from '../ledger.ts';
import { MewsSpec } from './spec-mews.ts';

type Stay = {
  Id: string;
  State: string;
  CancellationReason: string | null;
  ScheduledStartUtc: string;
  UpdatedUtc: string;
  AssignedResourceId: string;
};
type Ledger = { accounts: { truth: { units: { id: string; listing: string }[] } }[] };
type Page = { Reservations: Stay[]; Cursor: string | null };
const READ = 'reservations/getAll/2023-06-06';
const all = (spec: MewsSpec, filters: object = {}): Stay[] =>
  spec.read<Page>(READ, { Limitation: { Count: 1_000 }, ...filters }).Reservations;

describe('reads', () => {
  it('page by cursor to the end, each once, also when items change between two pages', () => {
    const spec = new MewsSpec();
    const seen: string[] = [];
    for (let Cursor: string | null | undefined; Cursor !== null;) {
      const page: Page = spec.read<Page>(READ, { Limitation: { Count: 7, Cursor } });
      seen.push(...page.Reservations.map(({ Id }) => Id));
      Cursor = page.Cursor;
      spec.act({ act: 'lateCheckout' });
    }

    expect(seen).toHaveLength(new Set(seen).size);
    expect(new Set(seen)).toEqual(new Set(all(spec).map(({ Id }) => Id)));
  });

  it('miss or repeat items of later pages with pageDrift', () => {
    const spec = new MewsSpec();
    const ids = all(spec).map(({ Id }) => Id);
    const second = (pageDrift: number): string[] => {
      spec.account.faults.pageDrift = pageDrift;
      return spec.read<Page>(READ, { Limitation: { Count: 5, Cursor: ids[4] } }).Reservations.map(({ Id }) => Id);
    };

    expect(second(0)).toEqual(ids.slice(5, 10));
    expect(second(1)).toEqual(ids.slice(6, 11));
    expect(second(-1)).toEqual(ids.slice(4, 9));
  });

  it('give what was updated in [start, end), and nothing else', () => {
    const spec = new MewsSpec();
    const ids = [1, 2, 3].map(() => {
      spec.now += 60_000;
      return spec.act({ act: 'book', status: 'new' }).record.id as number;
    });
    const at = (minute: number): string => new Date(Date.UTC(2027, 0, 11, 12, minute)).toISOString();

    const between = (from: number, until: number): number =>
      all(spec, { UpdatedUtc: { StartUtc: at(from), EndUtc: at(until) } }).length;

    expect(ids).toHaveLength(3);
    expect([between(1, 2), between(1, 3), between(2, 2), between(3, 9)]).toEqual([1, 2, 1, 1]);
  });

  it('say stays as instants of UTC, on the wall of the hotel', () => {
    const spec = new MewsSpec({ timeZone: 'America/New_York' });
    const { record } = spec.act({ act: 'book', arrivalDate: '2027-07-01', nights: 2, status: 'new' });
    spec.act({ act: 'earlyCheckin', reservation: record.id as number, hour: 14 });

    expect(all(spec)[0]).toMatchObject({ ScheduledStartUtc: '2027-07-01T18:00:00Z', State: 'Confirmed' });
  });

  it.each([
    ['checkIn', 'Started', null],
    ['noShow', 'Canceled', 'NoShow'],
    ['cancel', 'Canceled', 'RequestedByGuest'],
  ] as const)('%s: %s, for reason %s', (act, State, CancellationReason) => {
    const spec = new MewsSpec();
    const { record } = spec.act({ act: 'book', arrivalDate: '2027-01-11', nights: 1, status: 'new', overlap: true });
    spec.now += 1_000;

    spec.act({ act, reservation: record.id as number, ...(act === 'cancel' ? { by: 'guest' } : {}) });

    expect(all(spec)[0]).toMatchObject({ State, CancellationReason, UpdatedUtc: '2027-01-11T12:00:01Z' });
  });

  it('show the state of a moment ago where told to lag, and stamps of a wrong clock where told so', () => {
    const spec = new MewsSpec();
    spec.account.faults.laggingReadsMs = 5_000;
    spec.account.faults.skewMs = -60_000;
    spec.act({ act: 'book', arrivalDate: '2027-06-01', nights: 1, status: 'new' });
    const before = all(spec).length;

    spec.now += 5_000;

    expect(all(spec)).toHaveLength(before + 1);
    expect(all(spec)[0]!.UpdatedUtc).toBe('2027-01-11T11:59:00Z');
  });

  it('keep what one enterprise has from the other', () => {
    const spec = new MewsSpec({ enterprises: 2, listings: 4 });
    const { Enterprises } = spec.read<{ Enterprises: { Id: string }[] }>('enterprises/getAll', { Limitation: { Count: 10 } });

    const [one, other] = Enterprises.map(({ Id }) => all(spec, { EnterpriseIds: [Id] }).length);

    expect(Enterprises).toHaveLength(2);
    expect(one! + other!).toBe(all(spec).length);
    expect(Math.min(one!, other!)).toBeGreaterThan(0);
  });

  it('say with the resources of which category each is, where the extent asks for it', () => {
    const spec = new MewsSpec({ listings: 2, multiUnit: { listings: 1, units: 2 } });
    type Resources = {
      Resources: { Id: string }[];
      ResourceCategoryAssignments: { ResourceId: string; CategoryId: string }[] | null;
    };
    const page = (Extent: object, Count = 10): Resources =>
      spec.read<Resources>('resources/getAll', { Extent, Limitation: { Count } });
    const ids = ({ Resources }: Resources): string[] => Resources.map(({ Id }) => Id).sort();

    const asked = page({ Resources: true, ResourceCategoryAssignments: true });
    const part = page({ ResourceCategoryAssignments: true }, 1);

    const { units } = (ledgerOf(spec.world, spec.now) as Ledger).accounts[0]!.truth;
    const types = Object.fromEntries(
      asked.ResourceCategoryAssignments!.map(({ ResourceId, CategoryId }) => [ResourceId, CategoryId]),
    );
    expect(types).toEqual(Object.fromEntries(units.map(({ id, listing }) => [id, listing])));
    expect(part.ResourceCategoryAssignments!.map(({ ResourceId }) => ResourceId)).toEqual(ids(part));
    expect(page({ Resources: true }).ResourceCategoryAssignments).toBeNull();
  });
});
