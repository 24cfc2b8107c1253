import type { Act, ActCommand } from './act-command.ts';
import type { Ticket, UnitStatus, Work } from './housekeeping.ts';
import { isAround, type Reservation } from './reservation.ts';
import { addDays, sameSecond, todayIn } from './stamps.ts';
import { standing, type Account, type Listing, type Message } from './world.ts';

/** What an act has before it. */
export type Scene = {
  account: Account;
  now: number;
  /** What the provider's own clock shows, which the knob skewMs may have set wrong: the time that things are stamped with. */
  clock: number;
  today: string;
  command: ActCommand;
  /** The story leaves alone what was touched in this second: one more change would tie with it. */
  avoidTies: boolean;
};

/** What has happened, in no provider's words: each tells of it in its own, or not at all. */
export type Notice =
  | {
      about: 'reservation';
      change: 'created' | 'updated' | 'removed';
      reservation: Reservation;
      before: Reservation | null;
      /** Done over the API, whose own doings some providers do not tell. */
      quiet?: boolean;
    }
  | { about: 'message'; message: Message }
  /** `announced`: only said how they stand; nothing has changed. */
  | { about: 'units'; doors: readonly UnitStatus[]; announced: boolean }
  | { about: 'task'; work: Work }
  | { about: 'ticket'; ticket: Ticket; opened: boolean }
  /** The owner has given new credentials, or taken them away. */
  | { about: 'access'; change: 'renewed' | 'revoked' }
  /** The provider does it later, and tells when it is done. */
  | { about: 'job'; id: string; status: 'completed' | 'error'; listing: Listing; afterMs: number }
  | { about: 'rates'; listing: Listing; unitId: number | null; from: string; until: string };

export type Done = { kind: string; id: number | string; listings: number[]; notices: Notice[] };
export type Refused = { refused: string };
export type Acting = (scene: Scene) => Done | Refused;
export type Acts<T extends Act> = Record<T, Acting>;

export const refuse = (refused: string): Refused => ({ refused });

export function sceneOf(account: Account, command: ActCommand, now: number, avoidTies: boolean): Scene {
  const clock = now + account.faults.skewMs;
  return { account, command, now, clock, today: todayIn(account.config.timeZone, now), avoidTies };
}

const SAMPLES = 12;
const DAYS_LOOKED_AHEAD = 60;

/** The reservation named, else one that fits: of a listing the nearest, of all of them one not far from today. */
export function choose(scene: Scene, fits: (reservation: Reservation) => boolean): Reservation | Refused {
  const { account, command, clock, today } = scene;
  if (command.reservation !== undefined)
    return account.reservations.get(command.reservation)?.current ?? refuse(`no reservation ${command.reservation}`);
  const horizon = addDays(today, DAYS_LOOKED_AHEAD);
  const nearby = standing(account)
    .filter((one) => command.listing === undefined || one.listingId === command.listing)
    .filter((one) => isAround(one, today, horizon) && !(scene.avoidTies && sameSecond(one.updatedAt, clock)))
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
