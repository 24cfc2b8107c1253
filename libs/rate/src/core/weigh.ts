import type { Scope, Usage } from '../permits.ts';

/** A credit in the scripts' integers. */
const MILLI = 1_000;
const US = 1_000;
/** The instants that headers tell are of whole seconds, µs; less where windows are short. */
const MARGIN_US_MAX = 1_000_000;
/** A price is remembered for so many windows after it was last seen. */
const REMEMBERED_WINDOWS = 12;

/** A bucket in the scripts' units: calls or thousandths of a credit, µs. `headroom` is a share of the limit. */
export function weighed({ limit, windowMs, costs }: Scope, headroom: number) {
  const unit = costs === undefined ? 1 : MILLI;
  const whole = Math.floor(limit * unit);
  return {
    ...{ limit: whole, window: windowMs * US, headroom: Math.floor(whole * headroom) },
    ...{ cost: Math.ceil((costs ?? 1) * unit), weighted: costs !== undefined },
  };
}

/** What is said of a bucket when its call has its answer. `reserved` in the scripts' units. */
export function paid(scope: Scope, reserved: number, usage: Usage | undefined) {
  const unit = scope.costs === undefined ? 1 : MILLI;
  const said = scope.told ? usage : undefined;
  return {
    ...{ window: scope.windowMs * US, lasting: scope.lasting, cost: reserved },
    ...(said?.cost !== undefined && unit === MILLI ? { paid: Math.max(0, Math.ceil(said.cost * unit)) } : {}),
    ...(said?.remaining === undefined ? {} : { left: Math.floor(said.remaining * unit) }),
    ...(said?.resetsInMs === undefined ? {} : { resets: Math.ceil(said.resetsInMs * US) }),
    ...{ remember: scope.windowMs * REMEMBERED_WINDOWS, margin: Math.min(MARGIN_US_MAX, (scope.windowMs * US) / 50) },
  };
}
