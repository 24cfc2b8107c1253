import {
  eventOf,
  facet,
  fetchJob,
  filterOf,
  HEADER,
  isAmbiguous,
  parseSubject,
  type ConflictState,
  type EntityRecord,
  type EventMessage,
  type FetchJob,
} from '@roomwire/events';
import {
  ensureConnection,
  JetStreamStrategy,
  redisLedger,
  streamOf,
  type Delivery,
  type StoredMessage,
} from '@roomwire/jetstream';
import { createLog, createMeter, hopFigure } from '@roomwire/telemetry';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { EventConsumer } from './event.consumer.ts';
import { provision, replica, type Replica } from './testing/redis-replica.ts';
import { unasked } from './unasked.ts';

/** The provider's second in which two things were said. Its stamp can have settled 4 s later: resolution 1, margin 2, clocks 1. */
const tie = Math.floor(Date.now() / 1000) * 1000 - 2_000;
const settled = tie + 4_000;

type Telling = { guest?: string; second?: number; read?: number; settled?: boolean; heardAt?: number; entity?: string };

/** What a push says of a reservation, or a by-id read granted at `read` µs. */
function told({ guest = 'Ada', second = tie, read, settled = false, heardAt = tie + 300, entity = '1' }: Telling): EventMessage {
  const at = { epoch: 0, mapping: 1, rank: read ? (1 as const) : (0 as const), observedAt: read ?? 0 };
  const existence = read && { existence: facet({ state: 'present' }, { ...at, modifiedAt: read }) };
  const content = { name: guest, adults: null, children: null };
  const data: EntityRecord = {
    ...{ kind: 'reservation', connection: 'c1', entity },
    facets: { guest: facet(content, { ...at, modifiedAt: second * 1000 }, settled), ...existence },
  };
  return wrap(data, heardAt);
}

function wrap(data: EntityRecord, heardAt: number): EventMessage {
  const receivedAt = new Date(heardAt).toISOString();
  return eventOf(data, { tenant: 't1', provider: 'hostaway', lane: 'live', receipt: 'receipt-of-event', receivedAt });
}

function delivered(event: EventMessage, hint?: { kind: string; entity: string; modifiedAt?: number }): Delivery {
  const headers: Record<string, string> = hint ? { [HEADER.hint]: JSON.stringify(hint) } : {};
  const subject = parseSubject('pms.t1.event.live.booking.40')!;
  return {
    ...{ tenant: 't1', stream: streamOf('WORK', 't1'), seq: 1, subject, data: new Uint8Array(), attempt: 1 },
    ...{ header: (name: string) => headers[name] ?? '', json: () => event, note: () => undefined },
    origin: () => {
      throw new Error('nothing here is a dead letter');
    },
  };
}

const STAY = {
  ...{ what: 'reservation' as const, connection: 'c1', status: 'confirmed' as const },
  ...{ arrival: '2026-07-01', departure: '2026-07-02', guest: null },
};

