import type { Answer, ApiRequest } from './answer.ts';
import type { Reservation } from './reservation.ts';
import type { Account, World } from './world.ts';

/** A call that has passed the door. */
export type Call = {
  world: World;
  account: Account;
  request: ApiRequest;
  /** From the path, in its order; the table lets only digits through. */
  ids: number[];
  now: number;
};

export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `:id` stands for digits. Also the name under which calls are counted. */
  path: string;
  answer: (call: Call) => Answer;
};

/** What reads show: the state of a moment ago where the knob laggingReadsMs says so. */
export const visibleAt = ({ account, now }: Call): number => now - account.faults.laggingReadsMs;

export const visibleReservations = (call: Call): Reservation[] =>
  [...call.account.reservations.values()].flatMap((versions) => versions.asOf(visibleAt(call)) ?? []);
