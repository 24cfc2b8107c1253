import type { Reconciling } from '@roomwire/events';
import { ok, warning, type Finding } from './finding.ts';
import { age } from './table.ts';

/** How far what a provider lists is compared with what is known, for a glance. `now` in epoch ms. */
export function comparingText({ pass, last, open }: Reconciling, now: number): string {
  const oldest = Math.min(...open.map(({ foundAt }) => foundAt));
  const differ = open.length === 0 ? '' : `, ${open.length} differ, for ${age(oldest, now)}`;
  if (pass) return `${pass.list === null ? 'what no list told' : `page ${pass.page + 1}, ${pass.items} items`}${differ}`;
  if (!last) return `begins${differ}`;
  const found = Object.values(last.found).reduce((sum, count) => sum + count, 0);
  return `${last.items} items, ${last.calls} calls, ${found} found, ${age(last.endedAt, now)} ago${differ}`;
}

/** None where nobody compares yet: what was never read whole cannot be. */
export function comparingFindings(held: Reconciling | null, now: number): Finding[] {
  if (!held) return [];
  const text = comparingText(held, now);
  if (held.late === null) return [ok('compared', text)];
  if (held.late === 'repaired')
    return [
      warning('compared', text, 'it is read again by itself; where the provider went back in time: roomwire registry reset'),
    ];
  return [warning('compared', `${text}; not all within its bound`, 'more of the calls: RECONCILE_SHARE, or a longer bound')];
}
