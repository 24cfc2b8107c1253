/** A pause longer than a day is a mistake of the provider's, or malice: nobody waits for it unseen. */
const PAUSE_MS_MAX = 86_400_000;

/**
 * `Retry-After` in milliseconds from `now` (epoch ms): seconds, or an HTTP date, which is compared with the provider's own clock
 * where it sent that. Undefined where there is none that can be read.
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, Math.ceil(ms)), PAUSE_MS_MAX);
}
