import {
  apply,
  canonicalJson,
  join,
  recordChangeId,
  recordChangeOf,
  subjectOf,
  type Cause,
  type EntityRecord,
  type RecordChange,
} from '@roomwire/events';
import { BusError, streamOf, type Bus } from '@roomwire/jetstream';
import { inAnnouncement } from './announce-span.ts';
import type { Catalogue } from './catalogue.ts';
import { union, type StoredRecord } from './core/decide.ts';
import { samePlace } from './core/move.ts';
import { standingOf, type Lookup } from './core/place.ts';
import { recordName, Rewound, type RecordStore } from './record-store.ts';

/**
 * Pays records' debts. Announcing is a debt of the record, not of the event: whoever sees it owed announces the record under its
 * revision by compare-and-set on its subject, so that of two replicas one is heard and the other learns of it.
 */
export class Announcer {
  constructor(
    private readonly bus: Bus,
    private readonly records: RecordStore,
    private readonly catalogue: Pick<Catalogue, 'lookup'>,
  ) {}

  /** Returns the revision that readers have heard of at least. */
  async announce(tenant: string, name: string, fallback: Cause): Promise<number> {
    for (let round = 0; round < 10; round++) {
      const stored = await this.records.read(tenant, name);
      if (!stored || stored.announced >= stored.revision) return stored?.announced ?? 0;
      const cause = (await this.records.causeOf(tenant, name)) ?? fallback;
      if (await this.publish(tenant, name, stored, cause)) return stored.revision;
    }
    throw new BusError('conflict', `${name}: another replica announced first, ten times over`);
  }

  /** The same for a record that was just written, without reading it again; falls back to {@link announce} on a conflict. */
  async announceWritten(tenant: string, name: string, stored: StoredRecord, cause: Cause): Promise<number> {
    return (await this.publish(tenant, name, stored, cause)) ? stored.revision : this.announce(tenant, name, cause);
  }

  private publish(tenant: string, name: string, stored: StoredRecord, cause: Cause): Promise<boolean> {
    return inAnnouncement(stored.record.kind, cause, stored.revision, () => this.publishOnce(tenant, name, stored, cause));
  }

  private async publishOnce(tenant: string, name: string, stored: StoredRecord, cause: Cause): Promise<boolean> {
    const { record, revision, place } = stored;
    const moved = stored.announcedPlace && JSON.stringify(stored.announcedPlace) !== JSON.stringify(place);
    const change = recordChangeOf(record, revision, place, cause, {
      confirmed: stored.confirmed,
      ...(moved ? { previous: stored.announcedPlace! } : {}),
    });
    const subject = changeSubject(tenant, record);
    try {
      const ack = await this.bus.publish(subject, change, {
        id: change.id,
        expectLast: stored.stateSeq,
        headers: headersOf(cause),
      });
      if (ack.duplicate) return await this.reconcile(tenant, name, subject, stored);
      await this.mark(tenant, name, change, ack.seq);
      return true;
    } catch (error) {
      if (!(error instanceof BusError) || error.code !== 'conflict') throw error;
      return this.reconcile(tenant, name, subject, stored);
    }
  }

  /** Somebody else wrote to the subject. Our own message: its PubAck was lost. Another: what it says is joined, and decided again. */
  private async reconcile(tenant: string, name: string, subject: string, stored: StoredRecord): Promise<boolean> {
    const last = await this.bus.lastOnLeader(streamOf('STATE', tenant), subject);
    if (!last) {
      // Its end was past the horizon and it was being forgotten when somebody told of it again (forgetter.ts).
      await this.records.emptied(tenant, name, stored.stateSeq);
      return false;
    }
    const heard = JSON.parse(new TextDecoder().decode(last.data)) as RecordChange;
    // The id alone would not do: a memory that lost this record counts its revisions anew.
    if (
      heard.id === recordChangeId(stored.record, stored.revision) &&
      canonicalJson(heard.data.record) === canonicalJson(stored.record)
    ) {
      await this.mark(tenant, name, heard, last.seq);
      return true;
    }
    await joinHeard(this.records, this.catalogue.lookup(tenant), tenant, heard, last.seq);
    return false;
  }

  /** Where the memory that held it is lost, the one in its place is told of what readers heard. @throws {Rewound} */
  private async mark(tenant: string, name: string, { revision, data, ...change }: RecordChange, seq: number): Promise<void> {
    const { property, units } = data;
    if (await this.records.markAnnounced(tenant, name, revision, seq, { property, units })) return;
    await joinHeard(this.records, this.catalogue.lookup(tenant), tenant, { ...change, revision, data }, seq);
    throw new Rewound(tenant);
  }
}

/** The record of both, and the tenant's counter from then on. */
export type Joined = { record: EntityRecord; counter: number };

/**
 * Brings Redis' record and what readers have heard together: both sides' facts are kept. Where ours says more than was heard, the
 * record owes a revision after the one heard; where it does not, the heard one is the record's. Undefined: it was known already.
 * `fromNothing`: the memory is not known to be whole. Then it is written first, and read only where there is one already; what is known
 * of it is written anew.
 */
export async function joinHeard(
  records: RecordStore,
  lookup: Lookup,
  tenant: string,
  heard: RecordChange,
  seq: number,
  fromNothing = false,
): Promise<Joined | undefined> {
  const name = recordName(heard.data.record);
  const cause = causeOfChange(heard);
  for (let round = 0; ; round++) {
    const held = round === 0 && fromNothing ? undefined : await records.readAnyway(tenant, name);
    if (held && (fromNothing ? held.stateSeq > seq : held.stateSeq >= seq)) return undefined;
    const merged = held ? join(heard.data.record, held.record) : heard.data.record;
    const there = { property: heard.data.property, units: heard.data.units };
    // A record that was moved since says nothing new, and is elsewhere.
    const more =
      held !== undefined &&
      (apply(heard.data.record, held.record).announce || (held.revision > heard.revision && !samePlace(held.place, there)));
    // What is owed already says what readers lack. But a record that has learnt something is another than whoever announces has in hand.
    const learnt = held !== undefined && canonicalJson(merged) !== canonicalJson(held.record);
    const owed = (held?.revision ?? 0) + (more && learnt ? 1 : 0);
    const revision = Math.max(owed, heard.revision + (more ? 1 : 0));
    const place = more ? held.place : there;
    const { buckets, waits } = standingOf(merged, lookup);
    const write = {
      // What was heard alone is as it was written: in canonical order.
      ...{
        record: merged,
        doc: held ? canonicalJson(merged) : JSON.stringify(merged),
        revision,
        place,
        buckets,
        confirmed: false,
        waits,
      },
      touched: union(held?.place.units, place.units),
      touchedBuckets: union(held?.buckets, buckets),
    };
    const restored = { announced: more ? heard.revision : revision, stateSeq: seq };
    const counter = await records.write(tenant, name, held, write, cause, restored);
    if (counter !== undefined) return { record: merged, counter };
  }
}

export function causeOfChange(change: RecordChange): Cause {
  return {
    tenant: change.tenant,
    provider: change.source.split('/')[2] as Cause['provider'],
    lane: change.lane,
    receivedAt: change.receivedat,
    ...(change.receipt ? { receipt: change.receipt } : {}),
    ...(change.traceparent ? { traceparent: change.traceparent } : {}),
  };
}

export function changeSubject(tenant: string, record: EntityRecord): string {
  return subjectOf({ tenant, family: 'change', kind: record.kind, scope: record.connection, entity: record.entity });
}

export function headersOf(cause: Cause): Record<string, string> {
  return cause.traceparent ? { traceparent: cause.traceparent } : {};
}
