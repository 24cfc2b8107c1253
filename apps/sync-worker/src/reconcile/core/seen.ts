import { contentHash, type Kind } from '@roomwire/events';

/** Of ten thousand million pairs of entities no two are likely to have the same. */
const DIGITS = 12;

/** So little of each entity's name that a page's are a line, and all of a pass fit in memory. */
export function markOf(kind: Kind, entity: string): string {
  return contentHash([kind, entity]).slice(0, DIGITS);
}

export function marksOf(text: string): string[] {
  return text.match(new RegExp(`.{${DIGITS}}`, 'g')) ?? [];
}
