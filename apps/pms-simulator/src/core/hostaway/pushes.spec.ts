import { SpecWorld } from '../spec-world.ts';

type Wire = Record<string, unknown>;

describe('writes over the API', () => {
  const tell = (spec: SpecWorld, method: 'PUT' | 'POST', url: string, body: unknown) =>
    spec.get<Wire>(url, { method, body: JSON.stringify(body) });

  it('sets prices and closes nights of a listing, and opens them again', () => {
    const spec = new SpecWorld();
    const { id, price } = spec.account.listings[0]!;
    const days = () =>
      spec
        .get<Wire[]>(`/v1/listings/${id}/calendar?startDate=2028-04-01&endDate=2028-04-04`)
        .result.map((day) => [day['isAvailable'], day['price']]);
    const set = (...intervals: object[]) => tell(spec, 'PUT', `/v1/listings/${id}/calendarIntervals`, intervals);

    const closed = { startDate: '2028-04-02', endDate: '2028-04-03', isAvailable: 0, desiredUnitsToSell: 0 };
    expect(set(closed, { startDate: '2028-04-03', endDate: '2028-04-03', price: 450 })).toMatchObject({ result: [] });
    expect(days()).toEqual([
      [1, price],
      [0, price],
      [0, 450],
      [1, price],
    ]);
    set({ ...closed, isAvailable: 1, desiredUnitsToSell: 1 });
    expect(days().map(([isAvailable]) => isAvailable)).toEqual([1, 1, 1, 1]);
  });

  it('takes 200 intervals at most, and of listings that are there', () => {
    const spec = new SpecWorld();
    const { id } = spec.account.listings[0]!;
    const interval = { startDate: '2028-04-02', endDate: '2028-04-03', price: 450 };
    const many = Array.from({ length: 201 }, () => interval);
    expect(tell(spec, 'PUT', `/v1/listings/${id}/calendarIntervals`, many)).toMatchObject({ status: 'fail' });
    expect(tell(spec, 'PUT', '/v1/listings/1/calendarIntervals', [interval])).toMatchObject({
      status: 'fail',
      result: 'Listing 1 not found',
    });
  });

  it('writes to a guest, and says how far a task is', () => {
    const spec = new SpecWorld();
    const stay = [...spec.account.reservations.values()]
      .flatMap(({ current }) => current ?? [])
      .find(({ status }) => status === 'new')!;
    const url = `/v1/conversations/${stay.conversationId}/messages`;
    expect(tell(spec, 'POST', url, { body: 'Welcome!' })).toMatchObject({ result: { body: 'Welcome!' } });
    expect(spec.get<Wire[]>(url).result).toContainEqual(expect.objectContaining({ body: 'Welcome!', isIncoming: 0 }));

    const task = [...spec.account.cleanings.keys()][0]!;
    expect(tell(spec, 'PUT', `/v1/tasks/${task}`, { status: 'completed' })).toMatchObject({
      result: { id: task, status: 'completed' },
    });
    expect(tell(spec, 'PUT', '/v1/tasks/1', { status: 'completed' })).toMatchObject({ result: 'Task 1 not found' });
  });
});
