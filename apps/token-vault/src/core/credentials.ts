import type { Credentials } from '@roomwire/pms-port';

/** Before the name of a field: what a person put there, of a field that has rotated since. */
const PUT = 'put:';

/**
 * Credentials with what an answer brought. What was put is kept beside it: whoever puts the same again (a provisioning file that is
 * run twice) means no change, and must not bring back a refresh token that is long dead.
 */
export function rotated(credentials: Credentials, next: Credentials): Credentials {
  const put = Object.keys(next).map((field) => [PUT + field, credentials[PUT + field] ?? credentials[field] ?? ''] as const);
  return { ...credentials, ...Object.fromEntries(put), ...next };
}

/** Whether a person who puts `next` changes anything. */
export function isSameAsPut(held: Credentials, next: Credentials): boolean {
  const fields = Object.keys(held).filter((field) => !field.startsWith(PUT));
  const isSame = (field: string): boolean => (held[PUT + field] ?? held[field]) === next[field];
  return fields.length === Object.keys(next).length && fields.every(isSame);
}
