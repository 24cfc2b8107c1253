import { SmoobuSpec } from './spec-smoobu.ts';

type Booking = { id: number; type: string; arrival: string; modifiedAt: string; 'is-blocked-booking': unknown };
type Page = { bookings: Booking[]; page_count: number; page_size: number; total_items: number; page: number };
const list = (spec: SmoobuSpec, query = ''): Booking[] => spec.read<Page>(`/api/reservations?pageSize=100${query}`).bookings;

describe('reads', () => {
  it('page from one to page_count, each once, and then nothing', () => {
    const spec = new SmoobuSpec();
    const pages: Page[] = [];
    for (let page = 1; pages.length === 0 || page <= pages[0]!.page_count; page++)
      pages.push(spec.read<Page>(`/api/reservations?page=${page}&pageSize=10`));

    const ids = pages.flatMap(({ bookings }) => bookings.map(({ id }) => id));
    expect(ids).toEqual(list(spec).map(({ id }) => id));
    expect(pages[0]).toMatchObject({ page: 1, page_size: 10, total_items: ids.length });
    expect(spec.read<Page>(`/api/reservations?page=99`).bookings).toEqual([]);
  });

  it('show cancelled ones only on demand, and deleted ones never', () => {
    const spec = new SmoobuSpec();
    const cancelled = spec.act({ act: 'cancel' }).record.id as number;
    const removed = spec.act({ act: 'remove' }).record.id as number;
    const find = (query: string, id: number): Booking | undefined => list(spec, query).find((one) => one.id === id);

    expect(find('', cancelled)).toBeUndefined();
    expect(find('&showCancellation=true', cancelled)).toMatchObject({ type: 'cancellation' });
    expect(find('&showCancellation=true', removed)).toBeUndefined();
    expect(spec.call(`/api/reservations/${removed}`).status).toBe(404);
  });

  it('filter modified ones by the day, whatever time is said', () => {
    const spec = new SmoobuSpec();
    spec.now += 86_400_000;
    const { record } = spec.act({ act: 'book', status: 'new' });

    const found = ['2027-01-12', '2027-01-12%2023%3A59%3A59'].map((from) =>
      list(spec, `&modifiedFrom=${from}`).map(({ id }) => id),
    );

    expect(found).toEqual([[record.id], [record.id]]);
    expect(list(spec, '&modifiedFrom=2027-01-13')).toEqual([]);
    expect(spec.call('/api/reservations?modifiedFrom=soon').status).toBe(400);
  });

  it.each([
    ['UTC', '2027-01-11 12:00'],
    ['Europe/Berlin', '2027-01-11 13:00'],
  ])('write times by the minute, on the wall of %s', (stampZone, modifiedAt) => {
    const spec = new SmoobuSpec({ readings: { stampZone } });
    spec.now += 59_999;
    const { record } = spec.act({ act: 'lateCheckout' });

    expect(spec.read(`/api/reservations/${record.id}`)).toMatchObject({ modifiedAt });
  });

  it('spell it modified-at in lists where told so', () => {
    const spec = new SmoobuSpec({ readings: { modifiedInLists: 'modified-at', blocked: 'YES' } });
    spec.act({ act: 'book', status: 'ownerStay' });

    expect(list(spec)[0]).toHaveProperty('modified-at');
    expect(list(spec)[0]).not.toHaveProperty('modifiedAt');
    expect(list(spec).map((one) => one['is-blocked-booking'])).toContain('YES');
  });

  it('name each door of a multi-unit listing as an apartment', () => {
    const spec = new SmoobuSpec({ listings: 2, multiUnit: { listings: 1, units: 3 } });
    const { apartments } = spec.read<{ apartments: { id: number }[] }>('/api/apartments');

    expect(apartments).toHaveLength(4);
    expect(list(spec, `&apartmentId=${apartments[0]!.id}`).length).toBeGreaterThan(0);
  });
});
