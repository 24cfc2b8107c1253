import type { PushOrder } from '@roomwire/events';
import { fateOfHold, fateOfSaid, held, said, type Fate, type Standing } from './standing.ts';
import { saidOf, type Target } from './target.ts';

/** What an order makes of the standing of a target, and what has become of it there. */
export type Claim = { target: Target; change: (before: Standing) => Standing; fateIn: (standing: Standing) => Fate };

/** A message has no standing: it is sent, or not. */
export function claimsOf({ what, at, order }: PushOrder): Claim[] {
  if (what.kind === 'message') return [];
  if (what.kind === 'hold') {
    const { unitType, stay, n, spans } = what;
    return [
      {
        target: { kind: 'availability', unitType },
        change: (before) => held(before, stay, n, spans),
        fateIn: (standing) => fateOfHold(standing, stay, n),
      },
    ];
  }
  const stamp = { at, order };
  return saidOf(what).map(({ target, said: told }) => ({
    target,
    change: (before) => said(before, told, stamp),
    fateIn: (standing) => fateOfSaid(standing, told, stamp),
  }));
}
