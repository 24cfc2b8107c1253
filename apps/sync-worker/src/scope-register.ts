import { randomUUID } from 'node:crypto';
import { BusError, type Bus } from '@roomwire/jetstream';
import type { FirstUse } from '@roomwire/rate';

/**
 * KV bucket `sync`, key `permit.<scope>`: there since the scope's first permit. What Redis does not know and this does was lost.
 * True exactly once for each scope, whoever asks. @throws {BusError} `unavailable`
 */
export function scopeRegister(bus: Pick<Bus, 'publish'>): FirstUse {
  return async (scope) => {
    try {
      await bus.publish(`$KV.sync.permit.${scope}`, {}, { id: `permit:${randomUUID()}`, expectLast: 0 });
      return true;
    } catch (error) {
      if (error instanceof BusError && error.code === 'conflict') return false;
      throw error;
    }
  };
}
