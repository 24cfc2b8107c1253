import type { Drain } from '@roomwire/events';
import { age } from './table.ts';

/** Where the reading of a list stands, for a glance. `now` in epoch ms. */
export function readingText({ lane, round, last, dueAt }: Drain, now: number): string {
  if (round) return underWay(round, now);
  if (!last) return dueAt === null ? 'never' : `begins in ${age(now, dueAt)}`;
  const next = dueAt === null ? '' : `, again in ${age(now, dueAt)}`;
  if (last.problem !== null) return `failed ${age(last.endedAt, now)} ago on page ${last.pages + 1}: ${last.problem}${next}`;
  const found = `${last.items} items on ${last.pages} ${last.pages === 1 ? 'page' : 'pages'}, ${age(last.endedAt, now)} ago`;
  return `${lane === 'backfill' ? 'done: ' : ''}${found}${next}`;
}

function underWay({ page, items, total, startedAt }: NonNullable<Drain['round']>, now: number): string {
  const perSecond = items / Math.max(1, (now - startedAt) / 1000);
  const rate = items === 0 ? '' : `, ${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;
  const left = total === null || items === 0 ? '' : `, about ${age(0, (Math.max(0, total - items) / perSecond) * 1000)} left`;
  return `page ${page + 1}, ${items}${total === null ? '' : ` of about ${total}`} items${rate}${left}`;
}
