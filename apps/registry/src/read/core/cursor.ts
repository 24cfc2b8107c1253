import { z } from 'zod';

const content = z.tuple([z.string(), z.string().min(1)]);

/**
 * Where a page ended: the list, and the last place of it that was looked at. It names a place in an order, not a page of a picture
 * that somebody would have to keep, so it is good for ever, and what does not change meanwhile is neither repeated nor left out.
 */
export function cursorOf(list: string, after: string): string {
  return Buffer.from(JSON.stringify([list, after])).toString('base64url');
}

/** The inverse of {@link cursorOf}; undefined where the text is no cursor of this list. */
export function placeIn(list: string, cursor: string): string | undefined {
  const parsed = content.safeParse(jsonOf(Buffer.from(cursor, 'base64url').toString()));
  if (!parsed.success || parsed.data[0] !== list || cursorOf(...parsed.data) !== cursor) return undefined;
  return parsed.data[1];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
