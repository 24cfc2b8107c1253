import type { Act, ActCommand } from './act-command.ts';
import { isAround, type Reservation } from './reservation.ts';
import { addDays, sameSecond, todayIn } from './stamps.ts';
import { standing, type Account, type Listing } from './world.ts';

/** What an act has before it. */
export type Scene = {
  account: Account;
  now: number;
  today: string;
  command: ActCommand;
  /** The story leaves alone what was touched in this second: one more change would tie with it. */
  avoidTies: boolean;
};

/** What is to be told: a Hostaway event with its object, or facts of the housekeeping app. */
export type Notice =
  | { hook: 'unified'; event: 'reservation.created' | 'reservation.updated'; reservation: Reservation }
  | { hook: 'unified'; event: 'message.received'; messageId: number }
  | { hook: 'internal'; facts: object[] };

export type Done = { kind: string; id: number | string; listings: number[]; notices: Notice[] };
export type Refused = { refused: string };
export type Acting = (scene: Scene) => Done | Refused;
export type Acts<T extends Act> = Record<T, Acting>;

export const refuse = (refused: string): Refused => ({ refused });

export function sceneOf(account: Account, command: ActCommand, now: number, avoidTies: boolean): Scene {
  return { account, command, now, today: todayIn(account.config.timeZone, now), avoidTies };
}

const SAMPLES = 12;
const DAYS_LOOKED_AHEAD = 60;

/** The reservation named, else one that fits: of a listing the nearest, of all of them one not far from today. */
export function choose(scene: Scene, fits: (reservation: Reservation) => boolean): Reservation | Refused {
  const { account, command, now, today } = scene;
  if (command.reservation !== undefined)
    return account.reservations.get(command.reservation)?.current ?? refuse(`no reservation ${command.reservation}`);
  const horizon = addDays(today, DAYS_LOOKED_AHEAD);
  const nearby = standing(account)
    .filter((one) => command.listing === undefined || one.listingId === command.listing)
    .filter((one) => isAround(one, today, horizon) && !(scene.avoidTies && sameSecond(one.updatedAt, now)))
    .sort(byNextDay(today));
  return sample(scene, nearby, fits) ?? nearby.find(fits) ?? refuse('no reservation fits');
}

/** By samples, since whether one fits may take a look at all the others. */
function sample(
  { account, command }: Scene,
  from: readonly Reservation[],
  fits: (one: Reservation) => boolean,
): Reservation | undefined {
  if (command.listing !== undefined || from.length === 0) return undefined;
  for (let tries = 0; tries < SAMPLES; tries++) {
    const candidate = account.chance.pickNear(from);
    if (fits(candidate)) return candidate;
  }
  return undefined;
}

/** When the next thing happens to it: a guest who is in the house is as near as can be. */
const nextDay = ({ arrivalDate }: Reservation, today: string): string => (arrivalDate > today ? arrivalDate : today);

/** Dates sort as text. */
const byNextDay =
  (today: string) =>
  (a: Reservation, b: Reservation): number =>
    nextDay(a, today) < nextDay(b, today) ? -1 : nextDay(a, today) > nextDay(b, today) ? 1 : a.id - b.id;

/** `account.chance` decides where no listing was named. */
export function chooseListing({ account, command }: Scene): Listing | Refused {
  if (command.listing === undefined) return account.chance.pick(account.listings);
  return account.listings.find(({ id }) => id === command.listing) ?? refuse(`no listing ${command.listing}`);
}

/** Doors of a listing: its units, or itself. */
export const doorsOf = (listing: Listing): (number | null)[] =>
  listing.units.length > 0 ? listing.units.map(({ id }) => id) : [null];

export const isRefused = (outcome: object): outcome is Refused => 'refused' in outcome;
