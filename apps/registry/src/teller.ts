import { join, PIPELINE_OF, type Cause, type EntityRecord, type EventMessage, type Outcome } from '@roomwire/events';
import { inSpan, isTracing } from '@roomwire/telemetry';
import { allEnded } from './all-ended.ts';
import type { Announcer } from './announcer.ts';
import type { Catalogue } from './catalogue.ts';
import { decide, union, type StoredRecord, type Write } from './core/decide.ts';
import { horizonAt, isPastTelling } from './core/horizon.ts';
import { moved } from './core/move.ts';
import { placeOf, standingOf, unknownTo } from './core/place.ts';
import { InOneTurn } from './in-one-turn.ts';
import { parseRecordName, recordName, type RecordName, type RecordStore } from './record-store.ts';
import type { RoomDeriver } from './room-deriver.ts';
import type { UnitFacts } from './unit-store.ts';

export type Told = {
  /** `past`: it lies wholly past the horizon and nothing is held of its entity. It was not applied. */
  outcome: Outcome | 'past';
  revision: number;
  /** Properties that were met for the first time: somebody should read their zones and hours. */
  newProperties: RecordName[];
  /** The record before the telling, and after it. */
  held: EntityRecord | undefined;
  record: EntityRecord | undefined;
};
/** As soon as it is known what the telling came to; readers may not have heard of it yet. */
export type Known = (told: Told) => Promise<unknown>;

/** Test knob: what happens between the write and the announcement. */
export type Pause = () => Promise<void>;

/**
 * Applies a telling, and pays what the record owes afterwards, whatever the telling came to: a redelivery after a crash finds
 * its fact a duplicate and the debt still there. Tellings of one record that come together are applied one after the other and
 * written, announced and derived from once (ADR 0034).
 */
export class Teller {
  private readonly turns = new InOneTurn<EventMessage, Applied>((events) => this.applyAll(events));

  constructor(
    private readonly records: RecordStore,
    private readonly announcer: Announcer,
    private readonly rooms: RoomDeriver,
    private readonly catalogue: Catalogue,
    private readonly pauseBeforeAnnounce: Pause,
    private readonly horizonDays: number,
  ) {}

  /** Resolves when readers have heard of it, and `known` is done. @throws {Rewound} @throws {BusError} */
  async tell(event: EventMessage, known: Known): Promise<Told> {
    const applied = this.turns.join(`${event.tenant}/${recordName(event.data)}`, event);
    const { told, paid } = await (isTracing() ? seen(event, applied) : applied);
    await allEnded([paid, known(told)]);
    return told;
  }

  /** All are of one record. */
  private async applyAll(events: readonly EventMessage[]): Promise<Applied[]> {
    const { tenant, data: fact } = events[0]!;
    const name = recordName(fact);
    const written = await this.write(tenant, name, events);
    const owing = fact.kind === 'property' ? await this.reach(tenant, name, written) : written;
    if (owing.wrote) await this.pauseBeforeAnnounce();
    const paid = this.pay(tenant, name, owing);
    // Whoever told awaits it, as soon as it is told what came of its telling.
    paid.catch(() => undefined);
    return written.told.map((told, at) => ({ told: at === events.length - 1 ? asStored(told, owing.stored) : told, paid }));
  }

  private async write(tenant: string, name: string, events: readonly EventMessage[]): Promise<Written> {
    const met = events.map((): RecordName[] => []);
    for (;;) {
      // Of a memory that may have been lost: what says so is the write, or the look at the units.
      const before = await this.records.readAnyway(tenant, name);
      const { told, stored, write, cause } = await this.decideAll(tenant, name, events, before, met);
      if (!write) return { told, stored, dirty: await this.waiting(tenant, stored?.place.units ?? []), wrote: false, cause };
      const writing = this.records.write(tenant, name, before, write, cause);
      // Sent behind the write on the same connection, so that one answer brings both.
      const reading = write.touched.map(async (unit) => ({ unit, facts: await this.rooms.read(tenant, unit) }));
      const untouched = write.place.units.filter((unit) => !write.touched.includes(unit));
      const [counter, others, ...read] = await allEnded([
        writing,
        untouched.length > 0 ? this.waiting(tenant, untouched) : [],
        ...reading,
      ]);
      if (counter === undefined) continue;
      // A script that Redis has forgotten is sent again, and comes after what was behind it.
      const touched = read.map(({ unit, facts }) => ({ unit, facts: facts.counter < counter ? undefined : facts }));
      return { told, stored: afterWrite(before, write), dirty: [...touched, ...others], wrote: true, cause };
    }
  }

  /** One after the other, in memory. `met`: of each event, the properties that it told of first, also in an earlier round. */
  private async decideAll(
    tenant: string,
    name: string,
    events: readonly EventMessage[],
    before: StoredRecord | undefined,
    met: readonly RecordName[][],
  ): Promise<Decided> {
    const lookup = this.catalogue.lookup(tenant);
    const told: Told[] = [];
    let stored = before;
    let written: Pick<Decided, 'write' | 'cause'> = { write: undefined, cause: causeOf(events[0]!) };
    for (const [at, event] of events.entries()) {
      const { data: fact } = event;
      if (!stored && (await this.isPast(tenant, name, fact))) {
        told.push(PAST);
        continue;
      }
      met[at]!.push(...(await this.learn(tenant, stored ? join(stored.record, fact) : fact)));
      const { outcome, write } = decide(stored, fact, (record) => standingOf(record, lookup));
      const held = stored?.record;
      if (write) {
        written = { write: together(written.write, write), cause: causeOf(event) };
        stored = afterWrite(stored, write);
      }
      told.push({ outcome, revision: stored?.revision ?? 0, newProperties: met[at]!, held, record: stored?.record });
    }
    return { told, stored, ...written };
  }

