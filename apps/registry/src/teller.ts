import { join, PIPELINE_OF, type Cause, type EntityRecord, type EventMessage, type Outcome } from '@roomwire/events';
import { inSpan, isTracing, type SpanStart } from '@roomwire/telemetry';
import { allEnded } from './all-ended.ts';
import type { Announcer } from './announcer.ts';
import type { Catalogue } from './catalogue.ts';
import { decide, union, type StoredRecord, type Write } from './core/decide.ts';
import { horizonAt, isPastTelling } from './core/horizon.ts';
import { moved } from './core/move.ts';
import { placeOf, standingOf, unknownTo } from './core/place.ts';
import { recordName, type RecordName, type RecordStore } from './record-store.ts';
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
 * its fact a duplicate and the debt still there.
 */
export class Teller {
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
    const { tenant, data: fact } = event;
    const name = recordName(fact);
    const written = await (isTracing() ? this.applyTraced(event, name) : this.apply(tenant, name, fact, causeOf(event)));
    const applied = fact.kind === 'property' ? await this.reach(event, name, written) : written;
    if (applied.wrote) await this.pauseBeforeAnnounce();
    const told = toldOf(applied);
    await allEnded([this.pay(event, name, applied), known(told)]);
    return told;
  }

  private applyTraced(event: EventMessage, name: string): Promise<Applied> {
    return inSpan(applying(event.data), async (span) => {
      const found = await this.apply(event.tenant, name, event.data, causeOf(event));
      span.set({ 'roomwire.outcome': found.outcome, 'roomwire.revision': found.stored?.revision });
      return found;
    });
  }

  private async apply(tenant: string, name: string, told: EntityRecord, cause: Cause): Promise<Applied> {
    const lookup = this.catalogue.lookup(tenant);
    const newProperties: RecordName[] = [];
    for (;;) {
      // Of a memory that may have been lost: what says so is the write, or the look at the units.
      const stored = await this.records.readAnyway(tenant, name);
      if (!stored && (await this.isPast(tenant, name, told))) return PAST;
      newProperties.push(...(await this.learn(tenant, stored ? join(stored.record, told) : told)));
      const { outcome, write } = decide(stored, told, (record) => standingOf(record, lookup));
      const before = { outcome, newProperties, held: stored?.record };
      if (!write) return { ...before, stored, dirty: await this.waiting(tenant, stored?.place.units ?? []), wrote: false };
      const writing = this.records.write(tenant, name, stored, write, cause);
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
      return { ...before, stored: afterWrite(stored, write), dirty: [...touched, ...others], wrote: true };
    }
  }

  /** Units that somebody left dirty: their debt is this telling's too. @throws {Rewound} */
  private async waiting(tenant: string, units: readonly string[]): Promise<Applied['dirty']> {
    return (await this.records.dirtyOf(tenant, units)).map((unit) => ({ unit, facts: undefined }));
  }

  /**
   * Another replica may have given a door of the house its id, and derived it without the house, while this one wrote the house and did
   * not know the door: nobody else would bring the zone and the hours there. So the catalogue is asked after the write, and
   * whatever the telling came to, as with every debt.
   */
  private async reach(event: EventMessage, name: string, applied: Applied): Promise<Applied> {
    const { tenant } = event;
    await this.catalogue.catchUpOnUnits();
    for (let { stored } = applied; stored; stored = await this.records.read(tenant, name)) {
      const write = moved(stored, placeOf(stored.record, this.catalogue.lookup(tenant)));
      if (!write) return applied;
      if (!(await this.records.write(tenant, name, stored, write, causeOf(event)))) continue;
      // What was read behind the first write is older than this one.
      const dirty = union(
        applied.dirty.map(({ unit }) => unit),
        write.touched,
      ).map((unit) => ({ unit, facts: undefined }));
      return { ...applied, stored: afterWrite(stored, write), dirty, wrote: true };
    }
    return applied;
  }

  private async pay(event: EventMessage, name: string, { stored, dirty, wrote }: Applied): Promise<void> {
    const { tenant } = event;
    const cause = causeOf(event);
    const owed = stored !== undefined && stored.revision > stored.announced;
    await allEnded([
      owed &&
        (wrote ? this.announcer.announceWritten(tenant, name, stored, cause) : this.announcer.announce(tenant, name, cause)),
      ...dirty.map(({ unit, facts }) => this.rooms.derive(tenant, unit, PIPELINE_OF[event.data.kind], cause, facts)),
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

const applying = ({ kind, connection }: EntityRecord): SpanStart => ({
  name: `apply ${kind}`,
  kind: 'internal',
  attributes: { 'roomwire.kind': kind, 'roomwire.connection': connection },
});

type Applied = {
  outcome: Told['outcome'];
  held: EntityRecord | undefined;
  stored: StoredRecord | undefined;
  /** Units to derive; of those that this telling touched, what was read right behind the write. */
  dirty: { unit: string; facts: UnitFacts | undefined }[];
  wrote: boolean;
  newProperties: RecordName[];
};

const PAST: Applied = { outcome: 'past', held: undefined, stored: undefined, dirty: [], wrote: false, newProperties: [] };

function toldOf({ outcome, held, stored, newProperties }: Applied): Told {
  return { outcome, revision: stored?.revision ?? 0, newProperties, held, record: stored?.record };
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
