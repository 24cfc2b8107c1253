/** What a provider's headers say of the scope that it counts our calls in. Absent: not said. */
export type Usage = {
  /** The price of this call, credits. */
  cost?: number;
  /** Calls or credits that are left in the provider's present window. Others may spend of it too. */
  remaining?: number;
  /** Until that window is over, ms. */
  resetsInMs?: number;
  /** A pause that the provider asks for in words of its own; `Retry-After` is read for all. */
  retryAfterMs?: number;
};

/** A header that holds one number, none of it below zero; undefined where it is missing or says something else. */
export function headerNumber(text: string | null): number | undefined {
  const number = text !== null && /^\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : undefined;
}
