import { z } from 'zod';
import { contentHash } from './canonical.ts';
import { sideId } from './conflict.ts';
import { catalogId, conflictId, connectionId, entityId, placeId, providerId, tenantId } from './ids.ts';
import { encodeToken } from './token.ts';
import { localTime } from './facets.ts';

/** A manager or property group (KV `tenants`, key = id). */
export const tenant = z.strictObject({
  id: tenantId,
  name: z.string().max(200),
  status: z.enum(['active', 'paused']),
  /** SHA-256 (hex) of each API token in force: the token itself is shown once and kept nowhere. */
  apiTokenHashes: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(20),
  /** What a property has until a provider tells better. */
  defaults: z.strictObject({ timeZone: z.string(), checkIn: localTime, checkOut: localTime }),
});
export type Tenant = z.infer<typeof tenant>;

/**
 * What some providers never say of an account, and its owner does. Where nobody says it, what needs it is not told: an amount without
 * a currency, a stamp or a house without a zone.
 */
export const unsaid = z.strictObject({
  /** IANA zone of the account's zone-less times, and of its houses. */
  timeZone: z.string().max(64).optional(),
  /** ISO 4217; of every amount in the account. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
});
export type Unsaid = z.infer<typeof unsaid>;

/** A tenant's account at one provider (KV `connections`, key = id). Secrets live in the vault only. */
export const connection = z.strictObject({
  id: connectionId,
  tenant: tenantId,
  provider: providerId,
  status: z.enum(['active', 'paused', 'lapsed']),
  /** The provider's name for the account, where it has one (Hostaway: accountId). */
  account: z.string().max(128).nullable(),
  /** Base address of the provider's API; null = the provider's public one. */
  baseUrl: z.url().nullable(),
  /** Units of an `internal` connection are another connection's: which one. */
  unitsOf: connectionId.nullable(),
  /** First part of every version that the connection's tellings get; absent = 0. Raised by `roomwire registry reset`. */
  epoch: z.int().min(0).optional(),
  unsaid: unsaid.optional(),
});
export type Connection = z.infer<typeof connection>;

/** Roomwire's own unit (KV `catalog`, key `<tenant>.unit.<id>`). */
export const unit = z.strictObject({ id: catalogId, property: catalogId, name: z.string().max(500) });
export type Unit = z.infer<typeof unit>;

/** A unit type of several doors (KV `catalog`, key `<tenant>.type.<id>`). One that is a single door is a unit, and has no entry. */
export const unitType = z.strictObject({
  id: catalogId,
  property: catalogId,
  name: z.string().max(500),
  /** Doors that may be sold. */
  quantity: z.int().min(0),
});
export type UnitType = z.infer<typeof unitType>;

/** (connection, provider id) → own id (KV `catalog`, key `<tenant>.map.<connection>.<kind>.<provider id>`). */
export const mapping = z.strictObject({
  kind: z.enum(['property', 'unit']),
  connection: connectionId,
  entity: entityId,
  /** Of a unit, or of a unit type of several doors ({@link unitTypeId}). */
  id: catalogId,
  /** What it meant before, newest last: records that name it may still stand there. */
  formerly: z.array(catalogId).max(16).optional(),
});
export type Mapping = z.infer<typeof mapping>;

/** The same provider id, meaning `id` from now on. */
export function remapped(before: Mapping, id: string): Mapping {
  if (before.id === id) return before;
  const formerly = (before.formerly ?? []).filter((each) => each !== id && each !== before.id);
  return { ...before, id, formerly: [...formerly, before.id].slice(-16) };
}

/** The id that an unknown provider entity gets: the same from every replica, so that two who meet it first agree. */
export function firstCatalogId(kind: 'property' | 'unit', connection: string, entity: string): string {
  return `${kind === 'property' ? 'p' : 'u'}-${contentHash([kind, connection, entity]).slice(0, 12)}`;
}

export function mappingKey(tenant: string, kind: 'property' | 'unit', connection: string, entity: string): string {
  return `${tenant}.map.${connection}.${kind}.${encodeToken(entity)}`;
}

export function unitKey(tenant: string, id: string): string {
  return `${tenant}.unit.${id}`;
}

export function unitTypeKey(tenant: string, id: string): string {
  return `${tenant}.type.${id}`;
}

/** The id of a provider's unit type while it is several doors; no unit's id begins like it. */
export function unitTypeId(connection: string, entity: string): string {
  return `t-${contentHash(['unit-type', connection, entity]).slice(0, 12)}`;
}

export const isUnitTypeId = (id: string): boolean => id.startsWith('t-');

const reviewed = {
  conflict: conflictId,
  place: placeId,
  /** {@link sidesHash} of the sides that were looked at. */
  sides: z.string().regex(/^[0-9a-f]{64}$/),
  by: z.string().max(200),
  at: z.iso.datetime(),
  reason: z.string().min(1).max(1000),
};

/**
 * What somebody decided about a conflict (KV `catalog`, key `<tenant>.review.<place>.<id>`). That it is none, or which side counts,
 * holds until a side changes; `reread` decides nothing: it is a wish to know what the providers say now.
 */
export const review = z.discriminatedUnion('choice', [
  z.strictObject({ ...reviewed, choice: z.literal('dismissed') }),
  z.strictObject({ ...reviewed, choice: z.literal('chosen'), chosen: sideId }),
  z.strictObject({ ...reviewed, choice: z.literal('reread') }),
]);
export type Review = z.infer<typeof review>;

export function reviewKey(tenant: string, place: string, conflict: string): string {
  return `${tenant}.review.${place}.${conflict}`;
}

/** What is left of a tenant that was erased: the body of its key's deletion in KV `tenants`. None of it is the tenant's own. */
export const erasedTenant = z.strictObject({
  /** `begun`: some of it may still be there; whoever erases it again goes on. */
  erased: z.enum(['begun', 'ended']),
  /** Whose entries, and secrets, went with it. */
  connections: z.array(connectionId),
  by: z.string().max(200),
  reason: z.string().min(1).max(1000),
  at: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
});
export type ErasedTenant = z.infer<typeof erasedTenant>;

/** Asks the registry to empty its memory of a tenant that is being erased (KV `catalog`, key `<tenant>.erasure`). */
export const erasure = z.strictObject({
  /** Another one with each asking. */
  ask: z.uuid(),
  /** Keys that were removed on this asking; null while nobody has answered. 0: nothing was left. */
  removed: z.int().min(0).nullable(),
});
export type Erasure = z.infer<typeof erasure>;

export function erasureKey(tenant: string): string {
  return `${tenant}.erasure`;
}

/** Asks a registry to fill its memory of a tenant from STATE once more (KV `catalog`, key `<tenant>.rebuild`). */
export const rebuildWish = z.strictObject({
  /** Another one with each asking. */
  ask: z.uuid(),
  /** `begun`: one replica has declared the memory unknown; `done`: it is whole again. */
  state: z.enum(['asked', 'begun', 'done']),
});
export type RebuildWish = z.infer<typeof rebuildWish>;

export function rebuildKey(tenant: string): string {
  return `${tenant}.rebuild`;
}

/** Where the provider of a connection sends its webhooks. `base`: where a gateway is reached from outside. */
export function webhookUrl(base: string, { provider, id }: { provider: string; id: string }): string {
  return `${base.replace(/\/+$/, '')}/v1/webhooks/${provider}/${id}`;
}
