import { DiscardPolicy, RetentionPolicy } from '@nats-io/jetstream';
import { eventually, natsServer, type NatsServer } from '@roomwire/testkit';
import { Bus, BusError } from './bus.ts';
import { connectNats, type NatsConnection } from './connect.ts';

describe('Bus', () => {
  let nats: NatsServer;
  let nc: NatsConnection;
  let bus: Bus;
  beforeAll(async () => {
    nats = await natsServer();
    nc = await connectNats({ servers: nats.url, service: 'spec' });
    bus = new Bus(nc);
    await (await bus.jsm()).streams.add({ name: 'S', subjects: ['s.>'] });
  });
  afterAll(async () => {
    await nc.close();
    await nats[Symbol.asyncDispose]();
  });
  const codeOf = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'none',
      (error: unknown) => (error instanceof BusError ? error.code : String(error)),
    );

  it('answers where a message was stored', async () => {
    const { stream, seq, duplicate } = await bus.publish('s.ack', { a: 1 }, { id: 'ack', headers: { 'Rw-X': 'y' } });

    expect({ stream, duplicate }).toEqual({ stream: 'S', duplicate: false });
    const stored = await bus.message('S', seq);
    expect(stored?.header('Rw-X')).toBe('y');
    expect(new TextDecoder().decode(stored?.data)).toBe('{"a":1}');
  });

  it('stores an id once and says so', async () => {
    const first = await bus.publish('s.dup', 1, { id: 'dup' });
    const again = await bus.publish('s.dup', 2, { id: 'dup' });

    expect(again).toEqual({ ...first, duplicate: true });
    expect(new TextDecoder().decode((await bus.lastOnLeader('S', 's.dup'))?.data)).toBe('1');
  });

  it('compares and sets', async () => {
    const { seq } = await bus.publish('s.cas', 1, { id: 'cas1', expectLast: 0 });

    expect(await codeOf(bus.publish('s.cas', 2, { id: 'cas2', expectLast: 0 }))).toBe('conflict');
    expect(await codeOf(bus.publish('s.cas', 2, { id: 'cas3', expectLast: seq }))).toBe('none');
    // A repeat after a lost PubAck is a conflict too, not a duplicate (trap 23): who wrote is seen from the leader's last message.
    expect(await codeOf(bus.publish('s.cas', 2, { id: 'cas3', expectLast: seq }))).toBe('conflict');
    expect((await bus.lastOnLeader('S', 's.cas'))?.header('Nats-Msg-Id')).toBe('cas3');
  });

  it('says that a stream is full, and that no stream takes a subject', async () => {
    const limits = { discard: DiscardPolicy.New, retention: RetentionPolicy.Workqueue };
    await (await bus.jsm()).streams.add({ name: 'FULL', subjects: ['full'], max_msgs: 1, ...limits });
    await (await bus.jsm()).streams.add({ name: 'BYTES', subjects: ['bytes'], max_bytes: 300, ...limits });
    await bus.publish('full', 1, { id: 'full1' });
    await bus.publish('bytes', 'x'.repeat(150), { id: 'bytes1' });

    expect(await codeOf(bus.publish('full', 2, { id: 'full2' }))).toBe('full');
    expect(await codeOf(bus.publish('bytes', 'x'.repeat(150), { id: 'bytes2' }))).toBe('full');
    expect(await codeOf(bus.publish('nobody.takes', 1, { id: 'x' }))).toBe('no-stream');
    expect(await codeOf(bus.lastOnLeader('NONE', 'x'))).toBe('no-stream');
  });

  it('refuses what the broker would close the connection over', async () => {
    expect(await codeOf(bus.publish(`s.${'x'.repeat(5_000)}`, 1, { id: 'long' }))).toBe('invalid');
    expect(await codeOf(bus.publish('s.header', 1, { id: 'header', headers: { 'Rw-X': 'a\r\nb: c' } }))).toBe('invalid');
    expect(await codeOf(bus.publish('s.big', new Uint8Array(1_100_000), { id: 'big' }))).toBe('invalid');
    expect(await codeOf(bus.publish('s.after', 1, { id: 'after' }))).toBe('none');
  });

  it('forgets the id of what a work queue has let go of when the server starts again (trap 2)', async () => {
    await (await bus.jsm()).streams.add({ name: 'W', subjects: ['w.>'], retention: RetentionPolicy.Workqueue });
    const { seq } = await bus.publish('w.a', 1, { id: 'once' });
    await bus.remove('W', seq);
    expect(await bus.publish('w.a', 1, { id: 'once' })).toMatchObject({ duplicate: true });
    await nats.restart();
    const again = await eventually(() => bus.publish('w.a', 1, { id: 'once' }));
    expect(again).toMatchObject({ duplicate: false });
  });

  it('leaves room for the headers of a dead letter in every other message', async () => {
    const max = nc.info!.max_payload;
    expect(await codeOf(bus.publish('s.room', new Uint8Array(max - 1_000), { id: 'room1' }))).toBe('invalid');
    expect(await codeOf(bus.publish('s.room', 'ü'.repeat(max / 2 - 500), { id: 'room2' }))).toBe('invalid');
    expect(await codeOf(bus.publish('s.room', new Uint8Array(max - 1_000), { id: 'room3', usesHeadroom: true }))).toBe('none');
    const headers = { 'Rw-X': 'x'.repeat(2_000) };
    expect(await codeOf(bus.publish('s.room', new Uint8Array(max - 9_500), { id: 'room4', headers }))).toBe('invalid');
    expect(await codeOf(bus.publish('s.room', new Uint8Array(max - 9_500), { id: 'room5' }))).toBe('none');
  });

  it('walks a stream by subject, and removes', async () => {
    for (const n of [1, 2, 3]) await bus.publish(`s.walk.${n % 2}`, n, { id: `walk${n}` });
    const first = await bus.nextOn('S', 's.walk.1', 1);
    const second = await bus.nextOn('S', 's.walk.1', first!.seq + 1);

    expect([first, second].map((one) => new TextDecoder().decode(one?.data))).toEqual(['1', '3']);
    expect(await bus.nextOn('S', 's.walk.1', second!.seq + 1)).toBeUndefined();
    expect([await bus.remove('S', first!.seq), await bus.remove('S', first!.seq)]).toEqual([true, false]);
    expect(await bus.message('S', first!.seq)).toBeUndefined();
    expect(await bus.lastOnLeader('S', 's.walk.none')).toBeUndefined();
  });

  it('says that nobody answered while the server is away, and goes on when it is back', async () => {
    nats.pause();
    // The signal takes effect when it does.
    await eventually(async () =>
      expect(await codeOf(bus.publish('s.away', 1, { id: 'away1', timeoutMs: 150 }))).toBe('unavailable'),
    );
    nats.resume();
    await nats.stop();
    expect(await codeOf(bus.publish('s.away', 1, { id: 'away2', timeoutMs: 150 }))).toBe('unavailable');
    expect(await codeOf(bus.lastOnLeader('S', 's.ack'))).toBe('unavailable');
    await nats.start();
    expect(await codeOf(bus.publish('s.away', 1, { id: 'away3' }))).toBe('none');
  });
});
