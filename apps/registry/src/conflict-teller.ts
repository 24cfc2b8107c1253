import { conflictChangeOf, HEADER, subjectOf, type Cause, type ConflictChange, type ConflictState } from '@roomwire/events';
import { BusError, streamOf, type Bus } from '@roomwire/jetstream';
import { inAnnouncement } from './announce-span.ts';
import { conflictHash, type JudgedConflict } from './core/conflict.ts';
import type { Reads } from './reads.ts';
import type { UnitFacts, UnitStore } from './unit-store.ts';

/** Tells readers of a unit's conflicts, under the unit's revision and by compare-and-set, as its room is told. */
export class ConflictTeller {
  constructor(
    private readonly bus: Bus,
    private readonly units: UnitStore,
    private readonly reads: Pick<Reads, 'ofConflict'>,
  ) {}

  /** False: of one, readers have heard something else than was known here. The unit owes another derivation. */
  async tell(tenant: string, judged: readonly JudgedConflict[], facts: UnitFacts, cause: Cause): Promise<boolean> {
    const told = judged.filter(({ isNews }) => isNews).map((conflict) => this.one(tenant, conflict, facts, cause));
    return (await Promise.all(told)).every(Boolean);
  }

  private async one(tenant: string, { state, isNew }: JudgedConflict, facts: UnitFacts, cause: Cause): Promise<boolean> {
    // First, so that a crash after the announcement leaves no conflict that waits for reads which nobody asked for.
    if (isNew && state.status === 'checking') await this.reads.ofConflict(state, cause);
    const revision = Math.max(1, facts.revision);
    const change = conflictChangeOf(state, revision, cause);
    const expectLast = facts.conflicts.find((held) => held.state.id === state.id)?.stateSeq ?? 0;
    const headers = cause.traceparent ? { [HEADER.traceparent]: cause.traceparent } : {};
    const subject = subjectOf({ tenant, family: 'change', kind: 'conflict', scope: state.property, entity: state.id });
    try {
      const publish = () => this.bus.publish(subject, change, { id: change.id, expectLast, headers });
      const ack = await inAnnouncement('conflict', cause, revision, publish);
      if (ack.duplicate) return await this.reconcile(tenant, subject, state);
      await this.units.markConflict(tenant, { state, revision, stateSeq: ack.seq });
      return true;
    } catch (error) {
      if (!(error instanceof BusError) || error.code !== 'conflict') throw error;
      return this.reconcile(tenant, subject, state);
    }
  }

  /** Readers heard from another replica, or from us and the PubAck was lost. */
  private async reconcile(tenant: string, subject: string, state: ConflictState): Promise<boolean> {
    const last = await this.bus.lastOnLeader(streamOf('STATE', tenant), subject);
    if (!last) throw new BusError('unavailable', `${subject} is empty but was not: STATE has been emptied by hand`);
    const heard = JSON.parse(new TextDecoder().decode(last.data)) as ConflictChange;
    await this.units.markConflict(tenant, { state: heard.data, revision: heard.revision, stateSeq: last.seq });
    if (conflictHash(heard.data) === conflictHash(state)) return true;
    await this.units.touch(tenant, state.unit, heard.revision + 1);
    return false;
  }
}