  /** Units that somebody left dirty: their debt is this telling's too. @throws {Rewound} */
  private async waiting(tenant: string, units: readonly string[]): Promise<Written['dirty']> {
    return (await this.records.dirtyOf(tenant, units)).map((unit) => ({ unit, facts: undefined }));
  }

  /**
   * Another replica may have given a door of the house its id, and derived it without the house, while this one wrote the house and did
   * not know the door: nobody else would bring the zone and the hours there. So the catalogue is asked after the write, and
   * whatever the telling came to, as with every debt.
   */
  private async reach(tenant: string, name: string, written: Written): Promise<Written> {
    await this.catalogue.catchUpOnUnits();
    for (let { stored } = written; stored; stored = await this.records.read(tenant, name)) {
      const write = moved(stored, placeOf(stored.record, this.catalogue.lookup(tenant)));
      if (!write) return written;
      if (!(await this.records.write(tenant, name, stored, write, written.cause))) continue;
      // What was read behind the first write is older than this one.
      const dirty = union(
        written.dirty.map(({ unit }) => unit),
        write.touched,
      ).map((unit) => ({ unit, facts: undefined }));
      return { ...written, stored: afterWrite(stored, write), dirty, wrote: true };
    }
    return written;
  }

  private async pay(tenant: string, name: string, { stored, dirty, wrote, cause }: Written): Promise<void> {
    const owed = stored !== undefined && stored.revision > stored.announced;
    await allEnded([
      owed &&
        (wrote ? this.announcer.announceWritten(tenant, name, stored, cause) : this.announcer.announce(tenant, name, cause)),
      ...dirty.map(({ unit, facts }) => this.rooms.derive(tenant, unit, PIPELINE_OF[parseRecordName(name).kind], cause, facts)),
    ]);
  }

  /** By this process' clock first, which costs nothing, then by Redis', which counts; and of a memory that is whole. @throws {Rewound} */
  private async isPast(tenant: string, name: string, told: EntityRecord): Promise<boolean> {
    if (!isPastTelling(told, horizonAt(Date.now(), this.horizonDays))) return false;
    const [held, nowMs] = await Promise.all([this.records.read(tenant, name), this.records.nowMs()]);
    return !held && isPastTelling(told, horizonAt(nowMs, this.horizonDays));
  }

  /** Gives what the record names ids before the core asks for them. Returns the properties that were met for the first time. */
  private async learn(tenant: string, record: EntityRecord): Promise<RecordName[]> {
    const met: RecordName[] = [];
    for (const { property, units } of unknownTo(record, this.catalogue.lookup(tenant))) {
      const doors = units.map((entity) => ({ entity, name: entity }));
      const found = await this.catalogue.learn(tenant, record.connection, property, doors);
      if (found) met.push(found);
    }
    return met;
  }
}

/** As a span beside what is announced meanwhile: of several that are applied together the first one's trace has that. */
function seen({ data: { kind, connection } }: EventMessage, applied: Promise<Applied>): Promise<Applied> {
  const attributes = { 'roomwire.kind': kind, 'roomwire.connection': connection };
  return inSpan({ name: `apply ${kind}`, kind: 'internal', attributes }, async (span) => {
    const { told } = await applied;
    span.set({ 'roomwire.outcome': told.outcome, 'roomwire.revision': told.revision });
    return applied;
  });
}

type Applied = {
  told: Told;
  /** Ends when readers have heard of the record and its rooms. */
  paid: Promise<void>;
};

type Written = {
  /** Of each event. */
  told: Told[];
  stored: StoredRecord | undefined;
  /** Units to derive; of those that this telling touched, what was read right behind the write. */
  dirty: { unit: string; facts: UnitFacts | undefined }[];
  wrote: boolean;
  /** Of the last event that had something written; else of the first. */
  cause: Cause;
};

const PAST: Told = { outcome: 'past', revision: 0, newProperties: [], held: undefined, record: undefined };

type Decided = {
  told: Told[];
  /** As it will be. */
  stored: StoredRecord | undefined;
  write: Write | undefined;
  cause: Cause;
};

/** Two writes in one: what the first left is written over, what it touched stays touched. */
function together(first: Write | undefined, then: Write): Write {
  if (!first) return then;
  const touched = union(first.touched, then.touched);
  return { ...then, touched, touchedBuckets: union(first.touchedBuckets, then.touchedBuckets), waits: first.waits && then.waits };
}

/** Where the record was moved after it was told. */
function asStored(told: Told, stored: StoredRecord | undefined): Told {
  return stored ? { ...told, revision: stored.revision, record: stored.record } : told;
}

function afterWrite(held: StoredRecord | undefined, write: Write): StoredRecord {
  return {
    record: write.record,
    etag: (held?.etag ?? 0) + 1,
    revision: write.revision,
    announced: held?.announced ?? 0,
    stateSeq: held?.stateSeq ?? 0,
    place: write.place,
    buckets: write.buckets,
    announcedPlace: held?.announcedPlace ?? null,
    confirmed: write.confirmed,
  };
}

export function causeOf(event: EventMessage): Cause {
  return {
    tenant: event.tenant,
    provider: event.provider,
    lane: event.lane,
    receivedAt: event.receivedat,
    receipt: event.receipt,
    ...(event.traceparent ? { traceparent: event.traceparent } : {}),
  };
}
