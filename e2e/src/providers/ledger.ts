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
  listings: Wire[];
  /** In the order of `truth.reservations`. */
  reservations: Wire[];
};

export async function ledgerOf(ready: Ready, accountId: number): Promise<Ledger> {
  const answer = await fetch(`${ready.simulator}/__simulator/ledger?accountId=${accountId}`);
  const { accounts } = (await answer.json()) as { accounts: [Ledger] };
  return accounts[0];
}
