import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connection, subjectOf, tenant } from '@roomwire/events';
import { createLog } from '@roomwire/telemetry';
import { eventually, natsServer, type NatsServer } from '@roomwire/testkit';
import { z } from 'zod';
import { natsConf, passwordVariable, USERS } from './access.ts';
import { Bus } from './bus.ts';
import { connectNats, type NatsConnection } from './connect.ts';
import { publishDeadLetter } from './dead-letter.ts';
import type { Delivery } from './delivery.ts';
import { ensureConnection, ensureFleet, ensureTenant } from './ensure.ts';
import { KvTable } from './kv-table.ts';
import { memoryLedger } from './memory-ledger.ts';
import { readState } from './read-state.ts';
import { JetStreamStrategy } from './strategy.ts';
import { tenantOf } from './testing/strategy-bench.ts';
import { fetchConsumers } from './topology.ts';
import { defer, done, reject, type Verdict } from './verdict.ts';

const password = (user: string): string => `placeholder-of-${user}`;
const env = Object.fromEntries(USERS.map(({ user }) => [passwordVariable(user), password(user)]));

describe('the users of deploy/nats.conf', () => {
  let nats: NatsServer;
  const users = new Map<string, NatsConnection>();
  const of = (user: string): NatsConnection => users.get(user)!;
  const publish = (user: string, subject: string) =>
    new Bus(of(user)).publish(subject, {}, { id: `${user}:${subject}`, timeoutMs: 400 });
  beforeAll(async () => {
    nats = await natsServer({ config: natsConf(), env });
    for (const { user } of USERS)
      users.set(user, await connectNats({ servers: nats.url, user, pass: password(user), service: user }));
    const operator = of('operator');
    await ensureFleet(operator);
    await ensureTenant(operator, 't1');
    await ensureConnection(operator, 't1', 'hostaway');
    const tenants = await KvTable.open(operator, 'tenants', tenant);
    await tenants.put('t1', tenantOf('t1'));
    await tenants.close();
  });
  afterAll(async () => {
    await Promise.all([...users.values()].map((nc) => nc.close()));
    await nats[Symbol.asyncDispose]();
  });

  it('nobody comes in without a password, or with another one', async () => {
    const { connect } = await import('@nats-io/transport-node');
    await expect(connect({ servers: nats.url, reconnect: false })).rejects.toThrow(/authorization/i);
    await expect(connect({ servers: nats.url, user: 'registry', pass: 'wrong', reconnect: false })).rejects.toThrow(
      /authorization/i,
    );
  });

  it.each([
    ['ingest-gateway', ['tenants', 'connections']],
    ['normalizer', ['tenants', 'connections']],
    ['registry', ['tenants', 'connections', 'catalog', 'sync']],
    ['propagator', ['tenants']],
    ['token-vault', ['connections', 'vault']],
    ['sync-worker', ['tenants', 'connections']],
  ])('%s watches its buckets', async (user, buckets) => {
    for (const bucket of buckets) {
      const table = await KvTable.open(of(user), bucket, z.unknown());
      expect(await table.fromLeader('none')).toBeUndefined();
      await table.close();
    }
  });

  it.each([
    ['ingest-gateway', 'pms.t1.raw.live.hostaway.c1'],
    ['normalizer', 'pms.t1.event.live.booking.p1'],
    ['normalizer', 'pms.t1.fetch.live.hostaway.c1.reservation.9'],
    ['normalizer', 'pms.t1.outcome.r1'],
    ['registry', 'pms.t1.change.room.p.u'],
    ['registry', '$KV.catalog.t1.unit.u1'],
    ['registry', '$KV.sync.retell.c1'],
    ['registry', 'pms.t1.fetch.backfill.hostaway.c1.reservation.9'],
    ['token-vault', '$KV.vault.c1'],
    ['token-vault', 'audit.token-vault.writer'],
    ['token-vault', '$KV.vault.keys.ring'],
    ['sync-worker', 'pms.t1.raw.bulk.hostaway.c1'],
    ['operator', '$KV.connections.c1'],
  ])('%s publishes %s', async (user, subject) => {
    await expect(publish(user, subject)).resolves.toMatchObject({ duplicate: false });
  });

  it.each([
    ['normalizer', 'pms.t1.change.room.p.u'],
    ['normalizer', '$KV.catalog.t1.unit.u1'],
    ['ingest-gateway', 'pms.t1.event.live.booking.p1'],
    ['ingest-gateway', 'pms.t1.raw.bulk.hostaway.c1'],
    ['ingest-gateway', '$KV.connections.c1'],
    ['registry', '$KV.vault.c1'],
    ['registry', '$KV.sync.permit.p'],
    ['registry', 'pms.t1.audit.vault'],
    ['registry', 'pms.t1.raw.live.hostaway.c1'],
    ['propagator', 'pms.t1.change.room.p.u'],
    ['propagator', 'pms.t1.raw.live.hostaway.c1'],
    ['propagator', 'pms.t1.dead.s.p.r.f.o'],
    ['propagator', 'pms.t1.notice.x'],
    ['sync-worker', 'pms.t1.change.room.p.u'],
    ['sync-worker', 'vault.put-credentials.sync-worker'],
    ['sync-worker', 'vault.lease.operator'],
    ['token-vault', 'pms.t1.raw.live.hostaway.c1'],
    ['operator', '$KV.vault.c1'],
  ])('%s may not publish %s', async (user, subject) => {
    await expect(publish(user, subject)).rejects.toThrow(/permission/i);
  });

  it.each([
    ['ingest-gateway', 'vault'],
    ['propagator', 'vault'],
    ['registry', 'vault'],
    ['propagator', 'connections'],
    ['normalizer', 'sync'],
  ])(
    '%s may not read the bucket %s, neither a key nor as a whole nor through a reader of somebody else',
    async (user, bucket) => {
      const jsm = await jetstreamManager(of(user), { checkAPI: false, timeout: 400 });
      await expect(jsm.streams.getMessage(`KV_${bucket}`, { last_by_subj: `$KV.${bucket}.c1` })).rejects.toThrow(/permission/i);
      await expect(jsm.consumers.add(`KV_${bucket}`, { name: 'mine', filter_subject: `$KV.${bucket}.>` })).rejects.toThrow(
        /permission/i,
      );
      const theirs = of(user).request(`$JS.API.CONSUMER.MSG.NEXT.KV_${bucket}.theirs`, '{"batch":1}', { timeout: 400 });
      await expect(theirs).rejects.toThrow(/permission/i);
    },
  );

  it.each([
    ['ingest-gateway', 'normalizer-live'],
    ['propagator', 'registry-live-booking'],
    ['registry', 'normalizer-live'],
    ['normalizer', 'registry-bulk'],
    ['sync-worker', 'normalizer-live'],
  ])('%s may neither take from %s nor delete it', async (user, durable) => {
    const ask = (what: string) =>
      of(user).request(`$JS.API.CONSUMER.${what}.WORK_t1.${durable}`, '{"batch":1}', { timeout: 400 });
    await expect(ask('MSG.NEXT')).rejects.toThrow(/permission/i);
    await expect(ask('DELETE')).rejects.toThrow(/permission/i);
    const acked = of(user).request(`$JS.ACK.WORK_t1.${durable}.1.1.1.1.1`, '', { timeout: 400 });
    await expect(acked).rejects.toThrow(/permission/i);
  });

  it.each(USERS.map(({ user }) => user))('%s may not listen to another one’s answers, nor to everything', async (user) => {
    const other = user === 'registry' ? 'token-vault' : 'registry';
    for (const subject of [`_INBOX.${other}.>`, '_INBOX.>', '>']) {
      const refused = new Promise((resolve) => of(user).subscribe(subject, { callback: (error) => resolve(error?.message) }));
      expect(await refused).toMatch(/permission/i);
    }
  });

  it('a service streams, streams are not deleted and settings not changed by anybody but the operator', async () => {
    for (const { user } of USERS.filter(({ user }) => user !== 'operator')) {
      const jsm = await jetstreamManager(of(user), { checkAPI: false, timeout: 400 });
      await expect(jsm.streams.delete('STATE_t1')).rejects.toThrow(/permission/i);
      await expect(jsm.streams.purge('DEAD_t1')).rejects.toThrow(/permission/i);
    }
  });

  it('the registry forgets what it announced', async () => {
    const { seq } = await publish('registry', 'pms.t1.change.reservation.c1.forgotten');
    expect(await new Bus(of('registry')).remove('STATE_t1', seq)).toBe(true);
  });

  it('who reads STATE reads it', async () => {
    await publish('registry', 'pms.t1.change.room.p.seen');
    for (const user of ['propagator', 'registry']) {
      const told: string[] = [];
      const reader = readState(of(user), 't1', { onMessage: ({ subject }) => void told.push(subject) });
      await eventually(() => expect(told).toContain('pms.t1.change.room.p.seen'));
      await reader.stop();
    }
  });

  it.each([
    ['normalizer', 'normalizer-live', 'pms.t1.raw.live.hostaway.settling'],
    ['registry', 'registry-live-pricing', 'pms.t1.event.live.pricing.settling'],
    ['sync-worker', fetchConsumers('hostaway')[0]!.name, 'pms.t1.fetch.live.hostaway.settling.reservation.1'],
  ])('%s consumes, settles in every way, waits and dead-letters', async (user, name, subject) => {
    const nc = of(user);
    const tenants = await KvTable.open(nc, 'tenants', tenant);
    const left: Verdict[] = [defer('no-permit', 50), { kind: 'retry', reason: 'r', afterMs: 10 }, done, reject('schema')];
    const strategy = new JetStreamStrategy({
      nc,
      service: user,
      tenants,
      ledger: memoryLedger(),
      log: createLog(user, 'silent'),
    });
    let given = 0;
    strategy.addHandler(
      name,
      async (delivery: Delivery) => {
        if (subjectOf(delivery.subject) !== subject) return done; // left there by the cases above
        given++;
        await publishPart(new Bus(nc), delivery);
        return left.shift() ?? done;
      },
      true,
    );
    strategy.listen(() => undefined);
    const operator = new Bus(of('operator'));
    await operator.publish(subject, {}, { id: `${user}1` });
    await eventually(() => expect(given).toBe(3), { withinMs: 8_000 });
    await operator.publish(subject, {}, { id: `${user}2` });
    const stream = user === 'sync-worker' ? 'FETCH_t1' : 'WORK_t1';
    await eventually(async () => expect(await operator.lastOnLeader(stream, subject)).toBeUndefined());
    expect(given).toBe(4);
    expect(await operator.lastOnLeader('DEAD_t1', `pms.t1.dead.${name}.>`)).toBeDefined();
    await strategy.close();
    await tenants.close();
  });

  it('the vault answers who asks it, and only with its own name', async () => {
    const vault = of('token-vault').subscribe('vault.>', { callback: (_, message) => void message.respond('sealed') });
    await of('token-vault').flush();
    const asked = await of('sync-worker').request('vault.lease.sync-worker', '{}', { timeout: 1_000 });
    expect(asked.string()).toBe('sealed');
    vault.unsubscribe();
  });

  it('the operator sees into everything but the vault’s writing', async () => {
    const table = await KvTable.open(of('operator'), 'connections', connection);
    await table.close();
    expect((await jetstream(of('operator')).consumers.get('WORK_t1', 'normalizer-live')) !== undefined).toBe(true);
  });
});

const publishPart = (bus: Bus, delivery: Delivery): Promise<void> =>
  publishDeadLetter(bus, delivery, { reason: 'part', pointer: '/1' });
