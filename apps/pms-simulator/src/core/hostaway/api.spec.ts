import { SpecWorld } from '../spec-world.ts';

type Wire = Record<string, unknown>;

describe('the API', () => {
  it('answers lists in the envelope, with 0 and 1 for booleans and stamps of whole seconds', () => {
    const spec = new SpecWorld();

    const { status, body } = spec.ask({ url: '/v1/accessTokens', method: 'POST' });
    expect([status, body]).toEqual([400, expect.anything()]);
    const page = spec.get<Wire[]>('/v1/reservations?limit=3&offset=3');

    expect(page).toMatchObject({ status: 'success', limit: 3, offset: 3, page: 2, totalPages: Math.ceil(page.count / 3) });
    expect(page.result[0]).toMatchObject({
      isStarred: 0,
      updatedOn: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as string,
    });
  });

  it('shows units and custom fields of a reservation only with includeResources=1', () => {
    const spec = new SpecWorld({ multiUnit: { listings: 1, units: 2 } });
    const listing = spec.account.listings[0]!;
    const { id } = spec.get<Wire[]>(`/v1/reservations?listingId=${listing.id}`).result[0] as { id: number };

    const without = spec.get<Wire>(`/v1/reservations/${id}`).result;
    const whole = spec.get<Wire>(`/v1/reservations/${id}?includeResources=1`).result;

    expect(without).toMatchObject({ reservationUnit: [], customFieldValues: [], hostProxyEmail: null });
    const units = spec.get<Wire[]>(`/v1/listingUnits/${listing.id}`).result.map((unit) => unit['id']);
    expect(units).toContain((whole['reservationUnit'] as Wire[])[0]?.['listingUnitId']);
    expect(whole['customFieldValues']).toHaveLength(1);
  });

  it.each([
    '/v1/reservations/1',
    '/v1/listings/1',
    '/v1/listingUnits/1',
    '/v1/listings/1/calendar',
    '/v1/conversations/1',
    '/v1/conversations/1/messages/1',
    '/v1/webhooks/unifiedWebhooks/9',
    '/v1/nothing',
  ])('fails %s with 404 and a message for a result', (url) => {
    expect(new SpecWorld().get(url)).toMatchObject({ status: 'fail', result: expect.stringMatching(/not found/) as string });
  });

  it('does not show one account what another has', () => {
    const spec = new SpecWorld();
    const other = spec.add({ accountId: 20771 });
    const theirs = [...other.reservations.keys()][0]!;

    expect(spec.ask({ url: `/v1/reservations/${theirs}` }).status).toBe(403);
    expect(spec.get(`/v1/reservations/${theirs}`)).toMatchObject({ status: 'fail' });
    expect(spec.get<Wire[]>(`/v1/listings/${other.listings[0]!.id}`)).toMatchObject({ status: 'fail' });
  });

  it('refuses the 16th call of an address and the 21st of an account with the documented body', () => {
    const spec = new SpecWorld();
    const statuses = (address: (call: number) => string, calls: number): number[] =>
      Array.from(
        { length: calls },
        (_, call) => spec.ask({ url: '/v1/listings', authorization: `Bearer ${token}`, address: address(call) }).status,
      );
    const token = (spec.login().body as { access_token: string }).access_token;
    spec.now += 20_000;

    expect(statuses(() => 'one', 16)).toEqual([...Array<number>(15).fill(200), 429]);
    expect(statuses((call) => `other ${call}`, 6)).toEqual([...Array<number>(5).fill(200), 429]);
    const { body } = spec.ask({ url: '/v1/listings', authorization: `Bearer ${token}` });
    expect(body).toEqual({ status: 'fail', message: expect.stringContaining('exceeded the rate limits') as string });
    spec.now += 10_001;
    expect(statuses(() => 'one', 1)).toEqual([200]);
  });

  it('counts a call with a bad token like any other', () => {
    const spec = new SpecWorld();
    const calls = Array.from({ length: 16 }, () => spec.ask({ url: '/v1/listings' }).status);

    expect(calls).toEqual([...Array<number>(15).fill(403), 429]);
  });

  it('fails the next N calls of an account on demand', () => {
    const spec = new SpecWorld();
    spec.get('/v1/listings');
    Object.assign(spec.account.faults, { respond429: 1, respond500: 2 });

    const results = Array.from({ length: 4 }, () => spec.get('/v1/listings'));

    expect(results.map(({ status }) => status)).toEqual(['fail', 'fail', 'fail', 'success']);
    expect(spec.account.meter.refused).toBe(0);
    expect(spec.account.tally.calls.byStatus).toEqual({ 200: 3, 429: 1, 500: 2 });
  });

  it('reads the state of a moment ago where told to lag', () => {
    const spec = new SpecWorld();
    spec.get('/v1/listings');
    spec.account.faults.laggingReadsMs = 5_000;
    const { record } = spec.act({ act: 'book', guestName: 'Late Reader', status: 'new' });
    const status = (): unknown => spec.get(`/v1/reservations/${record.id}`).status;

    spec.now += 4_999;
    expect(status()).toBe('fail');
    spec.now += 1;
    expect(status()).toBe('success');
  });

  it('shows each booked night as reserved, and the night of departure as free again', () => {
    const spec = new SpecWorld();
    const { record } = spec.act({ act: 'book', arrivalDate: '2028-03-01', nights: 2, status: 'new' });
    const url = `/v1/listings/${record.listings[0]}/calendar?startDate=2028-02-29&endDate=2028-03-03`;

    const days = spec.get<Wire[]>(url).result.map((day) => [day['date'], day['status'], day['isAvailable']]);

    expect(days).toEqual([
      ['2028-02-29', 'available', 1],
      ['2028-03-01', 'reserved', 0],
      ['2028-03-02', 'reserved', 0],
      ['2028-03-03', 'available', 1],
    ]);
  });

  it('moves the polled cleaning task with what happens at the door', () => {
    const spec = new SpecWorld({ listings: 1 });
    const listing = spec.account.listings[0]!.id;
    const inProgress = (): number => spec.get<Wire[]>('/v1/tasks?status=inProgress').count;

    spec.act({ act: 'unitStatus', listing, status: 'cleaning' });
    expect(inProgress()).toBe(1);
    spec.act({ act: 'unitStatus', listing, status: 'clean' });
    expect(inProgress()).toBe(0);
  });
});
