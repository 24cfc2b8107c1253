import {
  contentOf,
  isAmbiguous,
  isGone,
  type EntityRecord,
  type PropertyCore,
  type RoomState,
  type TaskCore,
  type TicketCore,
  type Unit,
  type UnitCore,
  type UnitStatusCore,
  type Version,
} from '@roomwire/events';
import { givesWay, losersOf } from './choice.ts';
import { judgeConflicts, nextLookMs, unsettled, type ConflictFacts, type JudgedConflict } from './conflict.ts';
import { overlapsOf, type Overlap } from './overlap.ts';
import { compareStays, dayAfter, isKnownZone, localDateOf, localToMs, stayOf, type HouseRules, type Stay } from './stay.ts';

export type RoomFacts = {
  unit: Unit;
  /** Records that touch the unit, of any kind. */
  records: EntityRecord[];
  /** What the providers told of the property, the best of them; undefined while nobody has. */
  property: PropertyCore | undefined;
  defaults: HouseRules;
  /** Connections that do not deliver at present: what they told may be old. */
  suspects: readonly string[];
  conflicts: Pick<ConflictFacts, 'held' | 'isReadable' | 'reviewOf' | 'overtakes'>;
};

export type DerivedRoom = {
  room: RoomState;
  conflicts: JudgedConflict[];
  /** Epoch ms at which the unit has to be looked at again, at the latest when the picture changes by itself. */ dueMs:
    number | null;
  /** Records that can never matter again unless told anew. */ past: EntityRecord[];
};

/** A stay that ended this long ago leaves the unit's working set; its record stays. */
const FORGET_AFTER_MS = 3 * 86_400_000;

/** The state of one unit at `asOf` (epoch ms): a function of what is known, and of nothing else. */
export function deriveRoom(facts: RoomFacts, asOf: number): DerivedRoom {
  const rules = houseRules(facts);
  const housekeeping = housekeepingOf(facts.records);
  const stays = facts.records.flatMap((record) => stayOf(record, rules) ?? []).sort(compareStays);
  const groups = overlapsOf(facts.unit.id, stays);
  const losers = losersOf(groups, stays, facts.conflicts.reviewOf);
  const holders = stays.filter((stay) => !givesWay(stay, losers.get(stay), asOf));
  const current = holders.filter((stay) => isIn(stay, asOf, housekeeping.toldAtMs)).at(-1);
  const next = holders.find((stay) => stay !== current && stay.arrivesMs > asOf && stay.status !== 'checked-out');
  const today = localDateOf(asOf, rules.timeZone);
  const overlaps = groups.filter(({ lastNight }) => lastNight >= today);
  const { property, id: unit } = facts.unit;
  const conflicts = judgeConflicts({ ...facts.conflicts, property, unit, unitType: null, place: unit, found: overlaps }, asOf);
  const validUntilMs = nextBoundary(stays, overlaps, facts.records, rules, asOf);
  const room: RoomState = {
    property,
    unit,
    name: nameOf(facts),
    timeZone: rules.timeZone,
    asOf: new Date(asOf).toISOString(),
    occupancy: occupancyOf(current, next, asOf),
    current: current ? bare(current) : null,
    next: next ? bare(next) : null,
    lateCheckout: current?.lateCheckout ?? false,
    earlyArrival: next?.earlyArrival ?? false,
    housekeeping: { status: housekeeping.status, openTasks: openTasks(facts.records) },
    maintenance: maintenanceOf(facts.records, today),
    ambiguous: facts.records.some(isAmbiguous),
    conflicts: unsettled(conflicts),
    freshness: freshnessOf(facts, asOf),
    validUntil: validUntilMs === null ? null : new Date(validUntilMs).toISOString(),
  };
  return {
    room,
    conflicts,
    dueMs: earliest(validUntilMs, nextLookMs(conflicts, asOf)),
    past: facts.records.filter((record) => record.entity !== current?.reservation && isPast(record, rules, asOf)),
  };
}

/** What readers compare a room by: two pictures that differ only in when they were looked at are one. */
export function sameRoom(room: RoomState): Omit<RoomState, 'asOf' | 'freshness'> & { suspect: string[] } {
  const { asOf: _asOf, freshness, ...rest } = room;
  return { ...rest, suspect: freshness.suspect };
}

/**
 * As the first of its connections calls the door, whoever spoke last: two that are polled in turn must not rename it all day. Before any
 * has told it, as the catalogue does.
 */
