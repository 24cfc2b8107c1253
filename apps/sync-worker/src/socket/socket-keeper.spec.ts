import { socketKey, type Connection, type SocketState, type Tenant } from '@roomwire/events';
import { BusError } from '@roomwire/jetstream';
import { testClock } from '@roomwire/testkit';
import { MemoryTable } from '../testing/memory-table.ts';
import { account } from '../testing/reading.ts';
import { RENEW_MS, TENURE_MS } from './core/tenure.ts';
import { SocketKeeper, type KeeperParts } from './socket-keeper.ts';
import type { Fares } from './socket-listener.ts';

const KEY = socketKey('c1');
const mewsAccount: Connection = { ...account, provider: 'mews' };
const tenant: Tenant = {
  ...{ id: 't1', name: 'One', status: 'active', apiTokenHashes: [] },
  defaults: { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' },
};
const CLOSED: Fares = { openSince: null, problem: null };

/** Two replicas over one bucket; their listeners are names in a list. */
function keeping(connection = mewsAccount) {
  const clock = testClock();
  const sockets = new MemoryTable<SocketState>();
  const at = { connection, owner: tenant, isAway: false, fares: CLOSED };
  const listening: string[] = [];
  const keeperOf = (holder: string): SocketKeeper => {
    const parts: KeeperParts = {
      tenants: { get: () => at.owner },
      connections: { entries: () => new Map([['c1', at.connection]]).entries() },
      sockets: {
        get: (key) => sockets.get(key),
        entryFromLeader: (key) => sockets.entryFromLeader(key),
        update: async (key, value, seq) => {
          if (at.isAway) throw new BusError('unavailable', 'away');
          // A bucket takes 0 for: there is none yet.
          return seq === 0 && !sockets.get(key) ? sockets.keep(key, value) : sockets.update(key, value, seq);
        },
      },
      listen: () => {
        listening.push(holder);
        const stop = async (): Promise<void> => void listening.splice(listening.indexOf(holder), 1);
        return {
          get fares() {
            return at.fares;
          },
          stop,
        };
      },
      log: { warn: () => undefined } as unknown as KeeperParts['log'],
      ...{ holder, now: clock.now, elapsed: clock.now },
    };
    return new SocketKeeper(parts);
  };
  const replicas = [keeperOf('first'), keeperOf('second')] as const;
  const look = async (): Promise<void> => {
    for (const each of replicas) await each.look();
  };
  const later = async (ms: number): Promise<void> => {
    clock.set(clock.now() + ms);
    await look();
  };
  return { clock, sockets, at, listening, replicas, look, later };
}

describe('the keeper of sockets', () => {
  it('has each socket in one process, however many look, and for as long as that renews it', async () => {
    const { look, later, listening, sockets } = keeping();
    await look();
    for (let ms = 0; ms < 3 * TENURE_MS; ms += 1_000) await later(1_000);

    expect(listening).toEqual(['first']);
    expect(sockets.get(KEY)).toMatchObject({ holder: 'first', openSince: null, closedSince: null });
  });

  it('writes no more often than it must', async () => {
    const { look, later, sockets, clock } = keeping();
    await look();
    const begun = clock.now();
    await later(RENEW_MS - 1);
    expect(sockets.get(KEY)!.renewedAt).toBe(begun);
    await later(1);
    expect(sockets.get(KEY)!.renewedAt).toBe(begun + RENEW_MS);
  });

  it('takes a socket over whose process is gone, and not before its tenure is over', async () => {
    const { look, listening, sockets, clock, replicas, at } = keeping();
    await look();
    at.fares = { openSince: clock.now(), problem: null };
    await look();
    const [, second] = replicas;
    clock.set(clock.now() + TENURE_MS - 1);
    await second.look();
    expect(listening).toEqual(['first']);
    clock.set(clock.now() + 1);
    await second.look();

    expect(listening).toEqual(['first', 'second']);
    expect(sockets.get(KEY)).toMatchObject({ holder: 'second', openSince: null, closedSince: clock.now() });
  });

  it('lets go of one that another has taken', async () => {
    const { look, listening, clock, replicas } = keeping();
    await look();
    const [first, second] = replicas;
    await second.look();
    clock.set(clock.now() + TENURE_MS);
    await second.look();
    await first.look();

    expect(listening).toEqual(['second']);
  });

  it('gives back what it has when it stops: the other need not wait', async () => {
    const { look, listening, replicas, sockets } = keeping();
    await look();
    await replicas[0].stop();
    expect([listening, sockets.get(KEY)!.holder]).toEqual([[], null]);
    await replicas[1].look();

    expect(listening).toEqual(['second']);
  });

  it('tells at once that it is open, or closed, and since when', async () => {
    const { look, later, at, sockets, clock } = keeping();
    await look();
    at.fares = { openSince: clock.now(), problem: null };
    await look();
    expect(sockets.get(KEY)).toMatchObject({ openSince: clock.now(), closedSince: null });
    at.fares = { openSince: null, problem: 'broken-off' };
    await later(2_000);
    const closedAt = clock.now();
    await later(60_000);
    expect(sockets.get(KEY)).toMatchObject({ openSince: null, closedSince: closedAt, problem: 'broken-off' });
    at.fares = { openSince: clock.now(), problem: null };
    await look();
    expect(sockets.get(KEY)).toMatchObject({ openSince: clock.now(), closedSince: null, problem: null });
  });

  it.each<[string, Partial<Connection>, Partial<Tenant>]>([
    ['the connection is paused', { status: 'paused' }, {}],
    ['the connection has lapsed', { status: 'lapsed' }, {}],
    ['the tenant is paused', {}, { status: 'paused' }],
  ])('closes it where %s, and opens it again after', async (_title, connection, owner) => {
    const { look, at, listening, sockets } = keeping();
    await look();
    [at.connection, at.owner] = [
      { ...mewsAccount, ...connection },
      { ...tenant, ...owner },
    ];
    await look();
    expect([listening, sockets.get(KEY)!.holder]).toEqual([[], null]);
    [at.connection, at.owner] = [mewsAccount, tenant];
    await look();

    expect(listening).toHaveLength(1);
  });

  it('opens it anew where the provider has another address', async () => {
    const { look, at, listening, sockets } = keeping();
    await look();
    at.connection = { ...mewsAccount, baseUrl: 'https://elsewhere.example' };
    await look();
    await look();
    expect(listening).toHaveLength(1);
    expect(sockets.get(KEY)!.holder).toBe(listening[0]);
  });

  it('leaves alone a provider that has none', async () => {
    const { look, listening, sockets } = keeping(account);
    await look();
    expect([listening, sockets.keys()]).toEqual([[], []]);
  });

  it('goes on listening while the broker is away', async () => {
    const { look, later, at, listening } = keeping();
    await look();
    at.isAway = true;
    await later(RENEW_MS);
    expect(listening).toEqual(['first']);
    at.isAway = false;
    await later(1_000);
    expect(listening).toEqual(['first']);
  });
});
