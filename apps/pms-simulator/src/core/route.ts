import type { Delivery } from './deliveries.ts';
import type { Answer, ApiRequest } from './request.ts';
import type { Reservation } from './reservation.ts';
import type { Account, World } from './world.ts';

/** A call at the door: nobody has looked at its credentials yet. */
export type Knock = {
  world: World;
  /** Of the credentials, good or not; undefined where they are nobody's. */
  account: Account | undefined;
  request: ApiRequest;
  /** Undefined where there is none. */
  route: Route | undefined;
  /** From the path, in its order; the table lets only digits through. */
  ids: number[];
  now: number;
  /** Webhooks that the call causes. */
  deliveries: Delivery[];
};

/** A call that has passed the door. */
export type Call = Knock & { account: Account };

type Way = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `:id` stands for digits. Also the name under which calls are counted. */
  path: string;
};
/** An open one needs no credentials, or looks at them itself. */
export type Route = Way & ({ answer: (call: Call) => Answer } | { open: (knock: Knock) => Answer });

/** What reads show: the state of a moment ago where the knob laggingReadsMs says so. */
export const visibleAt = ({ account, now }: Call): number => now - account.faults.laggingReadsMs;

/** The same, as the provider's own clock stamps it. */
export const visibleStamp = (call: Call): number => visibleAt(call) + call.account.faults.skewMs;

export const visibleReservations = (call: Call): Reservation[] =>
  [...call.account.reservations.values()].flatMap((versions) => versions.asOf(visibleAt(call)) ?? []);

/** Where a later page begins once others have come or gone in front of it (the knob pageDrift). */
export const drifted = ({ account }: Call, offset: number): number =>
  offset === 0 ? 0 : Math.max(0, offset + account.faults.pageDrift);
