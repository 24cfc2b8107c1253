import { jetstreamManager, RetentionPolicy, type JetStreamManager } from '@nats-io/jetstream';
import { natsServer, type NatsServer } from '@roomwire/testkit';
import { Bus } from './bus.ts';
import { connectNats, type NatsConnection } from './connect.ts';
import { ensureConnection, ensureFleet, ensureTenant, TopologyError } from './ensure.ts';
import { BUCKETS, CONSUMERS, DEFAULT_SETTINGS, pushConsumers, streamOf } from './topology.ts';

describe('ensure', () => {
  let nats: NatsServer;
  let nc: NatsConnection;
  let jsm: JetStreamManager;
  beforeAll(async () => {
    nats = await natsServer();
    nc = await connectNats({ servers: nats.url, service: 'spec' });
    jsm = await jetstreamManager(nc);
  });
  afterAll(async () => {
    await nc.close();
    await nats[Symbol.asyncDispose]();
  });
  const streams = () => jsm.streams.list().next();
  const consumers = (stream: string) => jsm.consumers.list(stream).next();
  const names = async (stream: string): Promise<string[]> => (await consumers(stream)).map(({ name }) => name).sort();

  it('makes everything, and a second time changes nothing', async () => {
    const all = async (): Promise<void> => {
      await ensureFleet(nc);
      await ensureTenant(nc, 'one');
      await ensureConnection(nc, 'one', 'hostaway');
    };
    await all();
    const config = async () => ({
      streams: (await streams()).map((stream) => ({ ...stream.config, created: stream.created })),
      work: (await consumers('WORK_one')).map((one) => ({ ...one.config, created: one.created })),
    });
    const before = await config();
    await all();

    expect(await config()).toEqual(before);
    expect(before.streams).toHaveLength(BUCKETS.length + 6);
    expect(await names('WORK_one')).toEqual([...CONSUMERS, ...pushConsumers('hostaway')].map(({ name }) => name).sort());
    expect(await names('FETCH_one')).toEqual(['fetch-hostaway-backfill', 'fetch-hostaway-live', 'fetch-hostaway-poll']);
  });

  it('may run many times at once', async () => {
    const once = async (): Promise<void> => {
      await ensureFleet(nc);
      await ensureTenant(nc, 'two');
      await ensureConnection(nc, 'two', 'mews');
    };
    await Promise.all([once(), once(), once(), once()]);

    expect(await names('WORK_two')).toHaveLength(CONSUMERS.length + pushConsumers('mews').length);
  });

  it('raises limits without losing anything', async () => {
    await ensureTenant(nc, 'three');
    await ensureTenant(nc, 'three', {
      ...DEFAULT_SETTINGS,
      workBytesMax: DEFAULT_SETTINGS.workBytesMax * 2,
      statePerSubject: 32,
    });

    expect((await jsm.streams.info('WORK_three')).config.max_bytes).toBe(DEFAULT_SETTINGS.workBytesMax * 2);
    expect((await jsm.streams.info('STATE_three')).config.max_msgs_per_subject).toBe(32);
  });

  it('refuses to lower what it holds, and says what differs', async () => {
    await ensureTenant(nc, 'four');
    const bus = new Bus(nc);
    await bus.publish('pms.four.change.room.p.u', 'x'.repeat(5_000), { id: 'big' });

    await expect(ensureTenant(nc, 'four', { ...DEFAULT_SETTINGS, stateBytesMax: 1_000 })).rejects.toThrow(
      /STATE_four: max bytes 1000 is below the \d+/,
    );
    await expect(ensureTenant(nc, 'four', { ...DEFAULT_SETTINGS, statePerSubject: 1 })).rejects.toThrow(/from 16 to 1/);
    await expect(ensureTenant(nc, 'four', { ...DEFAULT_SETTINGS, logAgeMs: 1_000 })).rejects.toThrow(/max age/);
    expect((await jsm.streams.info('STATE_four')).state.messages).toBe(1);
  });

  it('refuses to take a subject away or to change the retention', async () => {
    await jsm.streams.add({ name: streamOf('DEAD', 'five'), subjects: ['pms.five.dead.>', 'mine.>'] });
    await expect(ensureTenant(nc, 'five')).rejects.toThrow(/DEAD_five: subjects mine\.> would be removed/);

    const work = ['raw', 'event', 'command', 'deliver', 'later'].map((family) => `pms.six.${family}.>`);
    await jsm.streams.add({ name: streamOf('WORK', 'six'), subjects: work, retention: RetentionPolicy.Limits });
    await expect(ensureTenant(nc, 'six')).rejects.toThrow(/WORK_six: retention would change from limits to workqueue/);
  });

  it('refuses a consumer that reads something else', async () => {
    await ensureTenant(nc, 'seven');
    await jsm.consumers.delete('WORK_seven', 'registry-bulk');
    await jsm.consumers.add('WORK_seven', {
      durable_name: 'registry-bulk',
      filter_subject: 'pms.seven.command.>',
      ack_policy: 'explicit',
    });

    await expect(ensureTenant(nc, 'seven')).rejects.toThrow(/registry-bulk of WORK_seven: filter is pms\.seven\.command/);
  });

  it('says what to do where the server has no room left to reserve', async () => {
    await using small = await natsServer({ config: 'jetstream: { max_file_store: 500MB }' });
    const connected = await connectNats({ servers: small.url, service: 'spec' });
    const refusal = await ensureTenant(connected, 'big').catch((error: unknown) => error);
    await connected.close();
    expect(refusal).toBeInstanceOf(TopologyError);
    expect(String(refusal)).toMatch(/WORK_big: the server has no \d+ bytes left.*max_file_store/);
  });

  it.each(['2.12.9', '2.9.0', '1.99.0'])('refuses a server %s and says what to do', async (version) => {
    const old = { info: { version } } as unknown as NatsConnection;

    const refusal = ensureFleet(old);
    await expect(refusal).rejects.toThrow(TopologyError);
    await expect(refusal).rejects.toThrow(new RegExp(`${version.replaceAll('.', '\\.')}.*2\\.14 or newer.*upgrade`));
  });
});
