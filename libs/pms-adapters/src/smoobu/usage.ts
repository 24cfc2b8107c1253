import { headerNumber, type Usage } from '@roomwire/pms-port';

/** The documented window: no pause is longer. */
const WINDOW_MS = 60_000;
/** Seconds above this are an instant of the epoch's: the two clients that are known read them so. */
const EPOCH_FROM = 1_000_000_000;

/** When the window ends is told in one of two headers, as seconds or as an instant, which is compared with the provider's own clock. */
export function readUsage(header: (name: string) => string | null): Usage {
  const remaining = headerNumber(header('x-ratelimit-remaining'));
  const until = headerNumber(header('x-ratelimit-retry-after')) ?? headerNumber(header('x-ratelimit-reset'));
  const ms = until === undefined ? undefined : pauseOf(until, Date.parse(header('date') ?? ''));
  return {
    ...(remaining === undefined ? {} : { remaining }),
    // While something is left it is no pause that is asked for.
    ...(ms === undefined ? {} : remaining ? { resetsInMs: ms } : { retryAfterMs: ms }),
  };
}

function pauseOf(seconds: number, providerDate: number): number {
  if (seconds < EPOCH_FROM) return Math.min(seconds * 1_000, WINDOW_MS);
  return Number.isNaN(providerDate) ? WINDOW_MS : Math.min(Math.max(0, seconds * 1_000 - providerDate), WINDOW_MS);
}
