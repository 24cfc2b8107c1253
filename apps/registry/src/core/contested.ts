import {
  BLOCKING,
  contentOf,
  isGone,
  parseCalendarEntity,
  type AvailabilityNight,
  type ConflictKind,
  type ConflictSide,
  type EntityRecord,
  type MessageCore,
  type RateNight,
  type ReservationCore,
  type ReservationGuest,
  type ReservationUnits,
} from '@roomwire/events';
import { readAtOf, type SideFact } from './conflict.ts';
import { monthOf } from './month.ts';
import { sentAtMs, TWINS_APART_MS } from './shelf.ts';
import { dayAfter } from './stay.ts';

/** What one bucket says of one night, or of one message: kept, so that a look at a shelf need not read all of its buckets. */
export type Contested = {
  kind: ConflictKind;
  /** Tells two contradictions of one kind and night apart: the calendar that one is about. */
  series: string;
  /** Null: it is not about nights. */
  night: string | null;
  sides: SideFact[];
};

/** A calendar that was observed too early to say that it contradicts the stays: it is to be read again, not before `dueAt` (epoch ms). */
export type UncertainCalendar = { connection: string; entity: string; dueAt: number };

export type SaleFacts = {
  /** `YYYY-MM` */
  month: string;
  records: readonly EntityRecord[];
  /** Doors that may be sold; one whose stays are compared elsewhere is `single`. */
  quantity: number;
  single: boolean;
  /** How far a provider's reads may be behind, ms. */
  readLagMs: (connection: string) => number;
};

/** What contradicts itself in a month of what is sold as one thing. */
export function contestedInMonth(facts: SaleFacts): { contested: Contested[]; uncertain: UncertainCalendar[] } {
  const records = facts.records.filter((record) => !isGone(record));
  const claims = records.flatMap(claimOf);
  const uncertain = new Map<string, UncertainCalendar>();
  const contested: Contested[] = [];
  for (const night of nightsOf(facts.month)) {
    const claiming = claims.filter(({ core }) => core.arrival <= night && night < core.departure);
    const doors = claiming.reduce((sum, claim) => sum + claim.doors, 0);
    if (!facts.single && doors > facts.quantity && claiming.length > 0)
      contested.push({ kind: 'overbooked', series: '', night, sides: claiming.map(({ side }) => side) });
    if (doors > 0)
      for (const calendar of records.filter(({ kind }) => kind === 'availability')) {
        const found = offerAgainst(calendar, night, claiming, facts.quantity - doors, facts.readLagMs);
        if (found && 'dueAt' in found) uncertain.set(found.entity, latest(uncertain.get(found.entity), found));
        else if (found) contested.push(found);
      }
    contested.push(...pricesOf(records, night));
  }
  return { contested, uncertain: [...uncertain.values()] };
}

/** Messages of one day's bucket that are one message under several ids. */
export function twinsAmong(records: readonly EntityRecord[]): Contested[] {
  const said = new Map<string, EntityRecord[]>();
  for (const record of records.filter((each) => !isGone(each))) {
    const core = contentOf<MessageCore>(record, 'core');
    if (!core) continue;
    const text = core.body.trim().replace(/\s+/g, ' ');
    said.set(text, [...(said.get(text) ?? []), record]);
  }
  return [...said.values()].flatMap(twinsIn);
}

function twinsIn(same: EntityRecord[]): Contested[] {
  const sorted = same.toSorted((a, b) => sentAtMs(a) - sentAtMs(b) || (a.entity < b.entity ? -1 : 1));
  const groups: EntityRecord[][] = [];
  for (const message of sorted) {
    const group = groups.at(-1);
    if (group && sentAtMs(message) - sentAtMs(group.at(-1)!) <= TWINS_APART_MS) group.push(message);
    else groups.push([message]);
  }
  return groups.flatMap((group) =>
    group.length < 2 ? [] : [{ kind: 'message' as const, series: group[0]!.entity, night: null, sides: group.map(messageSide) }],
  );
}

