import { randomUUID } from 'node:crypto';
import { BusError, type Bus } from './bus.ts';

/**
 * KV bucket `sync`, key `permit.<scope>`: there since the scope's first permit. What Redis does not know and this does was lost.
 * True exactly once for each scope, whoever asks. @throws {BusError} `unavailable`
 */
export function scopeRegister(bus: Pick<Bus, 'publish'>): (scope: string) => Promise<boolean> {
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