function nameOf({ unit, records }: RoomFacts): string {
  const told = records.filter((record) => record.kind === 'unit' && !isGone(record) && record.facets['core']);
  const [first] = told.toSorted((a, b) => compareText(a.connection, b.connection) || compareText(a.entity, b.entity));
  return contentOf<UnitCore>(first, 'core')?.name ?? unit.name;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function houseRules({ property, defaults }: Pick<RoomFacts, 'property' | 'defaults'>): HouseRules {
  if (!property) return defaults;
  return {
    timeZone: isKnownZone(property.timeZone) ? property.timeZone : defaults.timeZone,
    checkIn: property.checkIn ?? defaults.checkIn,
    checkOut: property.checkOut ?? defaults.checkOut,
  };
}

/**
 * In the room: arrived, and not known to have left. Past its departure without a report a guest counts as in (`due-out`) until a
 * check-out is reported or housekeeping reports the room from inside.
 */
function isIn(stay: Stay, asOf: number, housekeepingToldMs: number): boolean {
  if (stay.status === 'checked-out') return false;
  if (stay.status === 'checked-in') return true;
  if (stay.arrivesMs > asOf) return false;
  return asOf < stay.departsMs || housekeepingToldMs < stay.departsMs;
}

function occupancyOf(current: Stay | undefined, next: Stay | undefined, asOf: number): RoomState['occupancy'] {
  if (current) {
    const basis = current.status === 'checked-in' ? 'reported' : 'scheduled';
    return { state: asOf >= current.departsMs ? 'due-out' : 'occupied', basis };
  }
  return { state: next && next.arrivalDayMs <= asOf ? 'due-in' : 'vacant', basis: 'scheduled' };
}

function bare(stay: Stay): RoomState['current'] {
  const { arrivesMs: _a, departsMs: _d, arrivalDayMs: _m, lateCheckout: _l, earlyArrival: _e, readAt: _r, ...rest } = stay;
  return rest;
}

/** What is still to be done: of two reports under one stamp the one that asks for more counts. */
const WORK_LEFT: readonly UnitStatusCore['status'][] = ['inspected', 'clean', 'cleaning', 'dirty'];

/**
 * The latest report, by nothing but the provider's stamp: an epoch is its record's own, and when one was read last only Redis knows, so
 * that a room would not come out the same again. `toldAtMs`: when somebody was inside; a status that only
 * the read's own instant orders says nothing of that, however often it is read.
 */
function housekeepingOf(records: EntityRecord[]): { status: RoomState['housekeeping']['status']; toldAtMs: number } {
  const reports = records.filter((record) => record.kind === 'unit-status' && !isGone(record) && record.facets['core']);
  const last = reports.toSorted(compareReports).at(-1);
  const status = contentOf<UnitStatusCore>(last, 'core')?.status ?? 'unknown';
  const insideMs = reports.map(versionOf).flatMap((v) => (v.modifiedAt === v.observedAt ? [] : [v.modifiedAt / 1000]));
  return { status, toldAtMs: Math.max(0, ...insideMs) };
}

const versionOf = (record: EntityRecord): Version => record.facets['core']!.version;

function compareReports(a: EntityRecord, b: EntityRecord): number {
  return versionOf(a).modifiedAt - versionOf(b).modifiedAt || workLeft(a) - workLeft(b);
}

const workLeft = (report: EntityRecord): number => WORK_LEFT.indexOf(contentOf<UnitStatusCore>(report, 'core')!.status);

function openTasks(records: EntityRecord[]): number {
  return records.filter((record) => {
    const task = contentOf<TaskCore>(record, 'core');
    return record.kind === 'task' && !isGone(record) && (task?.status === 'open' || task?.status === 'in-progress');
  }).length;
}

function openTickets(records: EntityRecord[]): TicketCore[] {
  return records.flatMap((record) => {
    const ticket = record.kind === 'ticket' && !isGone(record) ? contentOf<TicketCore>(record, 'core') : undefined;
    return ticket?.status === 'open' ? [ticket] : [];
  });
}

function maintenanceOf(records: EntityRecord[], today: string): RoomState['maintenance'] {
  const open = openTickets(records);
  const inForce = (ticket: TicketCore) =>
    ticket.outOfOrder && (ticket.from ?? today) <= today && today <= (ticket.until ?? today);
  return { outOfOrder: open.some(inForce), openTickets: open.length };
}

/** A provider's clock may be ahead of ours: nothing was verified later than now. */
function freshnessOf({ records, suspects }: RoomFacts, asOf: number): RoomState['freshness'] {
  let newest: { at: number; connection: string } | undefined;
  for (const record of records)
    for (const { version } of Object.values(record.facets)) {
      const at = Math.max(version.observedAt, version.modifiedAt);
      if (!newest || at > newest.at || (at === newest.at && record.connection < newest.connection))
        newest = { at, connection: record.connection };
    }
  const told = new Set(records.map((record) => record.connection));
  return {
    verifiedAt: newest ? new Date(Math.min(newest.at / 1000, asOf)).toISOString() : null,
    connection: newest?.connection ?? null,
    suspect: suspects.filter((connection) => told.has(connection)).sort(),
  };
}

/** The first instant after `asOf` at which the same facts give another room. */
function nextBoundary(
  stays: Stay[],
  overlaps: Overlap[],
  records: EntityRecord[],
  rules: HouseRules,
  asOf: number,
): number | null {
  const ofStays = stays.flatMap((stay) => [stay.arrivalDayMs, stay.arrivesMs, stay.departsMs]);
  const ofTickets = openTickets(records).flatMap((ticket) => [
    ...(ticket.from ? [localToMs(ticket.from, '00:00', rules.timeZone)] : []),
    ...(ticket.until ? [localToMs(dayAfter(ticket.until), '00:00', rules.timeZone)] : []),
  ]);
  const ofOverlaps = overlaps.map(({ lastNight }) => localToMs(dayAfter(lastNight), '00:00', rules.timeZone));
  const ahead = [...ofStays, ...ofTickets, ...ofOverlaps].filter((at) => at > asOf);
  return ahead.length ? Math.min(...ahead) : null;
}

function earliest(a: number | null, b: number | null): number | null {
  return a === null || (b !== null && b < a) ? b : a;
}

function isPast(record: EntityRecord, rules: HouseRules, asOf: number): boolean {
  if (record.kind !== 'reservation') return false;
  const departure = contentOf<{ departure: string; status: string }>(record, 'core')?.departure;
  return departure !== undefined && localToMs(departure, '23:59', rules.timeZone) < asOf - FORGET_AFTER_MS;
}
