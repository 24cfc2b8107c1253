/** When a breaker opens, and for how long, ms. */
export type BreakerRules = { failuresMost: number; leastMs: number; mostMs: number };

/**
 * One account's, or one address' that many accounts are at. What is not known of is closed.
 * Closed: everybody calls. Open: nobody does before `until`. From then on half-open: one call goes, and the others wait for what becomes
 * of it.
 */
export type Breaker = {
  /** Who has failed since the last answer, each once. An account's breaker counts calls, an address' the accounts whose own is open. */
  failed: readonly string[];
  /** How often in a row it has opened; 0 = closed. */
  opened: number;
  /** Closed: when it failed last. */
  until: number;
  /** Half-open, and its one call is under way: `until` is when that is given up for lost. */
  probing: boolean;
};

/** Token, permit and call end within this, or their process has. */
const PROBE_MS = 60_000;
/** A breaker that nobody has asked for so long after its pause is forgotten: its connection may be gone, and a failure a day is no run. */
const FORGOTTEN_MS = 3_600_000;
/** Of each pause so much is chance: replicas that opened together must not ask together. */
const SPREAD = 0.25;

export const CLOSED: Breaker = { failed: [], opened: 0, until: 0, probing: false };

/** How long nobody may call, ms; 0 = go. While a probe is under way nobody knows: the least pause is worth another look. */
export function waitOf({ opened, until, probing }: Breaker, { leastMs }: BreakerRules, now: number): number {
  if (opened === 0) return 0;
  const left = Math.max(0, until - now);
  return probing ? Math.min(left, leastMs) : left;
}

/** Somebody goes: through a breaker that is not closed as its one probe. */
export function entered(breaker: Breaker, now: number): Breaker {
  return breaker.opened === 0 ? breaker : { ...breaker, until: now + PROBE_MS, probing: true };
}

/** The probe has told nothing (no permit, no token, a refusal): the next one goes. */
export function givenBack(breaker: Breaker, now: number): Breaker {
  return { ...breaker, until: now, probing: false };
}

/** Whoever was on the way when it opened tells nothing new. `random` in [0, 1). */
export function failedOnce(breaker: Breaker, by: string, rules: BreakerRules, now: number, random: number): Breaker {
  if (breaker.opened > 0 && !breaker.probing) return breaker;
  const failed = breaker.failed.includes(by) ? breaker.failed : [...breaker.failed, by];
  if (failed.length < rules.failuresMost) return { ...breaker, failed, until: now };
  const opened = breaker.opened + 1;
  return { failed, opened, until: now + pauseMs(opened, rules, random), probing: false };
}

/** Its neighbour at the same address was answered: it need not wait for the end of its own pause, nor all at the same instant. */
export function hastened(breaker: Breaker, { leastMs }: BreakerRules, now: number, random: number): Breaker {
  return breaker.probing ? breaker : { ...breaker, until: Math.min(breaker.until, now + leastMs * random) };
}

export function isForgotten({ until }: Breaker, now: number): boolean {
  return now - until > FORGOTTEN_MS;
}

/** Doubles from opening to opening, bounded. */
export function pauseMs(opened: number, { leastMs, mostMs }: BreakerRules, random: number): number {
  const plain = Math.min(mostMs, leastMs * 2 ** Math.min(opened - 1, 30));
  return Math.round(plain * (1 - SPREAD + 2 * SPREAD * random));
}