function messageSide(record: EntityRecord): SideFact {
  const core = contentOf<MessageCore>(record, 'core')!;
  const { connection, entity: message } = record;
  const side: ConflictSide = { what: 'message', connection, message, reservation: core.reservation, sentAt: core.sentAt };
  return { side, readAt: readAtOf(record) };
}

type Claim = { core: ReservationCore; doors: number; toldAt: number; side: SideFact };

/** What a stay takes: as many doors as it was given, and one while it was given none. */
function claimOf(record: EntityRecord): Claim[] {
  const core = contentOf<ReservationCore>(record, 'core');
  if (record.kind !== 'reservation' || !core || !BLOCKING.has(core.status)) return [];
  const { status, arrival, departure } = core;
  const guest = contentOf<ReservationGuest>(record, 'guest')?.name ?? null;
  const { connection, entity: reservation } = record;
  const side: ConflictSide = { what: 'reservation', connection, reservation, status, arrival, departure, guest };
  const doors = Math.max(1, contentOf<ReservationUnits>(record, 'units')?.units.length ?? 0);
  return [{ core, doors, toldAt: toldAtOf(record, 'core'), side: { side, readAt: readAtOf(record) } }];
}

/**
 * A calendar that offers more doors than the stays leave contradicts them only if it was observed after them, by as long as the
 * provider's reads may be behind. That it offers fewer says nothing: owners close nights for reasons of their own.
 */
function offerAgainst(
  calendar: EntityRecord,
  night: string,
  claiming: readonly Claim[],
  left: number,
  readLagMs: SaleFacts['readLagMs'],
): Contested | UncertainCalendar | undefined {
  const told = contentOf<AvailabilityNight>(calendar, night);
  const name = parseCalendarEntity(calendar.entity);
  if (!told || !name || told.closed || told.available <= Math.max(0, left)) return undefined;
  const { connection, entity } = calendar;
  const knownAt = Math.max(...claiming.map(({ toldAt }) => toldAt)) + readLagMs(connection) * 1000;
  if (toldAtOf(calendar, night) < knownAt) return { connection, entity, dueAt: Math.ceil(knownAt / 1000) };
  const side: ConflictSide = { what: 'availability', connection, unitType: name.unitType, available: told.available };
  const sides = [{ side, readAt: calendar.facets[night]!.version.observedAt }, ...claiming.map((claim) => claim.side)];
  return { kind: 'availability', series: `${connection}/${name.unitType}`, night, sides };
}

/** Two connections that ask different prices for one night, in one currency: in two currencies nobody can say. */
function pricesOf(records: readonly EntityRecord[], night: string): Contested[] {
  const asked = new Map<string, { amount: number; of: SideFact }[]>();
  for (const record of records) {
    const told = record.kind === 'rate' ? contentOf<RateNight>(record, night) : undefined;
    const name = parseCalendarEntity(record.entity);
    if (!told || !name) continue;
    const { amountMinor: amount, currency } = told.price;
    const side: ConflictSide = {
      ...{ what: 'rate' as const, connection: record.connection, unitType: name.unitType },
      ...{ currency, lowestMinor: amount, highestMinor: amount },
    };
    const of = { side, readAt: record.facets[night]!.version.observedAt };
    asked.set(currency, [...(asked.get(currency) ?? []), { amount, of }]);
  }
  return [...asked].flatMap(([currency, prices]) => {
    const differ = new Set(prices.map(({ amount }) => amount)).size > 1;
    const byWhom = new Set(prices.map(({ of }) => of.side.connection)).size > 1;
    return differ && byWhom ? [{ kind: 'price' as const, series: currency, night, sides: prices.map(({ of }) => of) }] : [];
  });
}

/** Microseconds: when the facet was seen to be so. */
function toldAtOf(record: EntityRecord, facet: string): number {
  const { observedAt, modifiedAt } = record.facets[facet]!.version;
  return Math.max(observedAt, modifiedAt);
}

function latest(a: UncertainCalendar | undefined, b: UncertainCalendar): UncertainCalendar {
  return a && a.dueAt > b.dueAt ? a : b;
}

function nightsOf(month: string): string[] {
  const nights: string[] = [];
  for (let night = `${month}-01`; monthOf(night) === month; night = dayAfter(night)) nights.push(night);
  return nights;
}
