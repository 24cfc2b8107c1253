import { HEADER } from '@roomwire/events';
import { eventually, natsServer, type NatsServer } from '@roomwire/testkit';
import { Bus } from './bus.ts';
import { connectNats, type NatsConnection } from './connect.ts';
import { parseDeadLetter, publishDeadLetter, type DeadLetter } from './dead-letter.ts';
import { countCauses, countSince, findDeadLetters, type LetterQuery } from './dead-list.ts';
import { ensureFleet, ensureTenant } from './ensure.ts';
import { LATER_HEADER } from './message-headers.ts';
import { redrive, removeDeadLetter } from './redrive.ts';
import { streamOf } from './topology.ts';

describe('dead letters', () => {
  let nats: NatsServer;
  let nc: NatsConnection;
  let bus: Bus;
  const stored: number[] = [];
  beforeAll(async () => {
    nats = await natsServer();
    nc = await connectNats({ servers: nats.url, service: 'operator' });
    bus = new Bus(nc);
    await ensureFleet(nc);
    await ensureTenant(nc, 't1');
    for (const seq of [1, 2, 3])
      await bury(seq, 'normalizer-live', 'pms.t1.raw.live.hostaway.c1', { pointer: `/data/${seq}/arrival` });
    await eventually(() => expect(Date.now()).toBeGreaterThan(stored.at(-1)! + 20));
    await bury(4, 'normalizer-bulk', 'pms.t1.raw.bulk.mews.c2', { pointer: '/data/1/arrival' });
    await bury(5, 'registry-bulk', 'pms.t1.event.bulk.booking.p', { provider: 'mews', pointer: '' }, EVENT);
  });
  afterAll(async () => {
    await nc?.close();
    await nats?.[Symbol.asyncDispose]();
  });

  const EVENT = JSON.stringify({ provider: 'mews', data: { connection: 'c2', kind: 'reservation', entity: '9' } });
  async function bury(seq: number, stage: string, subject: string, why: { pointer: string; provider?: string }, body = '{}') {
    const headers: [string, string][] = [
      [HEADER.receipt, `receipt-${seq}`],
      [HEADER.replay, 'r0-9'],
      [LATER_HEADER.attempts, '7'],
    ];
    const from = { tenant: 't1', stream: 'WORK_t1', seq, stage, subject, headers, attempts: 1, firstAt: '2026-01-01T00:00:00Z' };
    await publishDeadLetter(bus, { ...from, data: new TextEncoder().encode(body) }, { reason: 'schema', detail: 'x y', ...why });
    stored.push((await bus.lastOnLeader('DEAD_t1', '>'))!.time.getTime());
  }
  async function found(query: LetterQuery, options = {}): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = [];
    for await (const letter of findDeadLetters(nc, 't1', query, options)) letters.push(letter);
    return letters;
  }
  const ids = (letters: DeadLetter[]): string[] => letters.map(({ id }) => id);

  it('are one cause however many they are, counted without being read', async () => {
    const causes = await countCauses(nc, 't1', {});

    expect(causes.map(({ count, oldest, newest }) => [count, oldest.id, newest.id, oldest.path, oldest.stage])).toEqual([
      [3, 't1:1', 't1:3', '/data/*/arrival', 'normalizer-live'],
      ...[...causes.slice(1)].map(({ oldest }) => [1, oldest.id, oldest.id, oldest.path, oldest.stage]),
    ]);
    expect(causes).toHaveLength(3);
    expect(await countCauses(nc, 't1', { stage: 'registry' })).toMatchObject([{ count: 1 }]);
    expect(await countCauses(nc, 't1', { cause: causes[0]!.cause })).toMatchObject([{ count: 3 }]);
    expect(await countSince(nc, 't1', {}, [0, stored[3]!, Date.now() + 60_000])).toEqual([5, 2, 0]);
  });

  it.each<[LetterQuery, string[]]>([
    [{ stage: 'normalizer' }, ['t1:1', 't1:2', 't1:3', 't1:4']],
    [{ stage: 'normalizer-bulk' }, ['t1:4']],
    [{ provider: 'mews' }, ['t1:4', 't1:5']],
    [{ connection: 'c2' }, ['t1:4', 't1:5']],
    [{ connection: 'c2', kind: 'reservation' }, ['t1:5']],
    [{ stage: 'normalizer', connection: 'c2' }, ['t1:4']],
    [{ kind: 'rate' }, []],
    [{ reason: 'poison' }, []],
    [{ stage: 'nonsense' }, []],
  ])('are found by %j', async (query, expected) => {
    expect(ids(await found(query))).toEqual(expected);
  });

  it('are found from a place or an instant on, without their bodies where none is wanted', async () => {
    expect(ids(await found({}, { fromSeq: 4 }))).toEqual(['t1:4', 't1:5']);
    expect(ids(await found({}, { fromMs: stored[3] }))).toEqual(['t1:4', 't1:5']);
    expect((await found({}, { headersOnly: true })).map(({ data }) => data.length)).toEqual([0, 0, 0, 0, 0]);
  });

  it('say whose they are, an event’s by its body', async () => {
    expect((await found({})).map(({ provider, connection, kind }) => [provider, connection, kind]).slice(2)).toEqual([
      ['hostaway', 'c1', ''],
      ['mews', 'c2', ''],
      ['mews', 'c2', 'reservation'],
    ]);
  });

  it('go again where they came from, under a name of their own, once a job', async () => {
    const letter = parseDeadLetter((await bus.message('DEAD_t1', 2))!)!;

    expect(await redrive(bus, letter, 'r1')).toMatchObject({ duplicate: false });
    expect(await redrive(bus, letter, 'r1')).toMatchObject({ duplicate: true });

    const again = await bus.lastOnLeader(streamOf('WORK', 't1'), 'pms.t1.raw.>');
    expect(Object.fromEntries(again!.headers.filter(([name]) => !name.startsWith('Nats-')))).toEqual({
      [HEADER.receipt]: 'receipt-2',
      [HEADER.replay]: 'r1-2',
    });
  });

  it('ask for no read that waits already', async () => {
    await bury(6, 'fetch-mews-live', 'pms.t1.fetch.live.mews.c2.reservation.9', { pointer: '' });
    await bus.publish('pms.t1.fetch.live.mews.c2.reservation.9', {}, { id: 'waits' });

    const letter = parseDeadLetter((await bus.lastOnLeader('DEAD_t1', '>'))!)!;
    expect(letter).toMatchObject({ connection: 'c2', kind: 'reservation' });
    expect(await redrive(bus, letter, 'r1')).toBeUndefined();
    expect(await removeDeadLetter(bus, letter)).toBe(true);
    expect(await removeDeadLetter(bus, letter)).toBe(false);
  });

  it('of earlier releases, whose subjects end with the cause and the letter, are found and counted like the others', async () => {
    const { headers, data } = (await bus.message('DEAD_t1', 1))!;
    const own = Object.fromEntries(headers.filter(([name]) => !name.startsWith('Nats-')));
    const subject = 'pms.t1.dead.normalizer-live.hostaway.schema.0123456789ab.WORK-99';
    await bus.publish(subject, data, { id: 'older', headers: own, usesHeadroom: true });
    const older = ids(await found({})).at(-1)!;

    expect(ids(await found({ reason: 'schema', connection: 'c1' }))).toContain(older);
    expect(await countCauses(nc, 't1', { cause: '0123456789ab' })).toMatchObject([{ count: 1, newest: { id: older } }]);
  });
});