describe('the reads that the registry asks for', () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let one: Replica;
  let consumer: EventConsumer;

  beforeEach(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    one = await replica(nats.url, redis.url);
    const { bus, gate, teller, catalogue, reads, disagreements } = one;
    const hop = hopFigure(createMeter('spec').meter);
    consumer = new EventConsumer(bus, gate, teller, catalogue, reads, disagreements, hop, () => Promise.resolve());
  });
  afterEach(async () => {
    await one.dispose();
    await Promise.all([nats[Symbol.asyncDispose](), redis[Symbol.asyncDispose]()]);
  });

  const take = (telling: Telling, hint?: Parameters<typeof delivered>[1]) => consumer.handle(delivered(told(telling), hint));
  async function stored(stream: 'WORK' | 'FETCH', filter: string): Promise<StoredMessage[]> {
    const all: StoredMessage[] = [];
    for (;;) {
      const next = await one.bus.nextOn(streamOf(stream, 't1'), filter, (all.at(-1)?.seq ?? 0) + 1);
      if (!next) return all;
      all.push(next);
    }
  }
  const jobOf = ({ data }: StoredMessage): FetchJob => fetchJob.parse(JSON.parse(Buffer.from(data).toString()));
  const jobs = async () =>
    (await stored('FETCH', filterOf('t1', 'fetch'))).map((message) => [message.subject, jobOf(message).reason]);
  const waiting = async () =>
    (await stored('WORK', filterOf('t1', 'later'))).map((copy) => [
      copy.header('Rw-Later-Subject'),
      jobOf(copy).reason,
      Number(copy.header('Rw-Later-Due')),
    ]);
  /** As if all that was asked for had been read. */
  async function forget(): Promise<void> {
    const jsm = await one.bus.jsm();
    await Promise.all(['FETCH' as const, 'WORK' as const].map((family) => jsm.streams.purge(streamOf(family, 't1'))));
  }
  const held = async (name = 'reservation/c1/1') => (await one.records.read('t1', name))!.record;
  const live = 'pms.t1.fetch.live.hostaway.c1.reservation.1';
  const poll = 'pms.t1.fetch.poll.hostaway.c1.reservation.1';

  it('are one at once and one when it can be settled, of a record that has become ambiguous', async () => {
    await take({ guest: 'Ada' });
    expect([await jobs(), await waiting()]).toEqual([[], []]);

    await take({ guest: 'Grace' });
    await take({ guest: 'Grace' });
    await take({ guest: 'Ada' });

    expect(await jobs()).toEqual([[live, 'ambiguous']]);
    expect(await waiting()).toEqual([[poll, 'ambiguous', settled]]);
  });

  it('reach the sync-worker’s consumers, the second one not before its time', async () => {
    await ensureConnection(one.nc, 't1', 'hostaway');
    const log = createLog('spec', 'silent');
    const { tenants } = one.tables;
    const ledger = redisLedger(one.redis);
    const strategy = new JetStreamStrategy({ nc: one.nc, service: 'spec', tenants, ledger, log });
    const seen: { lane: string; at: number }[] = [];
    for (const lane of ['live', 'poll'])
      strategy.addHandler(
        `fetch-hostaway-${lane}`,
        () => Promise.resolve((seen.push({ lane, at: Date.now() }), { kind: 'done' })),
        true,
      );
    strategy.listen(() => undefined);
    // The provider's clock is not ours: what is due is reckoned from its stamp.
    const second = Math.floor(Date.now() / 1000) * 1000 - 1_000;
    await take({ guest: 'Ada', second });
    await take({ guest: 'Grace', second, heardAt: second + 300 });

    await eventually(() => expect(seen.map(({ lane }) => lane)).toEqual(['live', 'poll']), { withinMs: 10_000 });
    expect(seen[1]!.at).toBeGreaterThanOrEqual(second + 4_000);
    // Acked a moment after it was seen.
    await eventually(async () => expect([await jobs(), await waiting()]).toEqual([[], []]));
    await strategy.close();
  });

  it('are no more when a settled read has told', async () => {
    await take({ guest: 'Ada' });
    await take({ guest: 'Grace' });
    await forget();
    await take({ guest: 'Grace', read: 7 });
    expect(isAmbiguous(await held())).toBe(true);
    // The read was too early: what it owes is owed already, under the same name.
    expect([await jobs(), await waiting()]).toEqual([[], []]);

    await take({ guest: 'Ada', read: 8, settled: true, heardAt: settled + 200 });

    expect(isAmbiguous(await held())).toBe(false);
    await take({ guest: 'Grace', heardAt: settled + 900 });
    expect([await jobs(), await waiting()]).toEqual([[], []]);
  });

  it('go on, ever more slowly, where a read comes back late and unsettled', async () => {
    await take({ guest: 'Ada' });
    await take({ guest: 'Grace' });
    await forget();

    await take({ guest: 'Grace', read: 7, heardAt: tie + 8_000 });

    expect([await jobs(), await waiting()]).toEqual([[], [[poll, 'ambiguous', tie + 16_000]]]);
  });

  it('do not take the place of a hint’s job, which has more to answer to', async () => {
    const hint: FetchJob = {
      ...{ tenant: 't1', provider: 'hostaway', connection: 'c1', kind: 'reservation', entity: '1', lane: 'live' },
      ...{ reason: 'hint', hintAt: new Date(tie).toISOString(), receipt: 'receipt-of-hint' },
    };
    await one.bus.publish(live, hint, { id: 'hint-1' });

    await take({ guest: 'Ada' });
    await take({ guest: 'Grace' });

    expect(await jobs()).toEqual([[live, 'hint']]);
  });

  it('are none of what nothing can read', async () => {
    const status = (state: string) => {
      const core = facet(
        { unit: '40', status: state, by: null },
        { epoch: 0, modifiedAt: tie * 1000, rank: 0, observedAt: 0, mapping: 1 },
      );
      return wrap({ kind: 'unit-status', connection: 'c1', entity: '9', facets: { core } }, tie + 300);
    };
    await consumer.handle(delivered(status('clean')));
    expect(await consumer.handle(delivered(status('dirty')))).toEqual({ kind: 'done' });

    expect(isAmbiguous(await held('unit-status/c1/9'))).toBe(true);
    expect(await jobs()).toEqual([['pms.t1.fetch.live.hostaway.c1.property.40', 'unknown-property']]);
    expect(await waiting()).toEqual([]);
  });

  it('are stored before the event is done, and asked for again by an event that comes again', async () => {
    await take({ guest: 'Ada' });
    const jsm = await one.bus.jsm();
    const { config } = await jsm.streams.info(streamOf('FETCH', 't1'));
    await jsm.streams.delete(streamOf('FETCH', 't1'));
    expect(await take({ guest: 'Grace' })).toMatchObject({ kind: 'defer' });

    await jsm.streams.add(config);

    expect(await take({ guest: 'Grace' })).toEqual({ kind: 'done' });
    expect(await jobs()).toEqual([[live, 'ambiguous']]);
  });

  it('are asked for again when Redis was rebuilt: two memories may have made a tie that nobody told', async () => {
    await take({ guest: 'Ada' });
    await take({ guest: 'Grace' });
    await forget();
    await one.redis.flushall();

    await take({ entity: '2' });

    expect(await jobs()).toEqual([[live, 'ambiguous']]);
  });

  describe('of a hint', () => {
    const hint = { kind: 'reservation', entity: '1' };

    it('are one more after the provider’s lag, where the read said what the record says', async () => {
      await take({ guest: 'Ada' });

      await take({ guest: 'Ada', read: 7, heardAt: settled }, hint);
      await take({ guest: 'Ada', read: 7, heardAt: settled }, hint);

      expect([await jobs(), await waiting()]).toEqual([[], [[poll, 'read-lag', settled + 10_000]]]);
    });

    it('are none where the read brought news, was no hint’s, or was another entity’s', async () => {
      await take({ guest: 'Ada' });

      await take({ guest: 'Grace', second: tie + 1_000, read: 7 }, hint);
      await take({ guest: 'Grace', second: tie + 1_000, read: 8 });
      await take({ guest: 'Grace', second: tie + 1_000, read: 9 }, { ...hint, entity: '2' });

      expect([await jobs(), await waiting()]).toEqual([[], []]);
    });

    it('are none where the read is at the hint’s own time, and one where it is behind', async () => {
      await take({ guest: 'Ada' });

      await take({ guest: 'Ada', read: 7 }, { ...hint, modifiedAt: tie * 1000 });
      expect(await waiting()).toEqual([]);
      await take({ guest: 'Ada', read: 8, heardAt: settled }, { ...hint, modifiedAt: tie * 1000 + 1 });
      expect(await waiting()).toEqual([[poll, 'read-lag', settled + 10_000]]);
    });
  });

  it('are in the lane of webhooks, of a conflict, only where a webhook made a room’s or somebody waits', async () => {
    const conflict = (reservation: string, place: string, reread?: ConflictState['reread']): ConflictState => ({
      ...{ id: 'c-0123456789ab', kind: 'overlap', status: 'checking', property: null, unit: null, unitType: null, place },
      ...{ firstNight: '2026-07-01', lastNight: '2026-07-01', since: '2026-06-01T00:00:00.000Z' },
      sides: [{ ...STAY, reservation }],
      ...(reread ? { reread } : {}),
    });
    const wish = { asked: '2026-06-02T00:00:00.000Z', since: '2026-06-02T00:00:00.000Z', sides: [] };
    await one.reads.ofConflict(conflict('1', 'u-1'), unasked('t1'));
    await one.reads.ofConflict(conflict('2', 'u-1'), unasked('t1', 'internal', 'bulk'));
    await one.reads.ofConflict(conflict('3', 'sale_t-1'), unasked('t1'));
    await one.reads.ofConflict(conflict('4', 'sale_t-1', wish), unasked('t1'));

    const lanes = (await stored('FETCH', filterOf('t1', 'fetch'))).map(jobOf).map(({ entity, lane }) => [entity, lane]);
    expect(lanes.toSorted()).toEqual([
      ['1', 'live'],
      ['2', 'poll'],
      ['3', 'poll'],
      ['4', 'live'],
    ]);
  });
});
