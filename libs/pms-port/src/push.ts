import type { AccountContext, RequestPlan } from './adapter.ts';
import type { PmsErrorCode } from './error.ts';

/** What Roomwire tells a provider. Each command says what shall be so, never a difference: sending it twice is sending it once. */
export type PushCommand =
  /** Nights of a unit type, local dates, both included. `available` null: leave it; `closed` null: leave it. */
  | { kind: 'availability'; unitType: string; from: string; until: string; available: number | null; closed: boolean | null }
  /** `amountMinor` of `currency`; `minimumStay` null: leave it. `ratePlan` null: the provider's own default. */
  | {
      kind: 'rate';
      unitType: string;
      ratePlan: string | null;
      from: string;
      until: string;
      price: { amountMinor: number; currency: string };
      minimumStay: number | null;
    }
  | { kind: 'message'; conversation: string; reservation: string | null; body: string }
  | { kind: 'unit-status'; unit: string; status: 'dirty' | 'cleaning' | 'clean' | 'inspected' }
  | { kind: 'task'; task: string; status: 'open' | 'in-progress' | 'done' | 'cancelled' };

export type PushKind = PushCommand['kind'];

export type Pushes = {
  kinds: readonly PushKind[];
  /**
   * The requests that carry the commands (one connection's, of one kind), in the order of sending, as few as the provider allows.
   * Must throw for a command that it cannot carry; {@link Pms} makes that a PmsError('invalid-request').
   */
  pushRequests(commands: readonly PushCommand[], account: AccountContext): PushPlan[];
  /**
   * What became of each command of the plan, in its order, from a 2xx answer. Must never take silence for success: what the answer
   * does not speak of is `unknown`.
   */
  pushed(plan: PushPlan, body: unknown): PushOutcome[];
};

export type PushPlan = RequestPlan & {
  /** Positions in `commands` of what it carries. */
  carries: readonly number[];
  /** Whether sending it once more is harmless; false: after a time-out somebody has to look first. */
  idempotent: boolean;
};

export type PushOutcome =
  | { kind: 'accepted' }
  /** The provider works on it; a webhook or a read of `job` tells the end. */
  | { kind: 'pending'; job: string }
  /** `detail` in the provider's words, without secrets. */
  | { kind: 'refused'; code: PmsErrorCode; detail: string }
  | { kind: 'unknown' };
