import { Problem } from '@roomwire/chassis';
import { isAmbiguous, isGone, recordChange, subjectOf, type Place, type RecordChange, type Tenant } from '@roomwire/events';
import { streamOf, type Bus, type StoredMessage } from '@roomwire/jetstream';
import { recordName, type RecordStore } from '../record-store.ts';
import type { PastRecord, RecordAnswer } from './core/answers.ts';
import { cursorOf, placeIn } from './core/cursor.ts';
import type { Answer, Asked, OPERATIONS } from './core/operations.ts';
import { fits } from './core/reservation-filter.ts';

type Operations = typeof OPERATIONS;

/** Records that one request may look at, whatever it filters by: the next carries on where it ended. Some 2 KB each. */
const SCANNED_MAX = 1_000;
/** Read from Redis at a time: parsing more in one go would hold up the events of the same process. */
const CHUNK = 100;
/** More than STATE keeps of a subject in any setting; a subject that changes faster than it is read must not be read for ever. */
const HISTORY_MAX = 256;

/** What is held of entities, and what readers were told of them. */
export class RecordLists {
  constructor(
    private readonly bus: Bus,
    private readonly records: RecordStore,
  ) {}

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

  async history({ id: tenant }: Tenant, asked: Asked<Operations['history']>): Promise<Answer<Operations['history']>> {
    const { kind, connection, entity } = asked;
    const messages = await this.told(tenant, subjectOf({ tenant, family: 'change', kind, scope: connection, entity }));
    if (messages.length === 0) throw unknown(asked);
    return { items: messages.map(pastOf).reverse() };
  }

  /** Oldest first, from the leader: a follower may not know yet what the record's own answer shows. */
  private async told(tenant: string, subject: string): Promise<StoredMessage[]> {
    const found: StoredMessage[] = [];
    while (found.length < HISTORY_MAX) {
      const next = await this.bus.nextOn(streamOf('STATE', tenant), subject, (found.at(-1)?.seq ?? 0) + 1);
      if (!next) break;
      found.push(next);
    }
    return found;
  }
}

function answerOf({ record, revision, place }: { record: RecordAnswer['record']; revision: number; place: Place }): RecordAnswer {
  const { property, units } = place;
  return { record, ambiguous: isAmbiguous(record), gone: isGone(record), revision, property, units };
}

function pastOf({ data }: StoredMessage): PastRecord {
  const change = recordChange.parse(JSON.parse(new TextDecoder().decode(data))) as RecordChange;
  const { type, time, receivedat, receipt, revision } = change;
  const heard = { type, time, receivedAt: receivedat, ...(receipt === undefined ? {} : { receipt }) };
  return { ...heard, ...answerOf({ record: change.data.record, revision, place: change.data }) };
}

function unknown({ kind, connection, entity }: Asked<Operations['record']>): Problem {
  return new Problem(404, 'not-found', `nothing is known of ${kind} "${entity}" of connection "${connection}"`);
}
