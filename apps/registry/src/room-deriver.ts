import { TransientMap } from '@roomwire/collections';
import {
  contentOf,
  modifiedAtOf,
  roomChangeOf,
  subjectOf,
  type Cause,
  type EntityRecord,
  type Pipeline,
  type PropertyCore,
  type RoomChange,
  type Tenant,
  type Unit,
} from '@roomwire/events';
import { BusError, streamOf, type Bus } from '@roomwire/jetstream';
import { allEnded } from './all-ended.ts';
import { inAnnouncement } from './announce-span.ts';
import type { Catalogue } from './catalogue.ts';
import { hashOfHeard, pictureOf, type Picture } from './core/picture.ts';
import { deriveRoom } from './core/room.ts';
import type { ConflictTeller } from './conflict-teller.ts';
import { recordName, Rewound } from './record-store.ts';
import type { UnitFacts, UnitStore } from './unit-store.ts';

/** Derives rooms and tells readers. Compare-and-set on the room's subject: of two who derive at once, the loser derives again. */
export class RoomDeriver {
  /** By room: the derivation that is under way, and the one that whoever comes meanwhile waits for. */
  private readonly running = new TransientMap<string, { ended: Promise<unknown>; next?: Promise<void> }>();

  constructor(
    private readonly bus: Bus,
    private readonly units: UnitStore,
    private readonly catalogue: Catalogue,
    private readonly conflicts: ConflictTeller,
  ) {}

  /** What a unit is derived from, as it is in Redis once what was sent before this call is done. @throws {Rewound} @throws {BusError} */
  async read(tenant: string, unitId: string): Promise<UnitFacts> {
    const { unit } = this.known(tenant, unitId);
    return this.units.read(tenant, unitId, this.catalogue.propertyRecords(tenant, unit.property).map(recordName));
  }

  /**
   * Resolves when readers have heard of everything that touched the unit before the call, or before `facts` was read. One at a time of a
   * room: who comes while one is under way shares the next one with all who do.
   */
  derive(tenant: string, unitId: string, pipeline: Pipeline, fallback: Cause, facts?: UnitFacts): Promise<void> {
    const key = `${tenant}/${unitId}`;
    const before = this.running.get(key);
    if (before) return (before.next ??= before.ended.then(() => this.derive(tenant, unitId, pipeline, fallback)));
    const work = this.untilHeard(tenant, unitId, pipeline, fallback, facts);
    const ended = work.catch(() => undefined).then(() => this.running.delete(key));
    this.running.set(key, { ended });
    return work;
  }

  private async untilHeard(
    tenant: string,
    unitId: string,
    pipeline: Pipeline,
    fallback: Cause,
    facts: UnitFacts | undefined,
  ): Promise<void> {
    for (let round = 0; round < 10; round++) {
      const found = (round === 0 && facts) || (await this.read(tenant, unitId));
      if (await this.once(tenant, unitId, pipeline, fallback, found)) return;
    }
    throw new BusError('conflict', `room ${unitId}: another replica derived first, ten times over`);
  }

  private known(tenant: string, unitId: string): { unit: Unit; defaults: Tenant['defaults'] } {
    const unit = this.catalogue.unit(tenant, unitId);
    const defaults = this.catalogue.tenant(tenant)?.defaults;
    if (!unit || !defaults) throw new BusError('unavailable', `unit ${unitId} is not in the catalogue yet`);
    return { unit, defaults };
  }

