import { hash } from '../random.ts';
import type { Ids } from '../provider.ts';
import type { Account, Listing } from '../world.ts';
import { mewsOf } from './own.ts';

const KINDS = [
  ...['enterprise', 'service', 'category', 'resource', 'reservation', 'group', 'customer', 'thread', 'message', 'task'],
  ...['block', 'rate', 'restriction', 'integration', 'request', 'department', 'age-category', 'address', 'assignment'],
] as const;
export type Kind = (typeof KINDS)[number];

/** A GUID for everything, which holds its number: the same in every run, and read back without a table. */
export function guid({ id }: Pick<Account, 'id'>, kind: Kind, number: number): string {
  const hex = (value: number, length: number): string => value.toString(16).padStart(length, '0');
  const kindHex = hex(KINDS.indexOf(kind), 3);
  return `${hex(hash(`mews ${id}`), 8)}-${hex(number % 0xffff, 4)}-4${kindHex}-8${kindHex}-${hex(number, 12)}`;
}

/** The number in a GUID that is of this account and kind; else undefined. */
export function numberIn(account: Account, kind: Kind, text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const number = Number.parseInt(text.slice(24), 16);
  return Number.isSafeInteger(number) && guid(account, kind, number) === text.toLowerCase() ? number : undefined;
}

/** Listings are dealt out to the enterprises in turn. */
export const enterpriseOf = (account: Account, listing: Listing): number =>
  (listing.id - account.listings[0]!.id) % mewsOf(account).config.enterprises;

export const enterpriseId = (account: Account, listing: Listing): string =>
  guid(account, 'enterprise', enterpriseOf(account, listing));

/** A listing is a category; each of its doors, or it itself where it has none, is a resource. Their numbers lie apart. */
export const resourceId = (account: Account, listingId: number, unitId: number | null): string =>
  guid(account, 'resource', unitId ?? listingId);

export const ids: Ids = {
  property: enterpriseId,
  listing: (account, { id }) => guid(account, 'category', id),
  unit: (account, { id }, unitId) => resourceId(account, id, unitId),
  reservation: (account, { id }) => guid(account, 'reservation', id),
  message: (account, { id }) => guid(account, 'message', id),
};
