import { Problem } from '@roomwire/chassis';
import { isAmbiguous, isGone, type Place, type Tenant } from '@roomwire/events';
import { recordName, type RecordName, type RecordStore } from '../record-store.ts';
import type { RecordAnswer } from './core/answers.ts';
import { cursorOf, placeIn } from './core/cursor.ts';
import type { Answer, Asked, OPERATIONS } from './core/operations.ts';
import { fits } from './core/reservation-filter.ts';

type Operations = typeof OPERATIONS;

/** Records that one request may look at, whatever it filters by: the next carries on where it ended. Some 2 KB each. */
const SCANNED_MAX = 1_000;
/** Read from Redis at a time: parsing more in one go would hold up the events of the same process. */
const CHUNK = 100;
/** What is held of entities. */
export class RecordLists {
  constructor(private readonly records: RecordStore) {}

  async reservations(
    { id: tenant }: Tenant,
    { limit, cursor, connection, ...filter }: Asked<Operations['reservations']>,
  ): Promise<Answer<Operations['reservations']>> {
    const items: RecordAnswer[] = [];
    let after = cursor && placeIn('reservations', cursor);
    for (let scanned = 0; scanned < SCANNED_MAX; scanned += CHUNK) {
      const names = await this.records.names(tenant, 'reservation', { connection, after }, CHUNK);
      const held = await Promise.all(names.map((name) => this.records.readAnyway(tenant, name)));
      for (const [index, stored] of held.entries()) {
        if (stored && fits(filter, stored.record, stored.place)) items.push(answerOf(stored));
        const isLast = index === names.length - 1 && names.length < CHUNK;
        if (items.length === limit) return { items, next: isLast ? null : cursorOf('reservations', names[index]!) };
      }
      if (names.length < CHUNK) return { items, next: null };
      after = names.at(-1);
    }
    return { items, next: cursorOf('reservations', after!) };
  }

  async record({ id: tenant }: Tenant, asked: Asked<Operations['record']>): Promise<RecordAnswer> {
    const stored = await this.records.readAnyway(tenant, recordName(asked));
    if (!stored) throw unknown(asked);
    return answerOf(stored);
  }
}

export function answerOf({
  record,
  revision,
  place,
}: {
  record: RecordAnswer['record'];
  revision: number;
  place: Place;
}): RecordAnswer {
  const { property, units } = place;
  return { record, ambiguous: isAmbiguous(record), gone: isGone(record), revision, property, units };
}

export function unknown({ kind, connection, entity }: RecordName): Problem {
  return new Problem(404, 'not-found', `nothing is known of ${kind} "${entity}" of connection "${connection}"`);
}
