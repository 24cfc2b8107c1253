import type { Ready } from '../fleet.ts';

export type TrueUnit = { id: string; listing: string; property: string; name: string; status: string; outOf: string | null };
export type TrueReservation = {
  id: string;
  status: string;
  noShow: boolean;
  property: string;
  listing: string;
  unit: string;
  arrivalDate: string;
  departureDate: string;
  checkInTime: number | null;
  checkOutTime: number | null;
  guestName: string;
  checkedIn: boolean;
  checkedOut: boolean;
};
export type TrueMessage = { id: string; reservation: string; conversation: number; body: string; incoming: boolean };
/** `block`: of a place that is taken out of what can be let. */
export type TrueTicket = { unit: string; status: string; block: string | null; from: string | null; until: string | null };
export type Wire = Record<string, unknown>;

/** What the simulator knows to be true of one account, in no provider's words and in its provider's. */
export type Ledger = {
  truth: { units: TrueUnit[]; reservations: TrueReservation[]; messages: TrueMessage[]; tickets: TrueTicket[] };
  /** That were made of its API. */
  calls: { total: number };
  listings: Wire[];
  /** In the order of `truth.reservations`. */
  reservations: Wire[];
};

export async function ledgerOf(ready: Ready, accountId: number): Promise<Ledger> {
  const answer = await fetch(`${ready.simulator}/__simulator/ledger?accountId=${accountId}`);
  const { accounts } = (await answer.json()) as { accounts: [Ledger] };
  return accounts[0];
}

export type TrueNight = { date: string; closed: boolean; price: number; minStay: number; taken: string[] };
/** `taken`: doors of it, each as often as a stay takes it. */
export type TrueCalendar = { listing: string; units: string[]; nights: TrueNight[] };

/** Dates, both included. */
export async function calendarsOf(ready: Ready, accountId: number, from: string, until: string): Promise<TrueCalendar[]> {
  const answer = await fetch(`${ready.simulator}/__simulator/nights?accountId=${accountId}&from=${from}&until=${until}`);
  return ((await answer.json()) as { listings: TrueCalendar[] }).listings;
}