  private async once(tenant: string, unitId: string, pipeline: Pipeline, fallback: Cause, facts: UnitFacts): Promise<boolean> {
    const { unit, defaults } = this.known(tenant, unitId);
    // What has not been moved from a unit that was linked away belongs to the other one.
    const isGone = this.catalogue.isLeft(tenant, unitId);
    const { room, conflicts, dueMs, past } = deriveRoom(
      {
        unit,
        records: isGone ? [] : withHouse(facts),
        property: newestProperty(facts.property),
        defaults,
        suspects: this.catalogue.suspects(tenant),
        conflicts: {
          held: facts.conflicts,
          overtakes: facts.overtakes,
          isReadable: ({ what, connection }) => this.catalogue.isReadable(connection, what),
          reviewOf: (conflict) => this.catalogue.review(tenant, unitId, conflict),
        },
      },
      facts.asOf,
    );
    const picture = pictureOf(room, isGone);
    const { hash } = picture;
    const cause = facts.cause ?? fallback;
    // What readers have heard already is said again where an older derivation may still be on its way: compare-and-set stops that one.
    const announce = hash !== facts.hash || facts.overtakes;
    const [stateSeq, told] = await allEnded([
      !announce ? facts.stateSeq : this.publish(tenant, picture, facts, pipeline, cause),
      this.conflicts.tell(tenant, conflicts, facts, cause),
    ]);
    if (stateSeq === undefined || !told) return false;
    try {
      return await this.units.finish(tenant, unitId, {
        ...{ revision: facts.revision, stateSeq, hash, asOf: facts.asOf, dueMs, room },
        ...{ announced: announce, toldAnything: announce || conflicts.some(({ isNews }) => isNews) },
        forget: past.map(recordName),
      });
    } catch (error) {
      // Made from a memory that is lost: the one in its place is told what readers heard, and derives what comes after it.
      if (error instanceof Rewound && announce)
        await this.units.restore(tenant, { room, revision: facts.revision, stateSeq, hash }, true);
      throw error;
    }
  }

  /** Sequence of the room's message; undefined: another was first, derive again. */
  private async publish(
    tenant: string,
    { room, isGone, hash }: Picture,
    facts: UnitFacts,
    pipeline: Pipeline,
    cause: Cause,
  ): Promise<number | undefined> {
    const subject = subjectOf({ tenant, family: 'change', kind: 'room', scope: room.property, entity: room.unit });
    const change = roomChangeOf(room, Math.max(1, facts.revision), pipeline, cause, isGone);
    try {
      const headers = cause.traceparent ? { traceparent: cause.traceparent } : {};
      const options = { id: change.id, expectLast: facts.stateSeq, headers };
      const ack = await inAnnouncement('room', cause, change.revision, () => this.bus.publish(subject, change, options));
      return ack.duplicate ? await this.reconcile(tenant, subject, room.unit, hash) : ack.seq;
    } catch (error) {
      if (!(error instanceof BusError) || error.code !== 'conflict') throw error;
      return this.reconcile(tenant, subject, room.unit, hash);
    }
  }

  /** Readers heard from somebody else (or from us, and the PubAck was lost). The same picture will do; else ours comes after it. */
  private async reconcile(tenant: string, subject: string, unit: string, hash: string): Promise<number | undefined> {
    const last = await this.bus.lastOnLeader(streamOf('STATE', tenant), subject);
    if (!last)
      throw new BusError('unavailable', `room ${unit}: its subject is empty but was not: STATE has been emptied by hand`);
    const heard = JSON.parse(new TextDecoder().decode(last.data)) as RoomChange;
    if (hashOfHeard(heard) === hash) return last.seq;
    await this.units.touch(tenant, unit, heard.revision + 1, last.seq);
    return undefined;
  }
}

/** The house is behind the picture of a door also where it was told before anybody knew the door. */
function withHouse({ records, property }: UnitFacts): EntityRecord[] {
  return [...records.filter(({ kind }) => kind !== 'property'), ...property];
}

/** Of several providers' tellings of one house the newest; equal stamps fall to the first name, the same everywhere. */
export function newestProperty(records: EntityRecord[]): PropertyCore | undefined {
  const told = records.filter((record) => record.facets['core']);
  told.sort((a, b) => modifiedAtOf(b) - modifiedAtOf(a) || (recordName(a) < recordName(b) ? -1 : 1));
  return contentOf<PropertyCore>(told[0], 'core');
}
