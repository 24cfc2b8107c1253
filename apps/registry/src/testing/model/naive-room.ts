import type {
  EntityRecord,
  PropertyCore,
  ReservationCore,
  ReservationGuest,
  ReservationTimes,
  ReservationUnits,
  RoomState,
  TaskCore,
  TicketCore,
  UnitCore,
  UnitStatusCore,
} from '@roomwire/events';
import { instantOf, isZone, wallClock } from './naive-clock.ts';
import { naiveConflicts, type NaiveConflict } from './naive-conflicts.ts';

/** A door, and everything that is known of its house: which of it concerns the door is for the model to say. */
export type Door = {
  unit: { id: string; property: string; name: string };
  /** What providers call the door, and the houses that its house is called by. */
  called: string;
  houses: readonly string[];
  records: readonly EntityRecord[];
  defaults: { timeZone: string; checkIn: string; checkOut: string };
};

/** All of a room but the instants of looking at it, which differ. */
export type NaiveRoom = Omit<RoomState, 'asOf' | 'validUntil' | 'freshness'>;

/** A stay by its instants. */
export type NaiveStay = { core: ReservationCore; arrives: number; departs: number; show: NonNullable<RoomState['current']> } & {
  isLate: boolean;
  isEarly: boolean;
};

const OCCUPYING = ['tentative', 'confirmed', 'checked-in', 'owner', 'checked-out'];

/** The room and the conflicts of a door at `at` (epoch ms), said once more from ARCHITECTURE.md §4 and docs/rooms.md. */
export function naiveRoom(door: Door, at: number): { room: NaiveRoom; conflicts: NaiveConflict[] } {
  const house = houseOf(door);
  const here = door.records.filter((record) => concerns(record, door));
  const standing = here.filter((record) => told<{ state: string }>(record, 'existence')?.state !== 'gone');
  const of = (kind: string): EntityRecord[] => standing.filter((record) => record.kind === kind && record.facets['core']);

  const stays = of('reservation').flatMap((record) => stayOf(record, house));
  const reports = of('unit-status');
  const cleaner = latest(reports);
  const cleanerCame = latest(reports.filter((report) => isByProvidersClock(report)))?.facets['core']!.version.modifiedAt ?? 0;
  const current = last(stays.filter((stay) => isInside(stay, at, cleanerCame / 1000)));
  const next = first(stays.filter((stay) => stay !== current && stay.arrives > at && stay.core.status !== 'checked-out'));
  const today = wallClock(at, house.timeZone).slice(0, 10);
  const conflicts = naiveConflicts(door.unit.id, stays, today);
  const tickets = of('ticket').map((record) => told<TicketCore>(record, 'core')!);
  const open = tickets.filter(({ status }) => status === 'open');
  const tasks = of('task').map((record) => told<TaskCore>(record, 'core')!.status);
  const isDueIn = next !== undefined && wallClock(at, house.timeZone).slice(0, 10) >= next.core.arrival;

  const room: NaiveRoom = {
    property: door.unit.property,
    unit: door.unit.id,
    name: told<UnitCore>(firstConnected(of('unit')), 'core')?.name ?? door.unit.name,
    timeZone: house.timeZone,
    occupancy: current
      ? {
          state: at < current.departs ? 'occupied' : 'due-out',
          basis: current.core.status === 'checked-in' ? 'reported' : 'scheduled',
        }
      : { state: isDueIn ? 'due-in' : 'vacant', basis: 'scheduled' },
    current: current?.show ?? null,
    next: next?.show ?? null,
    lateCheckout: current?.isLate ?? false,
    earlyArrival: next?.isEarly ?? false,
    housekeeping: {
      status: told<UnitStatusCore>(cleaner, 'core')?.status ?? 'unknown',
      openTasks: tasks.filter((status) => status === 'open' || status === 'in-progress').length,
    },
    maintenance: {
      outOfOrder: open.some(
        (ticket) => ticket.outOfOrder && !(ticket.from && today < ticket.from) && !(ticket.until && today > ticket.until),
      ),
      openTickets: open.length,
    },
    ambiguous: here.some(({ facets }) => Object.values(facets).some(({ tied, settled }) => tied && !settled)),
    conflicts: conflicts.map(({ id }) => id).sort(),
  };
  return { room, conflicts };
}

