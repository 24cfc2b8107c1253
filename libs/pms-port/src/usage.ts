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
