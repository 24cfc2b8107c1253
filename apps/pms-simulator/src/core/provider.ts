import type { Act } from './act-command.ts';
import type { Notice } from './act-scene.ts';
import type { ProviderName } from './account-config.ts';
import type { Delivery, Draft } from './deliveries.ts';
import type { Meter } from './limits.ts';
import type { Answer, ApiRequest } from './request.ts';
import type { Reservation, ReservationStatus } from './reservation.ts';
import type { TryResult, Verdict } from './retry.ts';
import type { Knock, Route } from './route.ts';
import type { Account, Listing, Message, World } from './world.ts';

/** One property-management system, as seen from outside: how it is asked, what it answers, what it sends. */
export type Provider = {
  name: ProviderName;
  door: Door;
  hooks: Hooks;
  view: View;
  story: Story;
  /** What the provider keeps of an account besides the world: registered webhooks, windows of calls, tokens. */
  open: (world: World, account: Account, now: number) => { own: unknown; meter: Meter };
  /** New credentials for an account that is there, as its owner renews them. */
  renew: (world: World, account: Account, now: number) => void;
};

/** The order is `door.ts`'s: limits, planned failures, credentials, answer. */
export type Door = {
  serves: (path: string) => boolean;
  routes: readonly Route[];
  /** Whose call it is, by the credentials it shows, whether good or not: it counts for that account. */
  claimant: (world: World, request: ApiRequest) => Account | undefined;
  /** Meters besides the account's. */
  meters?: (world: World, request: ApiRequest) => Meter[];
  /** What a call costs of its meters; one, unless said. */
  cost?: (knock: Knock) => number;
  /** Undefined for who may pass. */
  refusal: (knock: Knock) => Answer | undefined;
  tooMany: (account: Account | undefined, now: number) => Answer;
  broken: Answer;
  unknown: Answer;
  /** A 200 that means failure, where there are such. */
  failed?: Answer;
  /** What every answer wears: ids of requests, what is left of a limit. */
  dress?: (answer: Answer, knock: Knock) => Answer;
  /** Who asks for a WebSocket; undefined where there is none. What goes through it are deliveries of the hook `socket`. */
  socket?: (world: World, request: ApiRequest, now: number) => Account | 'refused' | undefined;
};

export type Hooks = {
  answerWithinMs: number;
  /** 307 and 308 are followed. */
  followsRedirects?: boolean;
  drafts: (account: Account, notice: Notice, now: number) => Draft[];
  headers: (account: Account, delivery: Delivery) => Record<string, string>;
  /** The bytes of this try, where they are not the same each time. */
  bodyOf?: (delivery: Delivery) => string;
  /** `delivery.tries` counts the one just made. */
  afterTry: (account: Account, delivery: Delivery, result: TryResult) => Verdict;
  settled?: (account: Account, delivery: Delivery, arrived: boolean, now: number, timeScale: number) => void;
  /** Sends no more to what is registered: disabled or forgotten, as this provider does it. Absent: nothing is registered by API. */
  drop?: (account: Account) => void;
  /** For the ledger. */
  registered: (account: Account) => readonly object[];
};

/** The provider's objects as an authoritative read shows them. */
export type View = {
  listing: (account: Account, listing: Listing) => object;
  reservation: (account: Account, one: Reservation) => object;
  message: (account: Account, message: Message) => object;
  tasks: (account: Account) => object[];
  ids: Ids;
};

/** How the provider names things. */
export type Ids = {
  property: (account: Account, listing: Listing) => string;
  listing: (account: Account, listing: Listing) => string;
  /** A door: of a listing, or of one of its units. */
  unit: (account: Account, listing: Listing, unitId: number | null) => string;
  reservation: (account: Account, one: Reservation) => string;
  message: (account: Account, message: Message) => string;
};

export type Story = {
  weights: Partial<Record<Act, number>>;
  /** What a booking of the story may be. */
  bookings: Partial<Record<ReservationStatus, number>>;
  /** Acts that nobody there can do, and statuses that nothing can have. */
  lacks: readonly (Act | ReservationStatus)[];
};
