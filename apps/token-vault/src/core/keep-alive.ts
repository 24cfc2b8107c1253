import type { VaultEntry } from './entry.ts';

/** A refresh token is used when so much of its idle life is over, needed or not. */
const SHARE = 0.5;
/** And up to so much of that later: what was put on one day is not used on one day. */
const SPREAD = 0.1;
/** No timer is set for longer: theirs end at 24 days. */
const LOOK_MS_MAX = 86_400_000;

/** `idleLifeMs`: of the refresh token, where it has such an end. What has lapsed is kept alive by nobody. */
export function isIdle(entry: VaultEntry | undefined, idleLifeMs: number | undefined, now: number): boolean {
  const at = entry && idleFrom(entry, idleLifeMs);
  return at !== undefined && now >= at;
}

/** When to look whether it is, ms from now; undefined: never. `random` in [0, 1). */
export function idleAfterMs(entry: VaultEntry, idleLifeMs: number | undefined, now: number, random: number): number | undefined {
  const at = idleFrom(entry, idleLifeMs);
  if (at === undefined) return undefined;
  const spreadMs = (idleLifeMs ?? 0) * SHARE * SPREAD * random;
  return Math.min(Math.max(at, entry.coolUntil) - now + spreadMs, LOOK_MS_MAX);
}

/** An entry of before this was kept has been used when its token was granted, or nobody knows. */
function idleFrom({ credentials, state, usedAt, grantedAt }: VaultEntry, idleLifeMs: number | undefined): number | undefined {
  return credentials && state === 'active' && idleLifeMs ? Math.max(usedAt, grantedAt) + idleLifeMs * SHARE : undefined;
}
