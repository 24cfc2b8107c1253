import { truthOf } from '../truth.ts';
import { CloudbedsSpec } from './spec-cloudbeds.ts';

describe('pushes', () => {
  let spec: CloudbedsSpec;
  let roomID: string;
  let roomTypeID: string;
  beforeEach(() => {
    spec = new CloudbedsSpec();
    roomTypeID = String(spec.account.listings[0]!.id);
    roomID = `${roomTypeID}-0`;
  });
  const condition = (): unknown => spec.read('getHousekeepingStatus').find((room) => room['roomID'] === roomID)!['roomCondition'];
  const post = (form: Record<string, string>): unknown => spec.send('postHousekeepingStatus', { roomID, ...form }).body;

  it('postHousekeepingStatus: read, ledger and webhook have it alike', () => {
    spec.subscribe('housekeeping/room_condition_changed');
    const { deliveries, body } = spec.send('postHousekeepingStatus', { roomID, roomCondition: 'inspected' });

    expect(body).toMatchObject({ success: true, data: { roomID, roomCondition: 'inspected', date: '2027-01-11 13:00:00' } });
    expect(condition()).toBe('inspected');
    expect(JSON.parse(deliveries[0]!.body)).toMatchObject({ roomId: roomID, condition: 'inspected' });
    const { units } = truthOf(spec.account) as { units: { id: string; status: string }[] };
    expect(units.find(({ id }) => id === roomID)).toMatchObject({ status: 'inspected' });
  });

  it('postHousekeepingStatus: without a condition it switches, and twice is as nothing', () => {
    post({ roomCondition: 'dirty' });

    post({});
    expect(condition()).toBe('clean');
    post({});
    expect(condition()).toBe('dirty');
    post({ doNotDisturb: 'true' });
    expect(condition()).toBe('dirty');
    expect(spec.read('getHousekeepingStatus')).toContainEqual(expect.objectContaining({ roomID, doNotDisturb: true }));
  });

  it('postHousekeepingStatus: no inspected where the property has none', () => {
    spec = new CloudbedsSpec({ readings: { inspected: false } });

    expect(post({ roomCondition: 'inspected' })).toMatchObject({ success: false });
  });

  const patch = (rateID: string, more: Record<string, string> = {}) => {
    const interval = { startDate: '2028-01-01', endDate: '2028-01-02', rate: '199', minLos: '2', ...more };
    const fields = Object.entries(interval).map(([name, value]) => [`rates[0][interval][0][${name}]`, value]);
    return spec.send(
      'patchRate',
      { 'rates[0][rateID]': rateID, ...(Object.fromEntries(fields) as Record<string, string>) },
      'PATCH',
    );
  };
  const nights = (): unknown =>
    spec.read<{ roomRateDetailed: object[] }>(`getRate?roomTypeID=${roomTypeID}&startDate=2028-01-01&endDate=2028-01-04`)
      .roomRateDetailed;
  const statusOf = (jobReferenceID: string): unknown => spec.read(`getRateJobs?jobReferenceID=${jobReferenceID}`)[0]!['status'];

  it('patchRate: a job, whose rates are there when it is done and not before', () => {
    spec.subscribe('api_queue_task/rate_status_changed');
    const { price } = spec.account.listings[0]!;
    const { body, deliveries } = patch(roomTypeID);
    const { jobReferenceID } = body as { jobReferenceID: string };

    expect(deliveries).toMatchObject([{ afterMs: 1_000 }]);
    expect(JSON.parse(deliveries[0]!.body)).toMatchObject({ queueTaskId: jobReferenceID, status: 'completed' });
    expect([statusOf(jobReferenceID), nights()]).toMatchObject([
      'in_progress',
      [{ rate: price }, { rate: price }, { rate: price }],
    ]);
    spec.now += 1_000;
    expect([statusOf(jobReferenceID), nights()]).toMatchObject([
      'completed',
      [{ rate: 199, minLos: 2 }, { rate: 199 }, { rate: price }],
    ]);
  });

  it('patchRate: a success at first, and an error in the job', () => {
    const { body } = patch('1');

    expect(body).toMatchObject({ success: true });
    spec.now += 1_000;
    const { jobReferenceID } = body as { jobReferenceID: string };
    expect(spec.read(`getRateJobs?jobReferenceID=${jobReferenceID}`)).toMatchObject([
      { status: 'error', updates: [{ message: 'Rate not found' }] },
    ]);
  });

  it('patchRate: no more than 30 intervals, and jobs are forgotten after a week', () => {
    const many = Object.fromEntries(
      Array.from({ length: 31 }, (_, at) => [
        [`rates[0][interval][${at}][startDate]`, '2028-01-01'],
        [`rates[0][interval][${at}][endDate]`, '2028-01-01'],
      ]).flat(),
    ) as Record<string, string>;

    expect(spec.send('patchRate', { 'rates[0][rateID]': roomTypeID, ...many }, 'PATCH').body).toMatchObject({ success: false });
    patch(roomTypeID);
    spec.now += 7 * 86_400_000 + 1;
    expect(spec.read('getRateJobs')).toEqual([]);
  });

  it('room blocks: put up, moved and taken away', () => {
    const form = { roomID, startDate: '2027-01-12', endDate: '2027-01-13', roomBlockReason: 'Paint' };
    const { roomBlockID } = (spec.send('postRoomBlock', form).body as { data: { roomBlockID: string } }).data;
    const blocks = (): object[] =>
      spec.read<{ roomBlocks: object[] }>('getRoomBlocks?startDate=2027-01-11&endDate=2027-01-31').roomBlocks;

    expect(blocks()).toMatchObject([{ roomBlockID, startDate: '2027-01-12', rooms: [{ roomID }] }]);
    spec.send('putRoomBlock', { roomBlockID, startDate: '2027-01-20', endDate: '2027-01-21' }, 'PUT');
    expect(blocks()).toMatchObject([{ startDate: '2027-01-20', endDate: '2027-01-21' }]);
    spec.call(`deleteRoomBlock?roomBlockID=${roomBlockID}`, { method: 'DELETE' });
    expect(blocks()).toEqual([]);
  });

  it('reservations: booked, checked in and out, and refused with 200', () => {
    const form = { roomTypeID, startDate: '2028-01-01', endDate: '2028-01-03', guestFirstName: 'Ada' };
    const { reservationID } = (spec.send('postReservation', form).body as { data: { reservationID: string } }).data;
    const read = (): object => spec.read<object>(`getReservation?reservationID=${reservationID}`);

    expect(spec.send('postReservation', form)).toMatchObject({ status: 200, body: { success: false } });
    expect(read()).toMatchObject({ status: 'confirmed', guestName: 'Ada' });
    spec.send('putReservation', { reservationID, status: 'checked_in' }, 'PUT');
    expect(read()).toMatchObject({ status: 'checked_in' });
    spec.send('postRoomCheckOut', { reservationID });
    expect(read()).toMatchObject({ status: 'checked_out' });
  });
});
