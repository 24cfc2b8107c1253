import type { ReadJob } from '@roomwire/pms-port';
import { wireEntity, wireMessages } from './wire.ts';

/** Of one conversation, looked through from its end: a page costs a call. */
const PAGES_READ_MAX = 20;

/** Where a read of a message goes on that is not on this page of its conversation. */
export function readOn({ kind, entities: [entity = ''], cursor = '1' }: ReadJob, answer: unknown): string | undefined {
  const parsed = wireMessages.safeParse(answer);
  if (kind !== 'message' || !parsed.success || indexOf(entity, parsed.data.messages) >= 0) return undefined;
  return pageAfter(Number(cursor), parsed.data.page_count)?.toString();
}

/** Of the message that the entity names; -1: it is not among them. */
export function indexOf(entity: string, messages: readonly unknown[]): number {
  const [, message] = entity.split('/');
  return messages.findIndex((each) => wireEntity.safeParse(each).data?.id === message);
}

/** Whether all pages have been looked through where this one ends a read. */
export function isWhole(page: number, pages: number): boolean {
  return page === 1 ? pages <= 1 : page === 2;
}

/**
 * Whether the newest come first nobody says: after the first page the last, and then backwards, so that either way a new one is found
 * soon. The number falls from then on, whatever the provider answers, and ends.
 */
function pageAfter(page: number, pages: number): number | undefined {
  if (page === 1) return pages > 1 ? pages : undefined;
  return page > 2 && page > pages - PAGES_READ_MAX ? page - 1 : undefined;
}
