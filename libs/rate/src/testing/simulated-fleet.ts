import type { Lane } from '../core/lanes.ts';
import type { PermitStore } from '../permit-store.ts';
import type { Scope } from '../permits.ts';
import { StrictCounter } from './strict-counter.ts';
import { US, type Clock } from './redis-world.ts';

export type Load = {
  tenant: string;
  lane: Lane;
  /** So many ask at once, each for the next of a backlog that never ends. */
  askers?: number;
  /** Or: one comes each so often, ms, whatever becomes of those before. */
  everyMs?: number;
  scopes: readonly Scope[];
};

export type Grant = { tenant: string; lane: Lane; atMs: number; waitMs: number };

const PATIENCE_MS = 3_000;
/** A call that is granted takes so long. */
export const CALL_MS = 200;
/** Who was told to come comes a little late. */
const LATE_MS = 3;

/** Workers on the clock of the spec and the real scripts: every wait is waited, every call answered, in the order of the instants. */
export class SimulatedFleet {
  readonly grants: Grant[] = [];
  readonly counter: StrictCounter;
  asked = 0;
  private readonly due: { us: number; run: () => Promise<void> }[] = [];
  private jobs = 0;
  private seed = 1;

  constructor(
    private readonly permits: PermitStore,
    private readonly clock: Clock,
    windowMs: number,
  ) {
    this.counter = new StrictCounter(windowMs * US);
  }

  async run(loads: readonly Load[], forMs: number): Promise<this> {
    const start = this.clock.us;
    for (const load of loads) {
      for (let n = 0; n < (load.askers ?? 0); n++) this.at(start + n * US, () => this.next(load));
      if (load.everyMs)
        for (let ms = load.everyMs * this.random(); ms < forMs; ms += -load.everyMs * Math.log(1 - this.random()))
          this.at(start + Math.floor(ms * US), () => this.ask(load, this.clock.us));
    }
    while (this.due.length > 0) {
      const { us, run } = this.due.shift()!;
      if (us > start + forMs * US) break;
      this.clock.us = us;
      await run();
    }
    return this;
  }

  waits(of: Partial<Pick<Grant, 'tenant' | 'lane'>>): Float64Array {
    const chosen = this.grants.filter((grant) => Object.entries(of).every(([name, value]) => grant[name as 'lane'] === value));
    return Float64Array.from(chosen, ({ waitMs }) => waitMs);
  }

  private next(load: Load): Promise<void> {
    return this.ask(load, this.clock.us, () => this.next(load));
  }

  private async ask(load: Load, since: number, then?: () => Promise<void>, job = `job-${++this.jobs}`): Promise<void> {
    this.asked++;
    const { tenant, lane, scopes } = load;
    const connection = `c-${tenant}-${lane}`;
    const answer = await this.permits.acquire({
      ...{ provider: 'p', connection, tenant, lane, operation: 'read', job, place: job, patienceMs: PATIENCE_MS, scopes },
    });
    if (answer.kind === 'wait') {
      // Longer waits go by the transport, which is not so punctual.
      const late = answer.ms > PATIENCE_MS ? 500 * this.random() : LATE_MS * this.random();
      return this.at(this.clock.us + Math.ceil((answer.ms + late) * US), () => this.ask(load, since, then, job));
    }
    this.grants.push({ tenant, lane, atMs: this.clock.us / US, waitMs: (this.clock.us - since) / US });
    this.counter.arrived(this.clock.us + (CALL_MS / 2) * US);
    this.at(this.clock.us + CALL_MS * US, async () => {
      await answer.permit.release();
      await then?.();
    });
  }

  private at(us: number, run: () => Promise<void>): void {
    let place = this.due.length;
    while (place > 0 && this.due[place - 1]!.us > us) place--;
    this.due.splice(place, 0, { us, run });
  }

  /** The same numbers in every run (a linear congruence is good enough here). */
  private random(): number {
    this.seed = (this.seed * 48_271) % 2_147_483_647;
    return this.seed / 2_147_483_647;
  }
}
