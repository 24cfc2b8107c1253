import fc from 'fast-check';
import {
  canonicalJson,
  join,
  type ConflictChange,
  type EntityRecord,
  type RecordChange,
  type RoomChange,
} from '@roomwire/events';
import { eventually, natsServer, redisServer, type NatsServer, type RedisServer } from '@roomwire/testkit';
import { namedBy, placeOf } from './core/place.ts';
import { deriveRoom, sameRoom } from './core/room.ts';
import { keysOf } from './keys.ts';
import { recordName } from './record-store.ts';
import { isLab, seed } from './testing/environment.ts';
import { eventFor, history, type Delivery } from './testing/histories.ts';
import { announced, provision, replica, type Announced, type Replica } from './testing/redis-replica.ts';

const HISTORIES = isLab ? 10_000 : 200;
/** So many houses at a time: what a crash left owing is awaited once for all of them. */
const AT_ONCE = 100;

class Died extends Error {}

/** Days: the histories’ stamps are the first seconds of that year, and nothing of them is to be past the horizon. */
const SINCE_1970 = 36_500;

describe(`histories told to two replicas that die between write and announcement (seed ${seed})`, () => {
  let nats: NatsServer;
  let redis: RedisServer;
  let replicas: Record<'one' | 'two' | 'doomed', Replica>;

  beforeAll(async () => {
    [nats, redis] = await Promise.all([natsServer(), redisServer()]);
    await provision(nats.url);
    const open = (pause?: () => Promise<void>) => replica(nats.url, redis.url, pause, { horizonDays: SINCE_1970 });
    replicas = { one: await open(), two: await open(), doomed: await open(() => Promise.reject(new Died())) };
    replicas.one.sweep.start();
  });
  afterAll(async () => {
    await Promise.all(Object.values(replicas ?? {}).map((each) => each.dispose()));
    await Promise.all([nats?.[Symbol.asyncDispose](), redis?.[Symbol.asyncDispose]()]);
  });

  const told = async (name: keyof typeof replicas, record: EntityRecord): Promise<unknown> => {
    const to = replicas[name];
    return to.gate.within('t1', () => to.teller.tell(eventFor(record), () => Promise.resolve()));
  };
  /** As the broker delivers: what was not acked comes again. */
  async function deliver({ told: record, to, dies }: Delivery): Promise<void> {
    if (dies)
      await told('doomed', record).catch((error: unknown) => {
        if (!(error instanceof Died)) throw error;
      });
    await told(to, record);
  }

  it(
    'end in the records, rooms and conflicts of a model that was told each thing once',
    async () => {
      for (let done = 0; done < HISTORIES; done += AT_ONCE) {
        const houses = Array.from({ length: Math.min(AT_ONCE, HISTORIES - done) }, (_, i) => `h${done + i}`);
        const histories = houses.map((house, i) => fc.sample(history(house), { numRuns: 1, seed: seed + done + i })[0]!);
        await Promise.all(histories.map((deliveries) => Promise.all(deliveries.map(deliver))));
        await nothingOwed();

        const heard = groupBySubject(await announced(replicas.one.bus, ''));
        for (const all of heard.values()) expectRising(all);
        for (const [i, deliveries] of histories.entries()) await expectModel(houses[i]!, deliveries, heard);
        if (isLab) process.stdout.write(`histories: ${done + houses.length} of ${HISTORIES}\n`);
      }
    },
    isLab ? 3_600_000 : 60_000,
  );

  const nothingOwed = () =>
    eventually(
      async () => {
        const { owed, dirty } = keysOf('t1');
        expect([await replicas.one.redis.zcard(owed), await replicas.one.redis.zcard(dirty)]).toEqual([0, 0]);
      },
      { withinMs: 15_000 },
    );

  async function expectModel(house: string, deliveries: readonly Delivery[], heard: Map<string, Announced[]>): Promise<void> {
    const model = new Map<string, EntityRecord>();
    for (const { told: record } of deliveries) {
      const held = model.get(recordName(record));
      model.set(recordName(record), held ? join(held, record) : record);
    }
    for (const [name, record] of model) {
      const stored = await replicas.one.gate.within('t1', () => replicas.one.records.read('t1', name));
      expect(canonicalJson(stored!.record)).toBe(canonicalJson(record));
      const last = heard.get(`pms.t1.change.${name.replaceAll('/', '.')}`)!.at(-1)!.body as RecordChange;
      expect(asHeard(last.data.record)).toEqual(asHeard(record));
    }
    const lookup = replicas.one.catalogue.lookup('t1');
    const doors = new Set([...model.values()].flatMap((record) => namedBy(record).units));
    for (const door of doors) {
      const unitId = lookup.id('unit', 'c1', door);
      // Named by reservations only that do not say in which house it is.
      if (unitId === undefined) continue;
      const unit = replicas.one.catalogue.unit('t1', unitId)!;
      const room = (heard.get(`pms.t1.change.room.${unit.property}.${unitId}`)!.at(-1)!.body as RoomChange).data;
      const conflicts = [...heard]
        .filter(([subject]) => subject.startsWith(`pms.t1.change.conflict.${unit.property}.`))
        .map(([, all]) => (all.at(-1)!.body as ConflictChange).data)
        .filter((conflict) => conflict.unit === unitId && conflict.status !== 'resolved');
      const records = [...model.values()].filter((record) => placeOf(record, lookup).units.includes(unitId));
      const derived = deriveRoom(
        {
          ...{ unit, records, property: undefined, suspects: [] },
          defaults: replicas.one.catalogue.tenant('t1')!.defaults,
          conflicts: { held: [], isReadable: () => true, reviewOf: () => undefined },
        },
        Date.parse(room.asOf),
      );
      expect({ house, door, ...sameRoom(room) }).toEqual({ house, door, ...sameRoom(derived.room) });
      expect(conflicts.map(({ id, sides }) => ({ id, sides })).toSorted(byId)).toEqual(
        derived.conflicts.map(({ state: { id, sides } }) => ({ id, sides })).toSorted(byId),
      );
    }
  }
});

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

function groupBySubject(all: readonly Announced[]): Map<string, Announced[]> {
  const found = new Map<string, Announced[]>();
  for (const each of all) found.set(each.subject, [...(found.get(each.subject) ?? []), each]);
  return found;
}

/** I3. */
function expectRising(all: readonly Announced[]): void {
  const revisions = all.map(({ body }) => body.revision);
  expect(revisions).toEqual([...new Set(revisions)].toSorted((a, b) => a - b));
}

/** What readers must know. A later look at the same content raises a floor that only Redis keeps (ARCHITECTURE.md §5). */
const asHeard = ({ facets }: EntityRecord) =>
  Object.fromEntries(
    Object.entries(facets).map(([name, { content, version, tied, settled }]) => [
      name,
      { content, epoch: version.epoch, modifiedAt: version.modifiedAt, open: tied === true && settled !== true },
    ]),
  );
