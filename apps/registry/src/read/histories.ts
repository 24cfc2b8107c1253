import { Problem } from '@roomwire/chassis';
import {
  conflictChange,
  recordChange,
  roomChange,
  subjectOf,
  type Change,
  type ConflictChange,
  type RecordChange,
  type RoomChange,
  type Subject,
  type Tenant,
} from '@roomwire/events';
import { streamOf, type Bus } from '@roomwire/jetstream';
import type { Catalogue } from '../catalogue.ts';
import type { ConflictStore } from '../conflict-store.ts';
import { conflictSubject } from '../conflict-teller.ts';
import type { RecordName } from '../record-store.ts';
import { noConflict } from './conflict-lists.ts';
import type { Heard, PastRecord } from './core/answers.ts';
import { facesOfRecord, facesOfRoom, withChanges } from './core/changed.ts';
import type { Answer, Asked, OPERATIONS } from './core/operations.ts';
import { answerOf, unknown } from './record-lists.ts';

type Operations = typeof OPERATIONS;

/** More than STATE keeps of a subject in any setting; a subject that changes faster than it is read must not be read for ever. */
const HISTORY_MAX = 256;

/** What readers were told of one thing, as far back as STATE keeps it. */
export class Histories {
  constructor(
    private readonly bus: Bus,
    private readonly catalogue: Pick<Catalogue, 'unit'>,
    private readonly conflicts: ConflictStore,
  ) {}

  async ofRecord({ id: tenant }: Tenant, asked: RecordName): Promise<Answer<Operations['history']>> {
    const { kind, connection, entity } = asked;
    const told = await this.told({ tenant, family: 'change', kind, scope: connection, entity });
    if (told.length === 0) throw unknown(asked);
    const past = told.map((body) => {
      const heard = recordChange.parse(body) as RecordChange;
      const { data, revision } = heard;
      const item = { ...heardOf(heard), ...answerOf({ record: data.record, revision, place: data }) };
      return { item, faces: facesOfRecord(data.record) };
    });
    return { items: withChanges(past) satisfies PastRecord[] };
  }

  async ofRoom({ id: tenant }: Tenant, { unit }: Asked<Operations['roomHistory']>): Promise<Answer<Operations['roomHistory']>> {
    const scope = this.catalogue.unit(tenant, unit)?.property;
    const told = scope === undefined ? [] : await this.told({ tenant, family: 'change', kind: 'room', scope, entity: unit });
    if (told.length === 0) throw new Problem(404, 'not-found', `no room "${unit}": GET /v1/rooms lists those that there are`);
    const past = told.map((body) => roomChange.parse(body));
    return { items: withChanges(past.map((heard) => ({ item: derivedOf(heard), faces: facesOfRoom(heard.data) }))) };
  }

  async ofConflict(
    { id: tenant }: Tenant,
    { conflict }: Asked<Operations['conflictHistory']>,
  ): Promise<Answer<Operations['conflictHistory']>> {
    const [held] = await this.conflicts.held(tenant, [conflict]);
    const told = held ? await this.told(conflictSubject(tenant, held.state)) : [];
    if (told.length === 0) throw noConflict(conflict);
    const past = told.map((body) => conflictChange.parse(body));
    return { items: withChanges(past.map((heard) => ({ item: derivedOf(heard), faces: heard.data }))) };
  }

  /** Oldest first, from the leader: a follower may not know yet what the thing's own answer shows. */
  private async told(subject: Subject): Promise<unknown[]> {
    const [stream, text] = [streamOf('STATE', subject.tenant), subjectOf(subject)];
    const found: unknown[] = [];
    for (let seq = 1; found.length < HISTORY_MAX;) {
      const next = await this.bus.nextOn(stream, text, seq);
      if (!next) break;
      found.push(JSON.parse(new TextDecoder().decode(next.data)));
      seq = next.seq + 1;
    }
    return found;
  }
}

function derivedOf<C extends RoomChange | ConflictChange>(change: C): Omit<Heard, 'changed'> & { revision: number } & C['data'] {
  return { ...heardOf(change), revision: change.revision, ...change.data };
}

function heardOf({ type, time, receivedat, receipt }: Change): Omit<Heard, 'changed'> {
  return { type, time, receivedAt: receivedat, ...(receipt === undefined ? {} : { receipt }) };
}
