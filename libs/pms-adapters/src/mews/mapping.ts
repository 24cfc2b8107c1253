import {
  microsToInstant,
  type EntityRecord,
  type Kind,
  type ReadContext,
  type ReservationStatus,
  type UnitStatusCore,
} from '@roomwire/events';
import {
  goneOf,
  isSameZone,
  localTime,
  tellingOf,
  toldAt,
  toldByRead,
  type Clock,
  type Hint,
  type RawMessage,
  type RejectReason,
  type Told,
} from '@roomwire/pms-port';
import { stateTicket } from './operations.ts';
import type { WireAssignment, WireBlock, WireEnterprise, WireReservation, WireResource, WireTask } from './wire.ts';

export const MAPPING = 1;

const SECOND: Clock = { clock: 'provider', resolutionMs: 1_000 };
export const CLOCKS: Partial<Record<Kind, Clock>> = {
  property: SECOND,
  unit: SECOND,
  'unit-status': SECOND,
  reservation: SECOND,
  ticket: SECOND,
  // A task has only the instants of its creation and its end.
  task: { clock: 'observed' },
};

/** 2017's `Enquired` too. `Canceled` is not here: its reason decides. `Requested` waits for a room, and keeps none. */
export const STATES: Readonly<Record<string, ReservationStatus>> = {
  Inquired: 'inquiry',
  Enquired: 'inquiry',
  Requested: 'inquiry',
  Optional: 'tentative',
  Confirmed: 'confirmed',
  Started: 'checked-in',
  Processed: 'checked-out',
};

type RoomState = { status: UnitStatusCore['status'] | undefined; ticket: { title: string; outOfOrder: boolean } | undefined };
/** Beside dirty and clean, a room's one state says whether it can be used at all: those are tickets. */
const ROOM_STATES: Readonly<Record<string, RoomState>> = {
  Dirty: { status: 'dirty', ticket: undefined },
  Clean: { status: 'clean', ticket: undefined },
  Inspected: { status: 'inspected', ticket: undefined },
  OutOfService: { status: undefined, ticket: { title: 'Out of service', outOfOrder: false } },
  OutOfOrder: { status: undefined, ticket: { title: 'Out of order', outOfOrder: true } },
};

const TASK_STATES: Readonly<Record<string, 'open' | 'done'>> = { Open: 'open', Closed: 'done' };

/** `problem`: what a person has to see, at a field of the item. */
export type Understood = {
  tellings: (EntityRecord | undefined)[];
  hints?: Hint[];
  problem?: { reason: RejectReason; key: string; detail: string };
};

const NO_STATE = { reason: 'schema', key: 'State', detail: 'no documented state' } as const;

/** The enterprise says its zone: a connection that says another one would tell every date of its stays wrong, unseen. */
export function enterpriseOf(raw: RawMessage, { Id, Name, TimeZoneIdentifier, UpdatedUtc }: WireEnterprise): Understood {
  const core =
    Name && TimeZoneIdentifier ? { name: Name, timeZone: TimeZoneIdentifier, checkIn: null, checkOut: null } : undefined;
  const tellings = [tellingOf(raw, 'property', Id, { core }, stampOf(raw, UpdatedUtc))];
  const said = raw.unsaid?.timeZone;
  if (said === undefined || !TimeZoneIdentifier || isSameZone(said, TimeZoneIdentifier)) return { tellings };
  return {
    tellings,
    problem: { reason: 'no-zone', key: 'TimeZoneIdentifier', detail: 'not the zone that the connection says' },
  };
}

/**
 * A stay is two instants; a record has the dates and hours that the clock on the wall shows then. Without the house's zone neither
 * is told. The reservation does not name its enterprise: the connection does.
 */
export function reservationOf(raw: RawMessage, wire: WireReservation): Understood {
  const { Id, State, AssignedResourceId: unit } = wire;
  const [start, end] = [onTheWall(raw, wire.ScheduledStartUtc), onTheWall(raw, wire.ScheduledEndUtc)];
  const contents = {
    core: coreOf(raw, wire, start, end),
    times: start && end && { checkIn: start.time, checkOut: end.time },
    units: unit === undefined ? undefined : { units: unit === null ? [] : [unit] },
  };
  const tellings = [tellingOf(raw, 'reservation', Id, contents, stampOf(raw, wire.UpdatedUtc))];
  const isForeign = typeof State === 'string' && State !== 'Canceled' && !Object.hasOwn(STATES, State);
  return isForeign ? { tellings, problem: NO_STATE } : { tellings };
}

type Local = { date: string; time: string } | undefined;

function coreOf({ account }: RawMessage, wire: WireReservation, start: Local, end: Local): unknown {
  const { RequestedResourceCategoryId: unitType } = wire;
  const status = statusOf(wire);
  if (account === null || !status || !start || !end || !unitType) return undefined;
  return { status, arrival: start.date, departure: end.date, property: account, unitType, channel: null };
}

function statusOf({ State, CancellationReason }: WireReservation): ReservationStatus | undefined {
  if (typeof State !== 'string') return undefined;
  if (State !== 'Canceled') return Object.hasOwn(STATES, State) ? STATES[State] : undefined;
  if (CancellationReason === undefined) return undefined;
  return CancellationReason === 'NoShow' ? 'no-show' : 'cancelled';
}

