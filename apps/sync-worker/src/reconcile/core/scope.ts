import {
  contentOf,
  type EntityRecord,
  type Kind,
  type MessageCore,
  type ReservationCore,
  type TaskCore,
  type TicketCore,
} from '@roomwire/events';
import type { Nights } from '../../core/nights.ts';

const DAY_MS = 86_400_000;

/**
 * Whether its nights lie wholly outside of those that matter, which lists may leave out and nobody compares. Nobody says in which zone a
 * list's days are: a day on either side is not asked about.
 */
export function isOutside(record: EntityRecord, nights: Nights): boolean {
  const first = Date.parse(nights.from) + DAY_MS;
  const last = Date.parse(nights.until) - DAY_MS;
  const { from, until } = spanOf(record);
  return until <= first || from >= last;
}

/** Whether a list that leaves it out says nothing by that: stays that were cancelled, and work that is done, some hide unasked. */
export function isOver(record: EntityRecord): boolean {
  const status = contentOf<{ status?: string }>(record, 'core')?.status ?? '';
  return record.kind === 'unit-status' ? false : ['cancelled', 'done', 'closed'].includes(status);
}

/** Kinds of which a list that has left one out is believed to have meant it; of a calendar's months its unit type says as much. */
export function isTracked(kind: Kind, reads: readonly Kind[]): boolean {
  return reads.includes(kind) && kind !== 'availability' && kind !== 'rate';
}

/** Epoch ms; what does not say when it is, is always. */
function spanOf(record: EntityRecord): { from: number; until: number } {
  const always = { from: -Infinity, until: Infinity };
  if (!record.facets['core']) return always;
  switch (record.kind) {
    case 'reservation': {
      const { arrival, departure } = contentOf<ReservationCore>(record, 'core')!;
      return { from: Date.parse(arrival), until: Date.parse(departure) };
    }
    case 'message':
      return at(contentOf<MessageCore>(record, 'core')!.sentAt);
    case 'task':
      return at(contentOf<TaskCore>(record, 'core')!.due);
    case 'ticket': {
      const { from, until } = contentOf<TicketCore>(record, 'core')!;
      return { from: from ? Date.parse(from) : -Infinity, until: until ? Date.parse(until) : Infinity };
    }
    default:
      return always;
  }
}

function at(instant: string | null): { from: number; until: number } {
  return instant === null ? { from: -Infinity, until: Infinity } : { from: Date.parse(instant), until: Date.parse(instant) };
}
