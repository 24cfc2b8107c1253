import type { Redis } from 'ioredis';
import { PermitStore, type FirstUse } from '../permit-store.ts';
import type { Permit, PermitAnswer } from '../permits.ts';

export const US = 1_000;
export const START_US = 1_800_000_000_000_000;

/** As the durable register does: true once for each scope, whatever happens to Redis. */
export function register(): FirstUse {
  const known = new Set<string>();
  return async (scope) => !known.has(scope) && known.add(scope).has(scope);
}

/** `us`: the time that passes, for everybody. `skewUs`: how far Redis' clock is from it. */
export type Clock = { us: number; skewUs: number };

/** Stores on a real Redis whose clock the spec moves. */
export function worlds(redis: Redis, firstUse: FirstUse = register()) {
  const clock: Clock = { us: START_US, skewUs: 0 };
  const store = (): PermitStore =>
    new PermitStore(redis, {
      ...{ firstUse, redisNow: () => clock.us + clock.skewUs, elapsed: () => clock.us / US, pause: async () => undefined },
    });
  return { clock, store, permits: store() };
}

export function granted(answer: PermitAnswer): Permit {
  if (answer.kind !== 'granted') throw new Error(`not granted: wait ${answer.ms} ms`);
  return answer.permit;
}
