import { type Connection, drainKey, type PageJob, type Tenant } from '@roomwire/events';
import { BusError } from '@roomwire/jetstream';
import { testClock } from '@roomwire/testkit';
import { failed } from './core/drain.ts';
import { NOTHING } from './core/mark.ts';
import { Poller, type PollerParts } from './poller.ts';
import { DrainTable, drainOf } from './testing/drain.ts';
import { account } from './testing/reading.ts';

const KEY = drainKey(drainOf());
const tenant: Tenant = {
  ...{ id: 't1', name: 'One', status: 'active', apiTokenHashes: [] },
  defaults: { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' },
};

/** Two replicas over one bucket. */
function polling(connection: Connection = account, owner = tenant) {
  const clock = testClock();
  const drains = new DrainTable();
  const asked: (PageJob & { id: string })[] = [];
  const at = { connection, owner, isAway: false, mayMiss: false };
  const parts: PollerParts = {
    bus: {
      publish: async (_subject, body, { id }) => {
        if (at.isAway) throw new BusError('unavailable', 'away');
        asked.push({ ...(body as PageJob), id });
        return { stream: 'FETCH_t1', seq: 1, duplicate: false };
      },
    },
    tenants: { get: () => at.owner },
    connections: { entries: () => new Map([['c1', at.connection]]).entries() },
    drains,
    mayMiss: () => at.mayMiss,
    pace: { leastMs: 60_000, mostMs: 900_000 },
    nights: { before: 7, after: 365 },
    calendarsEveryMs: 6 * 3_600_000,
    stalledMs: 120_000,
    log: { warn: () => undefined } as unknown as PollerParts['log'],
    ...{ now: clock.now, elapsed: clock.now, random: () => 0.5 },
  };
  const replicas = [new Poller(parts), new Poller(parts)];
  return {
    ...{ clock, drains, asked, at },
    look: () => Promise.all(replicas.map((each) => each.look())),
    later: (ms: number) => clock.set(clock.now() + ms),
  };
}

describe('the poller', () => {
  it('has a poll of each list before the backfill, and begins each once, whoever looks', async () => {
    const { look, later, drains, asked, clock } = polling();
    await look();
    expect(drains.keys()[0]).toBe(KEY);
    expect(drains.keys()).toContain('page.c1.reservations.backfill');
    expect(drains.keys()).not.toContain('page.c1.listings.backfill');
    expect(asked).toEqual([]);
    later(6_000);
    await look();
    await look();

    expect(asked.map(({ list, lane, page }) => [list, lane, page]).sort()).toEqual(
      drains
        .keys()
        .map((key) => [key.split('.')[2], key.split('.')[3], 0])
        .sort(),
    );
    const since = drains.get(KEY)!.round!.since!;
    expect(since).toBeLessThan(clock.now() - 86_400_000);
    expect(drains.get('page.c1.reservations.backfill')!.round!.since).toBeNull();
  });

  it('begins a new connection with its houses, whose stays then find their zones and names', async () => {
    const { look, later, asked } = polling();
    await look();
    later(2_400);
    await look();

    expect(asked.map(({ list }) => list)).toEqual(['listings']);
  });

  it.each<[string, Connection, Tenant]>([
    ['a connection that is paused', { ...account, status: 'paused' }, tenant],
    ['a connection that has lapsed', { ...account, status: 'lapsed' }, tenant],
    ['a tenant that is paused', account, { ...tenant, status: 'paused' }],
  ])('asks for nothing of %s', async (_name, connection, owner) => {
    const { look, later, drains, asked, at } = polling(connection, owner);
    await look();
    later(3_600_000);
    await look();
    expect([drains.keys(), asked]).toEqual([[], []]);
    at.connection = account;
    at.owner = tenant;
    await look();
    later(6_000);
    await look();
    expect(asked.length).toBeGreaterThan(0);
  });

  it('asks again for a page that stands still, once in each such time and by one replica', async () => {
    const { look, later, asked } = polling();
    await look();
    later(6_000);
    await look();
    const before = asked.length;
    await look();
    later(119_000);
    await look();
    expect(asked).toHaveLength(before);
    later(2_000);
    await look();
    await look();

    expect(asked).toHaveLength(2 * before);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(asked.length);
  });

  it('begins a round that somebody died over between its beginning and its first page', async () => {
    const { look, later, asked, at } = polling();
    await look();
    later(6_000);
    at.isAway = true;
    await look();
    at.isAway = false;
    expect(asked).toEqual([]);
    await look();
    later(121_000);
    await look();

    expect(asked.map(({ list, lane }) => `${list} ${lane}`)).toContain('reservations poll');
  });

  it('has calendars read when everything else is, and then does not wait for the next round', async () => {
    const { look, later, drains, asked, clock } = polling();
    const [houses, everything] = ['page.c1.listings.poll', 'page.c1.reservations.backfill'];
    const ended = async (key: string, dueAt: number | null): Promise<void> => {
      const { value, seq } = (await drains.entryFromLeader(key))!;
      const last = { endedAt: clock.now(), pages: 1, items: 1, problem: null, mark: NOTHING };
      await drains.update(key, { ...value, round: null, last, dueAt }, seq);
    };
    await look();
    later(6_000);
    await look();
    expect(drains.get(houses)!.round!.withCalendars).toBe(false);
    await ended(houses, clock.now() + 3_600_000);
    await look();
    expect(drains.get(houses)!.round).toBeNull();
    await ended(everything, null);
    await look();
    await look();

    expect(drains.get(houses)!.round!.withCalendars).toBe(true);
    expect(asked.filter(({ list }) => list === 'listings')).toHaveLength(2);
    await ended(houses, clock.now() + 3_600_000);
    await look();
    expect(drains.get(houses)!.round).toBeNull();
  });

  it('begins a round sooner that was put off, where something may be missed, and not sooner than the least time', async () => {
    const { look, later, drains, asked, at, clock } = polling();
    const last = { endedAt: clock.now(), pages: 1, items: 0, problem: null, mark: { newest: 0, rest: '0' } };
    drains.keep(KEY, drainOf({ last, everyMs: 900_000, dueAt: clock.now() + 900_000 }));
    const ofStays = () => asked.filter(({ list, lane }) => list === 'reservations' && lane === 'poll');
    at.mayMiss = true;
    later(59_999);
    await look();
    expect(ofStays()).toEqual([]);
    at.mayMiss = false;
    later(1);
    await look();
    expect(ofStays()).toEqual([]);
    at.mayMiss = true;
    await look();

    expect(ofStays()).toHaveLength(1);
  });

  it('begins a round that failed again when it is due, and not before', async () => {
    const { look, later, drains, asked, clock } = polling();
    await look();
    later(6_000);
    await look();
    const entry = (await drains.entryFromLeader(KEY))!;
    const over = { ...failed(entry.value, 'malformed-answer', clock.now()), dueAt: clock.now() + 50_000 };
    await drains.update(KEY, over, entry.seq);
    const before = asked.length;
    await look();
    expect(asked).toHaveLength(before);
    later(51_000);
    await look();

    expect(asked).toHaveLength(before + 1);
    expect(drains.get(KEY)!.round!.since).toBe(entry.value.since);
  });
});
