import { z } from 'zod';

/** Longest id of a provider's entity, in UTF-8 bytes. A subject carries at most two of them, far below the broker's 4 KB line. */
export const ENTITY_ID_BYTES_MAX = 128;
export const CURSOR_BYTES_MAX = 512;

/** UTF-8 length without an encoder: the core has no I/O types, and code points are all that is needed. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** A tenant's id is part of stream names, where dots, spaces and wildcards are illegal. */
export const tenantId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'expected a slug of at most 32 of a-z, 0-9 and -');

/** A connection's id is unique in the whole installation: webhook addresses carry no tenant. */
export const connectionId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'expected a slug of at most 48 of a-z, 0-9 and -');

/** Roomwire's own ids of properties, unit types and units. */
export const catalogId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'expected a slug of at most 64 of a-z, 0-9 and -');

/** Of a conflict; {@link conflictIdOf} makes it. */
export const conflictId = z.string().regex(/^c-[0-9a-f]{12}$/, 'expected the id of a conflict, like c-0123456789ab');

/** What conflicts are derived for: a unit, or a shelf (records that together say something of more than one room). No dot: it is a token. */
export const placeId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,95}$/, 'expected the id of a unit or of a shelf');

/** A provider's id of an entity: any text without lone surrogates (they have no UTF-8 form, so no subject). */
export const entityId = z
  .string()
  .min(1, 'expected an id, got an empty string')
  .refine((id) => id.isWellFormed(), 'expected well-formed Unicode')
  .refine((id) => utf8Bytes(id) <= ENTITY_ID_BYTES_MAX, `expected at most ${ENTITY_ID_BYTES_MAX} bytes of UTF-8`);

/** Names one HTTP request or one page for good; given to the provider and found again in outcomes and dead letters. */
export const receiptId = z.string().regex(/^[A-Za-z0-9-]{8,64}$/, 'expected a receipt');

/** Where a read goes on, in an adapter's own words. */
export const readCursor = z
  .string()
  .min(1, 'expected a cursor, got an empty string')
  .refine((cursor) => utf8Bytes(cursor) <= CURSOR_BYTES_MAX, `expected at most ${CURSOR_BYTES_MAX} bytes of UTF-8`);

export const providerId = z.enum(['hostaway', 'beds24', 'smoobu', 'cloudbeds', 'mews', 'internal', 'memory']);
export type ProviderId = z.infer<typeof providerId>;
