import { jetstream } from '@nats-io/jetstream';
import { containerImages, whyNoContainers } from '@roomwire/testkit';
import { Redis } from 'ioredis';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { natsConf, passwordVariable, USERS } from './access.ts';
import { Bus } from './bus.ts';
import { connectNats, type NatsConnection } from './connect.ts';
import { ensureConnection, ensureFleet, ensureTenant } from './ensure.ts';
import { redisLedger } from './redis-ledger.ts';
import { ledgerConformance } from './testing/ledger-conformance.ts';
import { streamOf } from './topology.ts';

const START_MS_MAX = 60_000;

const { nats: NATS, redis: REDIS } = containerImages;
const reason = await whyNoContainers([NATS, REDIS]);
if (reason) process.stderr.write(`skipped: the images of NATS and Redis: ${reason}\n`);
const suite = reason ? describe.skip : describe;
const title = reason ? ` (skipped: ${reason})` : '';

suite(`NATS as ${NATS}${title}`, () => {
  const password = (user: string): string => `placeholder-of-${user}`;
  const passwords = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), password(user)]));
  let container: StartedTestContainer;
  const opened: NatsConnection[] = [];
  const connectionOf = async (user: string): Promise<NatsConnection> => {
    const servers = `nats://${container.getHost()}:${container.getMappedPort(4222)}`;
    const nc = await connectNats({ servers, user, pass: password(user), service: user });
    opened.push(nc);
    return nc;
  };

  beforeAll(async () => {
    container = await new GenericContainer(NATS)
      .withCopyContentToContainer([{ content: natsConf(), target: '/etc/roomwire.conf' }])
      .withEnvironment(passwords)
      .withCommand(['-c', '/etc/roomwire.conf', '-p', '4222', '-sd', '/data'])
      .withExposedPorts(4222)
      .withWaitStrategy(Wait.forLogMessage(/Server is ready/))
      .start();
  }, START_MS_MAX);
  afterAll(async () => {
    await Promise.all(opened.map((nc) => nc.close()));
    await container.stop();
  });

  it('takes deploy/nats.conf, the topology twice, and a message from one service to the next', async () => {
    const operator = await connectionOf('operator');
    for (const _time of ['first', 'again']) {
      await ensureFleet(operator);
      await ensureTenant(operator, 'boxed');
      await ensureConnection(operator, 'boxed', 'hostaway');
    }
    const subject = 'pms.boxed.raw.live.hostaway.c1';
    await new Bus(await connectionOf('ingest-gateway')).publish(subject, { told: 'once' }, { id: 'r1' });

    const normalizer = await connectionOf('normalizer');
    const consumer = await jetstream(normalizer, { checkAPI: false }).consumers.get(streamOf('WORK', 'boxed'), 'normalizer-live');
    const message = await consumer.next({ expires: 5_000 });

    expect(message?.subject).toBe(subject);
    expect(message?.json()).toEqual({ told: 'once' });
    expect(await message?.ackAck()).toBe(true);
  });

  it('lets nobody in without a password', async () => {
    const { connect } = await import('@nats-io/transport-node');
    const servers = `nats://${container.getHost()}:${container.getMappedPort(4222)}`;

    await expect(connect({ servers, reconnect: false })).rejects.toThrow(/authorization/i);
  });
});

suite(`Redis as ${REDIS}${title}`, () => {
  let container: StartedTestContainer;
  let redis: Redis;
  beforeAll(async () => {
    container = await new GenericContainer(REDIS)
      .withCommand(['redis-server', '--maxmemory-policy', 'noeviction', '--protected-mode', 'no'])
      .withExposedPorts(6379)
      .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
      .start();
    redis = new Redis(container.getMappedPort(6379), container.getHost());
  }, START_MS_MAX);
  afterAll(async () => {
    redis.disconnect();
    await container.stop();
  });

  ledgerConformance(async () => {
    await redis.flushall();
    return redisLedger(redis);
  });
});
