import { ZONE, type ProviderName } from './accounts.ts';
import type { Ledger, TrueCalendar, TrueMessage, TrueNight, TrueReservation, TrueTicket, TrueUnit, Wire } from './ledger.ts';

/** By facet, and of it the fields that are looked at; what a provider cannot tell is not among them. */
type Facets = Record<string, Record<string, unknown>>;
export type Expected = { kind: string; entity: string; facets: Facets };

/** How a provider tells what is true: what it knows, and what it calls it. */
type Words = {
  /** Whether it says who is there. */
  presence: boolean;
  /** Whether what has one door names it. */
  assigned: boolean;
  channel?: (wire: Wire) => unknown;
  facets: (one: TrueReservation, wire: Wire) => Facets;
  /** A door's property and type, where they are not the listing's. */
  place?: (unit: string) => { property: string; unitType: string };
  doorName: (unit: TrueUnit, ledger: Ledger) => unknown;
  /** How many doors it says that a listing has. */
  types?: (ledger: Ledger) => Expected[];
  /** It has housekeeping: a door's condition, and whether it can be used. */
  conditions?: (units: readonly TrueUnit[], tickets: readonly TrueTicket[]) => Expected[];
  message?: (message: TrueMessage) => { entity: string; conversation: string };
  /** It tells nights: which of them can be had, and what is sold as one. */
  calendars?: { availability: (night: TrueNight, units: readonly string[]) => Facets[string]; soldAs: 'listing' | 'unit' };
};

/** More stays than doors leave none, not fewer. */
const free = ({ closed, taken }: TrueNight, units: readonly string[]): number =>
  closed ? 0 : Math.max(0, units.length - taken.filter((door) => units.includes(door)).length);
const freeAndNeverClosed: NonNullable<Words['calendars']>['availability'] = (night, units) => ({
  available: free(night, units),
  closed: false,
});

const WORDS: Record<ProviderName, Words> = {
  hostaway: {
    ...{ presence: false, assigned: false },
    facets: (one, wire) => ({
      times: { checkIn: hour(one.checkInTime), checkOut: hour(one.checkOutTime) },
      ...guest(one, wire['adults'], wire['children']),
      ...money(wire['totalPrice']),
    }),
    doorName: ({ name }) => name,
    message: ({ id, conversation }) => ({ entity: `${conversation}/${id}`, conversation: String(conversation) }),
    calendars: { availability: freeAndNeverClosed, soldAs: 'listing' },
  },
  mews: {
    ...{ presence: true, assigned: true },
    facets: (one) => ({ times: { checkIn: hour(one.checkInTime ?? 15), checkOut: hour(one.checkOutTime ?? 11) } }),
    doorName: ({ name }) => numberOf(name),
    conditions: (units) => units.flatMap(conditionOf),
  },
  cloudbeds: {
    ...{ presence: true, assigned: true },
    facets: (one, wire) => {
      const [{ adults, children }] = wire['assigned'] as [Wire];
      return { ...guest(one, adults, children), ...money(wire['total']) };
    },
    doorName: ({ name }) => numberOf(name),
    types: (ledger) => typesOf(ledger),
    conditions: (units, tickets) => [...units.flatMap(conditionOf), ...units.map(({ id }) => blockOf(id, tickets))],
  },
  beds24: {
    ...{ presence: false, assigned: true },
    channel: ({ channel }) => channel,
    facets: (one, wire) => ({ ...guest(one, wire['numAdult'], wire['numChild']), ...money(wire['price']) }),
    // A door that is its room's only one is its first.
    doorName: ({ name }) => (numberOf(name) === name ? '1' : numberOf(name)),
    types: (ledger) => typesOf(ledger),
    message: ({ id, reservation }) => ({ entity: id, conversation: reservation }),
    calendars: {
      availability: (night, units) => ({ available: free(night, units), closed: night.closed }),
      soldAs: 'listing',
    },
  },
  smoobu: {
    ...{ presence: false, assigned: true },
    place: (unit) => ({ property: unit, unitType: unit }),
    channel: ({ channel }) => (channel as Wire)['name'],
    facets: (one, wire) => ({
      times: { checkIn: wire['check-in'], checkOut: wire['check-out'] },
      ...guest(one, wire['adults'], wire['children']),
      ...money(wire['price']),
    }),
    doorName: ({ id }, { listings }) =>
      listings.flatMap(({ apartments }) => apartments as Wire[]).find((each) => String(each['id']) === id)!['name'],
    types: ({ truth }) => truth.units.map(({ id }) => ({ kind: 'unit-type', entity: id, facets: { core: { quantity: 1 } } })),
    message: ({ id, reservation }) => ({ entity: `${reservation}/${id}`, conversation: reservation }),
    calendars: { availability: freeAndNeverClosed, soldAs: 'unit' },
  },
};

