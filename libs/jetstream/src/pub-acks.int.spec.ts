import { eventually, natsServer, type NatsServer } from '@roomwire/testkit';
import { Bus } from './bus.ts';
import { connectNats, type NatsConnection } from './connect.ts';

const CONFIG = `
authorization { users: [
  { user: spec, password: p, permissions: { publish: { deny: ["s.secret"] }, subscribe: ["_INBOX.spec.>"] } }
] }`;

describe('what the broker answers to what is stored', () => {
  let nats: NatsServer;
  let nc: NatsConnection;
  let bus: Bus;
  beforeEach(async () => {
    nats = await natsServer({ config: CONFIG });
    nc = await connectNats({ servers: nats.url, user: 'spec', pass: 'p', service: 'spec' });
    bus = new Bus(nc);
    await (await bus.jsm()).streams.add({ name: 'S', subjects: ['s.>'] });
  });
  afterEach(async () => {
    await nc.close();
    await nats[Symbol.asyncDispose]();
  });
  const publish = (subject: string, id: string, timeoutMs?: number) =>
    bus.publish(subject, id, { id, ...(timeoutMs && { timeoutMs }) });

  it('is given to whom it belongs, however many wait', async () => {
    const ids = Array.from({ length: 200 }, (_, i) => `many-${i}`);
    const acks = await Promise.all(ids.map((id) => publish('s.many', id)));

    const stored = await Promise.all(acks.map(({ seq }) => bus.message('S', seq)));
    expect(stored.map((message) => message?.header('Nats-Msg-Id'))).toEqual(ids);
  });

  it('is not awaited for a subject that this user may not publish', async () => {
    const other = publish('s.open', 'beside');
    const started = performance.now();

    await expect(publish('s.secret', 'secret', 20_000)).rejects.toMatchObject({ code: 'invalid' });
    expect(performance.now() - started).toBeLessThan(10_000);
    await expect(other).resolves.toMatchObject({ stream: 'S' });
  });

  it('is not awaited on a connection that is closed', async () => {
    nats.pause();
    const waiting = publish('s.closed', 'closed', 20_000);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
    const started = performance.now();
    await nc.close();

    await refused;
    expect(performance.now() - started).toBeLessThan(10_000);
    await expect(publish('s.closed', 'after', 20_000)).rejects.toMatchObject({ code: 'unavailable' });
    nats.resume();
  });

  it('is nobody’s when it comes too late', async () => {
    nats.pause();
    // The signal takes effect when it does.
    await eventually(() => expect(publish('s.late', 'late', 150)).rejects.toMatchObject({ code: 'unavailable' }));
    nats.resume();

    const { seq } = await publish('s.late', 'next');
    expect((await bus.message('S', seq))?.header('Nats-Msg-Id')).toBe('next');
  });
});
