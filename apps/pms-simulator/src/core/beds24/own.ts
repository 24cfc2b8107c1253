import { issueToken } from '../tokens.ts';
import type { Account, Listing, World } from '../world.ts';
import type { Beds24Config, WebhookSettings } from './config.ts';
import type { CreditWindow } from './credits.ts';

/** Ends of tokens that are not used (W:API_V2.0). */
const DAY_MS = 86_400_000;
export const REFRESH_UNUSED_MS = 30 * DAY_MS;
export const LONG_LIFE_UNUSED_MS = 90 * DAY_MS;
const INVITE_MS = DAY_MS;

export type Beds24Own = {
  config: Beds24Config;
  /** By property. */
  webhooks: Map<number, WebhookSettings>;
  /** Which messages the host has read. */
  read: Set<number>;
  bodies: number;
};

/** An account is opened by its own provider, which alone asks. */
export const beds24Of = ({ own }: Account): Beds24Own => own as Beds24Own;
export const creditsOf = ({ meter }: Account): CreditWindow => meter as CreditWindow;

export function openBeds24(world: World, account: Account, now: number): Beds24Own {
  const config = account.config as Beds24Config;
  giveTokens(world, account, config, now);
  const settings = config.webhook;
  const webhooks = new Map(settings ? propertiesOf(account, config).map((id) => [id, settings]) : []);
  return { config, webhooks, read: new Set(), bodies: 0 };
}

/** Those before stay as they are: what ends them is a fault of its own. */
export function renewBeds24(world: World, account: Account, now: number): void {
  const config = account.config as Beds24Config;
  beds24Of(account).config = config;
  creditsOf(account).limit = config.credits;
  giveTokens(world, account, config, now);
}

function giveTokens(world: World, account: Account, config: Beds24Config, now: number): void {
  const { refreshToken, longLifeToken, inviteCode } = config;
  issueToken(world, account, 'grant', refreshToken, { expiresAt: now + REFRESH_UNUSED_MS });
  if (longLifeToken) issueToken(world, account, 'access', longLifeToken, { expiresAt: now + LONG_LIFE_UNUSED_MS });
  if (inviteCode) issueToken(world, account, 'grant', inviteCode, { expiresAt: now + INVITE_MS });
}

/** Ids of properties lie apart from those of rooms, which are the listings'. */
const PROPERTY_BASE = 5_000_000;

const propertiesOf = (account: Account, { properties }: Beds24Config): number[] =>
  Array.from({ length: properties }, (_, index) => PROPERTY_BASE + account.listings[0]!.id + index);

export const propertyIds = (account: Account): number[] => propertiesOf(account, beds24Of(account).config);

/** Listings are dealt out to the properties in turn. */
export const propertyOf = (account: Account, listing: Listing): number => {
  const first = account.listings[0]!.id;
  return PROPERTY_BASE + first + ((listing.id - first) % beds24Of(account).config.properties);
};

/** Physical units are numbered from one in their room. */
export const unitNumber = ({ units }: Listing, unitId: number | null): number =>
  units.findIndex(({ id }) => id === unitId) + 1 || 1;
