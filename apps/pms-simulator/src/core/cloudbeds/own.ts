import { issueToken } from '../tokens.ts';
import type { Account, Listing, World } from '../world.ts';
import type { CloudbedsConfig } from './config.ts';

const DAY_MS = 86_400_000;
export const KEY_UNUSED_MS = 30 * DAY_MS;
export const REFRESH_MS = 365 * DAY_MS;

export type Subscription = {
  id: string;
  entity: string;
  action: string;
  endpoint: string;
  /** Of this property alone; null = of all. */
  property: number | null;
  authHeader: { name: string; value: string } | null;
};

export type RateUpdate = {
  listing: Listing | undefined;
  rateID: string;
  startDate: string;
  endDate: string;
  set: {
    price?: number;
    minStay?: number;
    maxStay?: number;
    closed?: boolean;
    closedToArrival?: boolean;
    closedToDeparture?: boolean;
  };
};
export type Job = { id: string; action: string; at: number; dueAt: number; done: boolean; updates: RateUpdate[] };

/** Of a room besides its condition. */
export type RoomFlags = { doNotDisturb: boolean; refusedService: boolean; vacantPickup: boolean; roomComments: string };

export type CloudbedsOwn = {
  config: CloudbedsConfig;
  subscriptions: Subscription[];
  jobs: Job[];
  /** By door. */
  flags: Map<string, RoomFlags>;
  /** Codes that a redirect has brought and nobody exchanged yet, and until when. */
  codes: Map<string, number>;
  /** Which key came out of which refresh token: whoever uses that again kills the key. */
  exchanged: Map<string, string>;
  events: number;
  nextId: number;
};

/** An account is opened by its own provider, which alone asks. */
export const cloudbedsOf = ({ own }: Account): CloudbedsOwn => own as CloudbedsOwn;

export function openCloudbeds(world: World, account: Account, now: number): CloudbedsOwn {
  const config = account.config as CloudbedsConfig;
  giveTokens(world, account, config, now);
  return {
    ...{ config, subscriptions: [], jobs: [], flags: new Map(), codes: new Map(), exchanged: new Map() },
    ...{ events: 0, nextId: 1 },
  };
}

export function renewCloudbeds(world: World, account: Account, now: number): void {
  const config = account.config as CloudbedsConfig;
  cloudbedsOf(account).config = config;
  giveTokens(world, account, config, now);
}

function giveTokens(world: World, account: Account, { apiKey, refreshToken }: CloudbedsConfig, now: number): void {
  if (apiKey) issueToken(world, account, 'access', apiKey, { expiresAt: now + KEY_UNUSED_MS });
  if (refreshToken) issueToken(world, account, 'grant', refreshToken, { expiresAt: now + REFRESH_MS });
}

export const propertyIds = (account: Account): number[] =>
  Array.from({ length: cloudbedsOf(account).config.properties }, (_, index) => account.id * 100 + index);

/** Listings are dealt out to the properties in turn. */
export const propertyOf = (account: Account, listing: Listing): number =>
  account.id * 100 + ((listing.id - account.listings[0]!.id) % cloudbedsOf(account).config.properties);

/** A listing is a type of room; "{roomTypeID}-{n}" is a door of it. */
export const roomIdOf = (listing: Listing, unitId: number | null): string =>
  `${listing.id}-${Math.max(
    0,
    listing.units.findIndex(({ id }) => id === unitId),
  )}`;

export type Room = { roomID: string; name: string; listing: Listing; unitId: number | null; property: number };

export const roomsOf = (account: Account): Room[] =>
  account.listings.flatMap((listing) =>
    (listing.units.length > 0 ? listing.units : [null]).map((unit) => ({
      ...{ roomID: roomIdOf(listing, unit?.id ?? null), name: unit?.number ?? listing.name, listing },
      ...{ unitId: unit?.id ?? null, property: propertyOf(account, listing) },
    })),
  );
