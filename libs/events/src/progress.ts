import type { Drain } from './drain.ts';

type Round = NonNullable<Drain['round']>;

/** How far a round has come. What a provider does not count nobody can estimate: null. */
export type Progress = {
  pages: number;
  pagesAbout: number | null;
  items: number;
  itemsAbout: number | null;
  itemsPerSecond: number;
  secondsLeft: number | null;
};

export function progressOf({ page, items, total, startedAt }: Round, now: number): Progress {
  const perSecond = items / Math.max(1, (now - startedAt) / 1_000);
  // Pages differ in length, and what is added while they are read is not in the total: an estimate, and never behind itself.
  const about = total === null || items === 0 ? null : Math.max(total, items);
  return {
    ...{ pages: page, pagesAbout: about === null ? null : Math.ceil((about * page) / items) },
    ...{ items, itemsAbout: about, itemsPerSecond: Math.round(perSecond * 10) / 10 },
    secondsLeft: about === null ? null : Math.round((about - items) / perSecond),
  };
}

/** Part of it that is read, 0 to 1; 0 where nobody knows. */
export function readPart({ items, itemsAbout }: Pick<Progress, 'items' | 'itemsAbout'>): number {
  return itemsAbout === null ? 0 : items / itemsAbout;
}

const TENTHS = 10;

/** Which tenth a step has completed, 1 to 9; undefined: none, or one that was told already. */
export function tenthOf(before: Round, after: Round, now: number): number | undefined {
  const [was, is] = [before, after].map((round) => Math.floor(readPart(progressOf(round, now)) * TENTHS)) as [number, number];
  return is > was && is < TENTHS ? is : undefined;
}
