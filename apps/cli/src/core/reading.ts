import { progressOf, type Drain } from '@roomwire/events';
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

function underWay(round: NonNullable<Drain['round']>, now: number): string {
  const { pages, pagesAbout, items, itemsAbout, itemsPerSecond, secondsLeft } = progressOf(round, now);
  const rate = items === 0 ? '' : `, ${itemsPerSecond < 10 ? itemsPerSecond.toFixed(1) : Math.round(itemsPerSecond)}/s`;
  const left = secondsLeft === null ? '' : `, about ${age(0, secondsLeft * 1_000)} left`;
  const page = `page ${pages + 1}${pagesAbout === null ? '' : ` of about ${pagesAbout}`}`;
  return `${page}, ${items}${itemsAbout === null ? '' : ` of about ${itemsAbout}`} items${rate}${left}`;
}
