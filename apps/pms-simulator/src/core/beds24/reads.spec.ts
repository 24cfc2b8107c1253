import { Beds24Spec } from './spec-beds24.ts';

type Booking = {
  id: number;
  status: string;
  subStatus: string;
  cancelTime: string | null;
  modifiedTime: string;
  arrival: string;
};
const ALL = ['confirmed', 'request', 'new', 'cancelled', 'black', 'inquiry'].map((status) => `status=${status}`).join('&');

describe('GET /bookings', () => {
  it('leaves cancelled ones out silently, unless each status is asked for', () => {
    const spec = new Beds24Spec();
    const { record } = spec.act({ act: 'cancel', by: 'host' });
    const found = (query: string): Booking | undefined =>
      spec.read<Booking[]>(`bookings?${query}`).find(({ id }) => id === record.id);

    expect(found('modifiedFrom=2020-01-01')).toBeUndefined();
    expect(found(`id=${record.id}`)).toBeUndefined();
    expect(found('includeCancelled=true&modifiedFrom=2020-01-01')).toBeUndefined();
    expect(found(`${ALL}&modifiedFrom=2020-01-01`)).toMatchObject({ status: 'cancelled', subStatus: 'cancelledByHost' });
    expect(spec.call('bookings?status=confirmed,cancelled').status).toBe(400);
  });

  it('gives only what is to come where nothing is asked', () => {
    const spec = new Beds24Spec();

    const [without, all] = ['', '?modifiedFrom=2020-01-01'].map((query) =>
      spec.read<{ departure: string }[]>(`bookings${query}`),
    );

    expect(without!.every(({ departure }) => departure >= '2027-01-11')).toBe(true);
    expect(all!.length).toBeGreaterThan(without!.length);
  });

  it('pages by a hundred, each once, and the last page says that it is', () => {
    const spec = new Beds24Spec({ listings: 40 });
    const ids: number[] = [];
    for (let page = 1, more = true; more; page++) {
      const { body } = spec.call(`bookings?${ALL}&modifiedFrom=2020-01-01&page=${page}`);
      const { data, pages, count } = body as {
        data: Booking[];
        count: number;
        pages: { nextPageExists: boolean; nextPageLink: string | null };
      };
      expect(count).toBe(data.length);
      expect(pages.nextPageLink === null).toBe(!pages.nextPageExists);
      ids.push(...data.map(({ id }) => id));
      more = pages.nextPageExists;
    }

    expect(ids.length).toBe(spec.account.reservations.size);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(['arrivalFrom=2027-01-11T00:00:00', 'departureTo=tomorrow', 'modifiedFrom=1.1.2027'])('refuses %s', (query) => {
    const { status, body } = new Beds24Spec().call(`bookings?${query}`);

    expect([status, body]).toEqual([
      400,
      expect.objectContaining({ error: expect.stringMatching(/is in an invalid format$/) as string }),
    ]);
  });

  it('takes modifiedFrom by the second, with and without Z', () => {
    const spec = new Beds24Spec();
    spec.now += 1_500;
    const { record } = spec.act({ act: 'book', status: 'new' });
    const found = (time: string): boolean =>
      spec.read<Booking[]>(`bookings?modifiedFrom=${time}`).some(({ id }) => id === record.id);

    expect(['2027-01-11T12:00:01', '2027-01-11T12:00:01Z', '2027-01-11', '2027-01-11T12:00:02Z'].map(found)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it.each([
    ['always', true],
    ['never', false],
  ])('tells cancelTime %s', (cancelTime, told) => {
    const spec = new Beds24Spec({ readings: { cancelTime } });
    spec.act({ act: 'cancel' });

    const [booking] = spec.read<Booking[]>('bookings?status=cancelled&modifiedFrom=2020-01-01');

    expect(booking!.cancelTime !== null).toBe(told);
  });

  it('shows info items, and the PIN in them, only on demand', () => {
    const spec = new Beds24Spec();
    const { record } = spec.act({ act: 'doorCode', code: '4711' });
    const [without, whole] = ['', '&includeInfoItems=true'].map((more) =>
      JSON.stringify(spec.read(`bookings?id=${record.id}${more}`)),
    );

    expect(without).not.toContain('4711');
    expect(whole).toContain('"code":"LOCKPIN","text":"4711"');
  });
});

it('a read that lags shows the state of before', () => {
  const spec = new Beds24Spec();
  spec.account.faults.laggingReadsMs = 2_000;
  const { record } = spec.act({ act: 'book', status: 'new' });
  const found = (): number => spec.read(`bookings?id=${record.id}`).length;

  expect(found()).toBe(0);
  spec.now += 2_000;
  expect(found()).toBe(1);
});
