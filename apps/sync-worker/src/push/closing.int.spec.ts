import {
  facet,
  mapping,
  mappingKey,
  pushOrder,
  recordChangeId,
  recordChangeOf,
  subjectOf,
  type EntityRecord,
  type Kind,
  type Mapping,
  type PushOrder,
} from '@roomwire/events';
import { KvTable } from '@roomwire/jetstream';
import { eventually, type SinkRequest } from '@roomwire/testkit';
import { randomUUID } from 'node:crypto';
import { jsonOf, WorkerFleet } from '../testing/worker-fleet.ts';
import { nightAfter, nightsOf } from './core/nights.ts';

type Item = { roomId: number; calendar: [{ from: string; to: string; override: 'blackout' | 'none' }] };
const FIRST = '2030-05-01';
const night = (day: number): string => nightAfter(FIRST, day);

let fleet: WorkerFleet;
let mappings: KvTable<Mapping>;
/** What is closed at the other provider, by room and night; and every night that it was told of. */
const closed = new Set<string>();
const told: string[] = [];
const answer = ({ body }: SinkRequest) => {
  const items = JSON.parse(body.toString()) as Item[];
  for (const { roomId, calendar } of items)
    for (const { from, to, override } of calendar)
      for (const each of nightsOf({ from, until: to })) {
        const key = `${roomId} ${each}`;
        told.push(`${override} ${key}`);
        if (override === 'blackout') closed.add(key);
        else closed.delete(key);
      }
  return { status: 201, body: items.map(() => ({ success: true, modified: {} })) };
};
const closedOf = (room: string): string[] =>
  [...closed].flatMap((key) => (key.startsWith(`${room} `) ? [key.split(' ')[1]!] : [])).sort();

/** Two connections that sell one door, whose ids are its number. */
async function doors(isLinked = true): Promise<{ booked: string; other: string; room: string; unit: string }> {
  const booked = await fleet.connected({ provider: 'hostaway' });
  const other = await fleet.connected({ provider: 'beds24' });
  const room = String(Math.floor(Math.random() * 800) + 1);
  const unit = `u-${randomUUID().slice(0, 8)}`;
  await map(booked, room, unit);
  await map(other, room, isLinked ? unit : `${unit}-of-its-own`);
  return { booked, other, room, unit };
}
async function map(connection: string, entity: string, id: string): Promise<void> {
  await mappings.put(mappingKey('t1', 'unit', connection, entity), { kind: 'unit', connection, entity, id });
}

const stamp = { epoch: 0, modifiedAt: 1, rank: 1 as const, observedAt: 1, mapping: 1 };
let revisions = 0;
async function announce(kind: Kind, connection: string, entity: string, facets: Record<string, unknown>, units: string[] = []) {
  const record: EntityRecord = {
    ...{ kind, connection, entity },
    facets: Object.fromEntries(Object.entries(facets).map(([name, content]) => [name, facet(content, stamp)])),
  };
  const cause = { tenant: 't1', provider: 'hostaway', lane: 'live', receivedAt: new Date().toISOString() } as const;
  const change = recordChangeOf(record, ++revisions, { property: 'p-1', units }, cause, { confirmed: false });
  const subject = subjectOf({ tenant: 't1', family: 'change', kind, scope: connection, entity });
  await fleet.bus.publish(subject, change, { id: recordChangeId(record, change.revision) });
}
function stay(connection: string, reservation: string, units: string[], [from, count]: [number, number], status = 'confirmed') {
  const core = {
    ...{ status, arrival: night(from), departure: night(from + count), property: 'p', unitType: 'x', channel: null },
  };
  return announce('reservation', connection, reservation, { core }, units);
}
const orders = async (connection: string): Promise<PushOrder[]> =>
  (await fleet.stored('WORK_t1', `pms.t1.push.*.*.${connection}`)).map((message) => pushOrder.parse(jsonOf(message)));
const soon = (assertion: () => unknown) => eventually(async () => assertion(), { withinMs: 25_000 });