/** All that Roomwire should hold of an account, by what its provider can tell. */
export function expectedOf(provider: ProviderName, ledger: Ledger, calendars: readonly TrueCalendar[] = []): Expected[] {
  const words = WORDS[provider];
  const { units, reservations, messages, tickets } = ledger.truth;
  const doors = units.map((unit) => doorOf(unit, ledger, words));
  const houses = new Set(doors.map(({ facets }) => String(facets['core']!['property'])));
  return [
    ...reservations.map((one, at) => stayOf(one, ledger.reservations[at]!, words)),
    ...doors,
    ...[...houses].map((entity) => ({ kind: 'property', entity, facets: { core: { timeZone: ZONE } } })),
    ...(words.types?.(ledger) ?? []),
    ...(words.conditions?.(units, tickets) ?? []),
    ...messages.flatMap((one) => (words.message ? messageOf(one, words.message(one)) : [])),
    ...calendars.flatMap((one) => (words.calendars ? monthsOf(one, words.calendars) : [])),
  ];
}

/** By what is sold as one and month, a facet a night. */
function monthsOf(
  { listing, units, nights }: TrueCalendar,
  { availability, soldAs }: NonNullable<Words['calendars']>,
): Expected[] {
  const sold = soldAs === 'listing' ? [{ type: listing, doors: units }] : units.map((unit) => ({ type: unit, doors: [unit] }));
  const months = [...Map.groupBy(nights, ({ date }) => date.slice(0, 7))];
  const price = ({ price: amount, minStay }: TrueNight): Facets[string] => ({
    price: { amountMinor: Math.round(amount * 100), currency: 'EUR' },
    minimumStay: minStay,
  });
  return sold.flatMap(({ type, doors }) =>
    months.flatMap(([month, of]) => [
      { kind: 'availability', entity: `${type}:${month}`, facets: nightly(of, (night) => availability(night, doors)) },
      { kind: 'rate', entity: `${type}:${month}`, facets: nightly(of, price) },
    ]),
  );
}

function nightly(nights: readonly TrueNight[], content: (night: TrueNight) => Facets[string]): Facets {
  return Object.fromEntries(nights.map((night) => [night.date, content(night)]));
}

function stayOf(one: TrueReservation, wire: Wire, { presence, place, assigned, channel, facets }: Words): Expected {
  const { property, unitType } = place?.(one.unit) ?? { property: one.property, unitType: one.listing };
  const core = {
    ...{ status: statusOf(one, presence), arrival: one.arrivalDate, departure: one.departureDate },
    ...{ property, unitType, channel: channel?.(wire) ?? null },
  };
  const units = assigned || one.unit !== one.listing ? [one.unit] : [];
  return { kind: 'reservation', entity: one.id, facets: { core, units: { units }, ...facets(one, wire) } };
}

function statusOf({ status, noShow, checkedIn, checkedOut }: TrueReservation, presence: boolean): string {
  if (noShow) return 'no-show';
  if (['cancelled', 'declined', 'expired'].includes(status)) return 'cancelled';
  if (status === 'ownerStay') return 'owner';
  if (status === 'pending') return 'tentative';
  if (status === 'inquiry') return 'inquiry';
  if (presence && checkedOut) return 'checked-out';
  return presence && checkedIn ? 'checked-in' : 'confirmed';
}

const guest = ({ guestName: name }: TrueReservation, adults: unknown, children: unknown): Facets => ({
  guest: { name, adults: Number(adults), children: Number(children) },
});
const money = (amount: unknown): Facets => ({
  money: { total: { amountMinor: Math.round(Number(amount) * 100), currency: 'EUR' } },
});
const hour = (of: number | null): string | null => (of === null ? null : `${String(of).padStart(2, '0')}:00`);

function doorOf(unit: TrueUnit, ledger: Ledger, { place, doorName }: Words): Expected {
  const { property, unitType } = place?.(unit.id) ?? { property: unit.property, unitType: unit.listing };
  return { kind: 'unit', entity: unit.id, facets: { core: { property, unitType, name: doorName(unit, ledger) } } };
}

const numberOf = (name: string): string => name.replace(/^Room /, '');

function typesOf({ truth: { units } }: Ledger): Expected[] {
  const doors = Map.groupBy(units, ({ listing }) => listing);
  return [...doors].map(([entity, of]) => ({ kind: 'unit-type', entity, facets: { core: { quantity: of.length } } }));
}

/** Being cleaned is still dirty. */
function conditionOf({ id: unit, status }: TrueUnit): Expected {
  return {
    ...{ kind: 'unit-status', entity: unit },
    facets: { core: { unit, status: status === 'cleaning' ? 'dirty' : status, by: null } },
  };
}

/** A room is blocked on the days of what blocks it: today, or not. */
function blockOf(unit: string, tickets: readonly TrueTicket[]): Expected {
  const today = Temporal.Now.plainDateISO(ZONE).toString();
  const isBlocked = tickets.some(
    (one) =>
      one.unit === unit && one.block && one.status === 'open' && (one.from ?? today) <= today && today <= (one.until ?? today),
  );
  const status = isBlocked ? 'open' : 'closed';
  return { kind: 'ticket', entity: `blocked/${unit}`, facets: { core: { unit, status, outOfOrder: isBlocked } } };
}

function messageOf(
  { reservation, body, incoming }: TrueMessage,
  { entity, conversation }: { entity: string; conversation: string },
): Expected {
  const direction = incoming ? 'incoming' : 'outgoing';
  return { kind: 'message', entity, facets: { core: { conversation, reservation, direction, body } } };
}
