import { Problem } from '@roomwire/chassis';
import { BusError } from '@roomwire/jetstream';
import type { EpochStore } from '../epoch-store.ts';
import type { Gate } from '../gate.ts';
import { isRedisAway } from '../redis-away.ts';
import { Rewound } from '../record-store.ts';

/** A rebuild of a small tenant takes less; of a large one a reader is told to come back. */
const WAIT_MS = 5_000;

/** Reads of a memory that is whole: while Redis is empty or set back nobody knows what there is not. */
export class Whole {
  constructor(
    private readonly gate: Pick<Gate, 'within'>,
    private readonly epochs: Pick<EpochStore, 'requireWhole'>,
    private readonly waitMs = WAIT_MS,
  ) {}

  /** @throws {Problem} 503 while the memory is rebuilt or a server is away, and what `work` throws */
  async read<T>(tenant: string, work: () => Promise<T>): Promise<T> {
    // Looked at after the work: a memory that was lost in the middle of it has its work done again.
    const done = this.gate.within(tenant, async () => {
      const found = await settled(work);
      await this.epochs.requireWhole(tenant);
      return found();
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(away('what is held of this tenant is being rebuilt')), this.waitMs);
    });
    try {
      return await Promise.race([done, late]);
    } catch (error) {
      if (error instanceof BusError || error instanceof Rewound || isRedisAway(error))
        throw away('a server behind this one is away');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** "There is none" is an answer of the memory too, and waits for the same proof. */
async function settled<T>(work: () => Promise<T>): Promise<() => T> {
  try {
    const found = await work();
    return () => found;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return () => {
      throw error;
    };
  }
}

function away(what: string): Problem {
  return new Problem(503, 'unavailable', `${what}: try again in a few seconds`, {}, { 'retry-after': '2' });
}