/**
 * Category by resource; null: Mews did not give them, undefined: they are not in these bytes. `isWhole`: what is not there has none.
 */
export type Types = { of: ReadonlyMap<string, string>; isWhole: boolean } | null | undefined;

/** A resource may be of several services' categories: the first by name is its type, whichever order they come in. */
export function typesOf(assignments: readonly WireAssignment[], isWhole: boolean): Types {
  const active = assignments.filter(({ IsActive }) => IsActive).sort((a, b) => (a.CategoryId > b.CategoryId ? -1 : 1));
  return { of: new Map(active.map(({ ResourceId, CategoryId }) => [ResourceId, CategoryId])), isWhole };
}

function typeOf(resource: string, types: Types): string | null | undefined {
  if (!types) return types;
  return types.of.get(resource) ?? (types.isWhole ? null : undefined);
}

/** A resource is a door, its housekeeping state, and a ticket while it cannot be used: three entities under one stamp. */
export function resourceOf(raw: RawMessage, wire: WireResource, types: Types): Understood {
  const { Id, Name, EnterpriseId, State, UpdatedUtc } = wire;
  if (!wire.IsActive) return closedOf(raw, Id);
  const told = stampOf(raw, UpdatedUtc);
  const state = State && Object.hasOwn(ROOM_STATES, State) ? ROOM_STATES[State] : undefined;
  const status = state?.status && { unit: Id, status: state.status, by: null };
  const unitType = typeOf(Id, types);
  const unit = Name && unitType !== undefined ? { property: EnterpriseId, unitType, name: Name } : undefined;
  const tellings = [
    tellingOf(raw, 'unit', Id, { core: unit }, told),
    tellingOf(raw, 'unit-status', Id, { core: status }, told),
    tellingOf(raw, 'ticket', stateTicket(Id), { core: state && stateTicketOf(Id, state) }, told),
  ];
  return State && !state ? { tellings, problem: NO_STATE } : { tellings };
}

function stateTicketOf(unit: string, { ticket }: RoomState): unknown {
  const { title, outOfOrder } = ticket ?? { title: 'In service', outOfOrder: false };
  return { unit, status: ticket ? 'open' : 'closed', title, outOfOrder, from: null, until: null };
}

/** An inactive resource is deleted. Only a by-id read can say so; a page asks for one. */
function closedOf(raw: RawMessage, resource: string): Understood {
  const read = raw.context.via === 'read' ? raw.context.read : undefined;
  if (!read?.ids) return { tellings: [], hints: [{ kind: 'unit-status', entity: resource, reason: 'hint' }] };
  return { tellings: goneResource(raw, read, resource) };
}

/** Whichever of the three was asked for: they come and go together. */
export function goneResource(raw: RawMessage, read: ReadContext, resource: string): EntityRecord[] {
  const gone = (kind: Kind, entity: string) => goneOf(raw, { ...read, kind }, entity, MAPPING);
  return [gone('unit', resource), gone('unit-status', resource), gone('ticket', stateTicket(resource))];
}

/** Its last moment decides the last day: a block until midnight does not take the day after. */
export function blockOf(raw: RawMessage, wire: WireBlock): Understood {
  const { Id, AssignedResourceId: unit, IsActive, Type, Name } = wire;
  const [from, until] = [onTheWall(raw, wire.StartUtc), onTheWall(raw, Math.max(wire.StartUtc, wire.EndUtc - 1))];
  const what = { unit, status: IsActive ? 'open' : 'closed', title: Name || Type, outOfOrder: Type === 'OutOfOrder' };
  const isWhole = Name !== undefined && from && until;
  const core = isWhole ? { ...what, from: from.date, until: until.date } : undefined;
  return { tellings: [tellingOf(raw, 'ticket', Id, { core }, stampOf(raw, wire.UpdatedUtc))] };
}

/** A task names no room: at most a stay, whose room may be another by now. */
export function taskOf(raw: RawMessage, { Id, Name, State, DeadlineUtc: due }: WireTask): Understood {
  if (raw.context.via !== 'read') return { tellings: [] };
  const status = State && Object.hasOwn(TASK_STATES, State) ? TASK_STATES[State] : undefined;
  const isWhole = Name && status && due !== undefined;
  const core = isWhole ? { unit: null, type: 'other', status, title: Name, due: due && microsToInstant(due) } : undefined;
  const tellings = [tellingOf(raw, 'task', Id, { core }, toldByRead(raw.context.read, MAPPING))];
  return State && !status ? { tellings, problem: NO_STATE } : { tellings };
}

function onTheWall(raw: RawMessage, micros: number | null | undefined): Local {
  const zone = raw.unsaid?.timeZone;
  return zone === undefined || typeof micros !== 'number' ? undefined : localTime(micros, zone);
}

/** Whether stays and blocks can be told. */
export function hasZone({ unsaid }: RawMessage): boolean {
  return unsaid?.timeZone !== undefined && localTime(0, unsaid.timeZone) !== undefined;
}

/** Whole seconds by the documents. Should some answers have fractions and others not, the same change would be of two times. */
function stampOf(raw: RawMessage, micros: number): Told {
  return toldAt(raw.context, Math.floor(micros / 1_000_000) * 1_000_000, SECOND, MAPPING);
}
