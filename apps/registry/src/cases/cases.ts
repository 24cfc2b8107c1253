import type { Chapter } from './case.ts';
import { DOORS_AND_HOURS } from './doors-and-hours.ts';
import { STAYS } from './stays.ts';

/** docs/rooms.md, in its order. */
export const CHAPTERS: readonly Chapter[] = [...STAYS, ...DOORS_AND_HOURS];
