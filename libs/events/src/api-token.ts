import { createHash, timingSafeEqual } from 'node:crypto';

/** `rw_<tenant>_<43 base64url characters>`: 256 random bits, so that a plain SHA-256 of it is safe to keep. */
const SHAPE = /^rw_([a-z0-9][a-z0-9-]{0,31})_[A-Za-z0-9_-]{43}$/;

export type ApiToken = { tenant: string; hash: string };

/** What is kept of a token; the token itself is shown once. */
export function apiTokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** `random`: 32 bytes of somebody's cryptographic source. */
export function newApiToken(tenant: string, random: Uint8Array): string {
  return `rw_${tenant}_${Buffer.from(random).toString('base64url')}`;
}

export function parseApiToken(token: string): ApiToken | undefined {
  const tenant = SHAPE.exec(token)?.[1];
  return tenant === undefined ? undefined : { tenant, hash: apiTokenHash(token) };
}

/** Every hash is compared, each in constant time: the answer's time says nothing. */
export function isInForce(hash: string, hashes: readonly string[]): boolean {
  const given = Buffer.from(hash, 'hex');
  return hashes.map((known) => timingSafeEqual(given, Buffer.from(known, 'hex'))).includes(true);
}

/** Names a token in tickets, logs and metrics without being one. */
export function credentialOf(hash: string): string {
  return hash.slice(0, 16);
}

/** The token of an `Authorization` header; the scheme's case does not matter (RFC 9110). */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1];
}
