import { z } from 'zod';

const secret = z.union([z.strictObject({ login: z.string(), password: z.string() }), z.strictObject({ key: z.string() })]);
type Secret = z.infer<typeof secret>;

/** What is sealed: the current secret, and the one that it replaced until the provider has been told (epoch ms). */
export const webhookSecrets = z.strictObject({
  current: secret,
  previous: z.strictObject({ secret, until: z.int() }).optional(),
});
export type WebhookSecrets = z.infer<typeof webhookSecrets>;

/** Longest time for which a gateway may keep what it was told, ms. */
export const SECRETS_VALID_MS_MAX = 60_000;

/** Undefined: that is the current one already, and putting it twice must not push the previous one out. */
export function replaceSecret(
  held: WebhookSecrets | undefined,
  next: Secret,
  now: number,
  overlapMs: number,
): WebhookSecrets | undefined {
  if (!held) return { current: next };
  if (JSON.stringify(secret.parse(held.current)) === JSON.stringify(secret.parse(next))) return undefined;
  return { current: next, previous: { secret: held.current, until: now + overlapMs } };
}

export function secretsInForce({ current, previous }: WebhookSecrets, now: number): { secrets: Secret[]; validForMs: number } {
  if (!previous || previous.until <= now) return { secrets: [current], validForMs: SECRETS_VALID_MS_MAX };
  return { secrets: [current, previous.secret], validForMs: Math.min(SECRETS_VALID_MS_MAX, previous.until - now) };
}
