import { createHash, timingSafeEqual } from 'node:crypto';

/** `rw_<tenant>_<43 base64url characters>`: 256 random bits, so that a plain SHA-256 of it is safe to keep. */
const SHAPE = /^rw_([a-z0-9][a-z0-9-]{0,31})_[A-Za-z0-9_-]{43}$/;

export type ApiToken = { tenant: string; hash: string };

export function parseApiToken(token: string): ApiToken | undefined {
  const tenant = SHAPE.exec(token)?.[1];
  return tenant === undefined ? undefined : { tenant, hash: createHash('sha256').update(token).digest('hex') };
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
