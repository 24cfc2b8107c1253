import { createHash, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest, WebhookSecret } from './adapter.ts';

/**
 * Whether two secrets are equal, in a time that tells nothing of either: hashing first makes the lengths equal, so that not even
 * the length shows.
 */
export function sameSecret(a: string | Uint8Array, b: string | Uint8Array): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

/** JSON in UTF-8, or undefined for anything else. JSON has no undefined, so no value is mistaken for a failure. */
export function parseJson(bytes: Uint8Array | string): unknown {
  try {
    return JSON.parse(typeof bytes === 'string' ? bytes : new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** Whether a text is one of the keys, for senders that can do no more than repeat a secret; in a time that tells nothing of it. */
export function provesKey(told: string | undefined, secrets: readonly WebhookSecret[]): boolean {
  const matches = secrets.map((secret) => 'key' in secret && sameSecret(told ?? '', secret.key));
  return !!told && matches.includes(true);
}

/** Whether a header of a login's name has its password: for senders that can be given a header and no more. */
export function provesHeader(headers: WebhookRequest['headers'], secrets: readonly WebhookSecret[]): boolean {
  const matches = secrets.map((secret) => {
    const told = 'login' in secret ? headers[secret.login.toLowerCase()] : undefined;
    return 'login' in secret && sameSecret(told ?? '', secret.password) && !!told;
  });
  return matches.includes(true);
}

/** Whether an `Authorization` header is HTTP Basic with one of the logins; the time it takes tells neither which nor how nearly. */
export function provesLogin(authorization: string | undefined, secrets: readonly WebhookSecret[]): boolean {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization ?? '') ?? [];
  const told = Buffer.from(encoded ?? '', 'base64');
  const matches = secrets.map((secret) => 'login' in secret && sameSecret(told, `${secret.login}:${secret.password}`));
  return encoded !== undefined && matches.includes(true);
}