/** The house itself concerns its doors: its zone and hours are behind every picture. */
function concerns(record: EntityRecord, { called, houses }: Door): boolean {
  return record.kind === 'property' ? houses.includes(record.entity) : doorsNamedBy(record).includes(called);
}

export function doorsNamedBy(record: EntityRecord): string[] {
  if (record.kind === 'unit') return [record.entity];
  if (record.kind === 'reservation') {
    const core = told<ReservationCore>(record, 'core');
    const assigned = told<ReservationUnits>(record, 'units')?.units ?? [];
    if (!core) return [];
    return assigned.length > 0 ? assigned : [core.unitType];
  }
  const unit = ['unit-status', 'task', 'ticket'].includes(record.kind)
    ? told<{ unit: string | null }>(record, 'core')?.unit
    : null;
  return unit ? [unit] : [];
}

function houseOf({ records, houses, defaults }: Door): Door['defaults'] {
  const house = records.find(({ kind, entity }) => kind === 'property' && houses.includes(entity));
  const core = told<PropertyCore>(house, 'core');
  if (!core) return defaults;
  return {
    timeZone: isZone(core.timeZone) ? core.timeZone : defaults.timeZone,
    checkIn: core.checkIn ?? defaults.checkIn,
    checkOut: core.checkOut ?? defaults.checkOut,
  };
}

function stayOf(record: EntityRecord, house: Door['defaults']): NaiveStay[] {
  const core = told<ReservationCore>(record, 'core')!;
  if (!OCCUPYING.includes(core.status) || core.arrival >= core.departure) return [];
  const times = told<ReservationTimes>(record, 'times');
  const [checkIn, checkOut] = [times?.checkIn ?? house.checkIn, times?.checkOut ?? house.checkOut];
  const arrives = instantOf(core.arrival, checkIn, house.timeZone);
  const departs = instantOf(core.departure, checkOut, house.timeZone);
  const { status, arrival, departure } = core;
  return [
    {
      ...{ core, arrives, departs, isEarly: checkIn < house.checkIn, isLate: checkOut > house.checkOut },
      show: {
        ...{ reservation: record.entity, connection: record.connection, status, arrival, departure },
        ...{ arrivesAt: new Date(arrives).toISOString(), departsAt: new Date(departs).toISOString() },
        guest: told<ReservationGuest>(record, 'guest')?.name ?? null,
      },
    },
  ];
}

/** Nobody leaves because an hour passed: somebody says so, or a cleaner has been inside since. */
function isInside({ core, arrives, departs }: NaiveStay, at: number, cleanerCame: number): boolean {
  if (core.status === 'checked-out') return false;
  if (core.status === 'checked-in') return true;
  const isPastDeparture = at >= departs;
  return arrives <= at && !(isPastDeparture && cleanerCame >= departs);
}

const order = ({ arrives, show }: NaiveStay): string =>
  `${String(arrives).padStart(15, '0')} ${show.connection} ${show.reservation}`;
const first = (stays: NaiveStay[]): NaiveStay | undefined => stays.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))[0];
const last = (stays: NaiveStay[]): NaiveStay | undefined => stays.toSorted((a, b) => (order(a) < order(b) ? 1 : -1))[0];

/** Which of two was said later only the provider's clock tells; at one instant the room is as bad as any of them says. */
function latest(reports: EntityRecord[]): EntityRecord | undefined {
  const at = (report: EntityRecord) => report.facets['core']!.version.modifiedAt;
  const newest = reports.filter((report) => reports.every((other) => at(other) <= at(report)));
  const worst = ['dirty', 'cleaning', 'clean', 'inspected'].map((status) =>
    newest.find((report) => told<{ status: string }>(report, 'core')!.status === status),
  );
  return worst.find((report) => report !== undefined);
}

function isByProvidersClock(record: EntityRecord): boolean {
  const { modifiedAt, observedAt } = record.facets['core']!.version;
  return modifiedAt !== observedAt;
}

function firstConnected(records: EntityRecord[]): EntityRecord | undefined {
  const names = records.map(({ connection, entity }) => `${connection}\n${entity}`);
  return records[names.indexOf(names.toSorted()[0]!)];
}

function told<T>(record: EntityRecord | undefined, facet: string): T | undefined {
  return record?.facets[facet]?.content as T | undefined;
}