beforeAll(async () => {
  fleet = await WorkerFleet.start(2, answer, { POLLING: 'off' });
  mappings = await KvTable.open(fleet.operator, 'catalog', mapping, { filter: '*.map.>' });
});
afterAll(async () => {
  await mappings.close();
  await fleet[Symbol.asyncDispose]();
});

describe('a stay at one of two connections that sell one door', () => {
  it('closes its nights at the other, moves them with it, and opens them when it is cancelled', async () => {
    const { booked, room, unit } = await doors();
    await stay(booked, 'r1', [unit], [0, 3]);
    await soon(() => expect(closedOf(room)).toEqual([night(0), night(1), night(2)]));
    await stay(booked, 'r1', [unit], [2, 3]);
    await soon(() => expect(closedOf(room)).toEqual([night(2), night(3), night(4)]));
    await stay(booked, 'r1', [unit], [2, 3], 'cancelled');
    await soon(() => expect(closedOf(room)).toEqual([]));
    // A night may be told the same twice, where two workers have it in hand; it never opens in between.
    const words = told.filter((each) => each.endsWith(` ${room} ${night(2)}`)).map((each) => each.split(' ')[0]);
    expect(words.filter((word, index) => word !== words[index - 1])).toEqual(['blackout', 'none']);
  }, 60_000);

  it('opens only what it has closed: not what others had, and not what another stay takes', async () => {
    const { booked, other, room, unit } = await doors();
    const content = { available: 0, closed: true };
    await announce('availability', other, `${room}:2030-05`, { [night(1)]: content });
    await stay(booked, 'r1', [unit], [0, 3]);
    await soon(() => expect(closedOf(room)).toEqual([night(0), night(2)]));
    await stay(booked, 'r2', [unit], [2, 1]);
    await soon(async () => expect(await fleet.stored('KV_sync', `$KV.sync.close.${booked}.r2`)).toHaveLength(1));
    await stay(booked, 'r1', [unit], [0, 3], 'cancelled');
    await soon(() => expect(closedOf(room)).toEqual([night(2)]));
    expect(told).not.toContainEqual(`none ${room} ${night(1)}`);
  }, 60_000);

  it('is not played back: a calendar that comes back closed closes nothing', async () => {
    const { booked, other, room, unit } = await doors();
    await stay(booked, 'r1', [unit], [0, 2]);
    await soon(() => expect(closedOf(room)).toHaveLength(2));
    const content = { available: 0, closed: true };
    await announce('availability', other, `${room}:2030-05`, { [night(0)]: content, [night(1)]: content });
    // What comes after it has been dealt with: so was it.
    await stay(booked, 'r2', [unit], [4, 1]);
    await soon(() => expect(closedOf(room)).toHaveLength(3));
    const toldTo = fleet.provider.requests.filter(({ path }) => path.startsWith('/v1/listings'));
    expect([toldTo, await orders(booked)]).toEqual([[], []]);
  }, 60_000);

  it('closes although the door was linked only later, and opens when it is unlinked', async () => {
    const { booked, other, room, unit } = await doors(false);
    await stay(booked, 'r1', [unit], [0, 2]);
    await map(other, room, unit);
    await soon(() => expect(closedOf(room)).toHaveLength(2));
    await map(other, room, `${unit}-of-its-own`);
    await soon(() => expect(closedOf(room)).toEqual([]));
  }, 60_000);

  it('is not missed while no worker runs', async () => {
    const { booked, room, unit } = await doors();
    await stay(booked, 'r1', [unit], [0, 2]);
    await soon(() => expect(closedOf(room)).toHaveLength(2));
    await fleet.kill();
    await stay(booked, 'r1', [unit], [1, 2]);
    await stay(booked, 'r2', [unit], [5, 1]);
    fleet.add();
    await soon(() => expect(closedOf(room)).toEqual([night(1), night(2), night(5)]));
  }, 60_000);
});
