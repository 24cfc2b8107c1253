import { canonicalJson, firstCatalogId, type EntityRecord, type RoomState } from '@roomwire/events';
import { doorsOf, lateDoorOf } from './contents.ts';
import type { Counterexample } from './counterexample.ts';
import type { Heard } from './heard.ts';
import type { History } from './histories.ts';
import { naiveRecords } from './model/naive-record.ts';
import { doorsNamedBy, naiveRoom, type Door } from './model/naive-room.ts';
import type { Replica } from './redis-replica.ts';
import { CONNECTION } from './said.ts';

const HOUR_MS = 3_600_000;

/** What one house came to, held against the model: in Redis, and as readers have heard it. */
export async function differences(house: string, { deliveries }: History, by: Replica, heard: Heard): Promise<Counterexample[]> {
  const records = naiveRecords(deliveries.map(({ said }) => said));
  const wrong = await Promise.all([...records].map(([name, record]) => ofRecord(name, record, by, heard)));
  const named = new Set([...records.values()].flatMap(doorsNamedBy));
  return [
    ...wrong.flat(),
    ...[...doorsOf(house), lateDoorOf(house)].flatMap((called) =>
      ofDoor(called, named.has(called), [...records.values()], by, heard),
    ),
  ];
}

async function ofRecord(name: string, record: EntityRecord, by: Replica, heard: Heard): Promise<Counterexample[]> {
  const stored = await by.gate.within('t1', () => by.records.read('t1', name));
  const expected = canonicalJson(record);
  const found = stored ? canonicalJson(stored.record) : 'nothing';
  if (found !== expected) return [{ kind: 'record', what: name, expected, found }];
  const told = heard.record(name);
  const shown = told && asHeard(told.data.record);
  if (canonicalJson(asHeard(record)) !== canonicalJson(shown ?? null))
    return [{ kind: 'heard', what: name, expected: asHeard(record), found: shown }];
  // Two who learn at once that readers have heard something else may both raise it: then a revision is skipped.
  const { revision } = stored!;
  return told!.revision <= revision ? [] : [{ kind: 'revision', what: name, expected: `<= ${revision}`, found: told!.revision }];
}

/** What readers must know. A later look at the same content raises a floor that only Redis keeps (ARCHITECTURE.md §5). */
const asHeard = ({ facets }: EntityRecord) =>
  Object.fromEntries(
    Object.entries(facets).map(([name, { content, version, tied, settled }]) => [
      name,
      { content, epoch: version.epoch, modifiedAt: version.modifiedAt, open: tied === true && settled !== true },
    ]),
  );

function ofDoor(called: string, isNamed: boolean, records: EntityRecord[], by: Replica, heard: Heard): Counterexample[] {
  const id = firstCatalogId('unit', CONNECTION, called);
  const unit = by.catalogue.unit('t1', id);
  if (!unit) return isNamed ? [{ kind: 'catalogue', what: called, expected: id, found: unit }] : [];
  const told = heard.room(unit.property, id);
  // Named for a moment by somebody whose write came second: it has its id, and nothing ever stood on it.
  if (!told && !isNamed) return [];
  if (!told) return [{ kind: 'room', what: called, expected: 'a room', found: told }];
  const { asOf: _asOf, validUntil, freshness, ...room } = told.data;
  const houses = records.flatMap(({ kind, entity }) =>
    kind === 'property' && firstCatalogId('property', CONNECTION, entity) === unit.property ? [entity] : [],
  );
  const door: Door = { unit, called, houses, records, defaults: by.catalogue.tenant('t1')!.defaults };
  const at = Date.parse(told.data.asOf);
  const model = naiveRoom(door, at);
  const wrong: Counterexample[] = [];
  const differs = (kind: Counterexample['kind'], expected: unknown, found: unknown): void => {
    if (canonicalJson(expected) !== canonicalJson(found))
      wrong.push({ kind, what: `${called} at ${told.data.asOf}`, expected, found });
  };
  differs('room', { ...model.room, suspect: [] }, { ...room, suspect: freshness.suspect });
  differs('timer', null, firstChange(door, at, validUntil));
  const shown = heard.overlaps(unit.property, id).map(({ id: conflict, firstNight, lastNight, sides }) => ({
    ...{ id: conflict, firstNight, lastNight, sides },
  }));
  differs('conflict', model.conflicts.toSorted(byId), shown.toSorted(byId));
  return wrong;
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

/** The hour before which the picture changes although the room says that it stays; null: none in the days of a history. */
function firstChange(door: Door, at: number, validUntil: RoomState['validUntil']): string | null {
  const last = at + 8 * 24 * HOUR_MS;
  const until = validUntil === null ? last : Math.min(last, Date.parse(validUntil));
  const picture = (when: number): string => canonicalJson(naiveRoom(door, when).room);
  const now = picture(at);
  // Hours of houses and stays are whole ones, here and in every zone that is told.
  for (let when = Math.ceil(at / HOUR_MS) * HOUR_MS; when < until; when += HOUR_MS)
    if (picture(when) !== now) return new Date(when).toISOString();
  return until > at && picture(until - 1) !== now ? new Date(until).toISOString() : null;
}
