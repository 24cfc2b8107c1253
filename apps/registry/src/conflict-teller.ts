import {
  conflictChangeOf,
  HEADER,
  subjectOf,
  type Cause,
  type ConflictChange,
  type ConflictState,
  type Subject,
} from '@roomwire/events';
import { BusError, streamOf, type Bus } from '@roomwire/jetstream';
import { allEnded } from './all-ended.ts';
import { inAnnouncement } from './announce-span.ts';
import { conflictHash, type HeldConflict, type JudgedConflict } from './core/conflict.ts';
import type { Reads } from './reads.ts';

/** Stands for the property in the subject of a conflict that has none. */
const NOWHERE = 'none';

/** Where conflicts of a place are remembered. */
export type ConflictKeeper = {
  markConflict(tenant: string, heard: HeldConflict): Promise<void>;
  /** Makes the place owe a derivation under a revision of at least `least`. */
  touch(tenant: string, place: string, least: number): Promise<void>;
};
/** What a derivation knew when it began. */
export type KnownOfPlace = { revision: number; conflicts: readonly HeldConflict[] };

/** Tells readers of a place's conflicts, under the place's revision and by compare-and-set. */
export class ConflictTeller {
  constructor(
    private readonly bus: Bus,
    private readonly keeper: ConflictKeeper,
    private readonly reads: Pick<Reads, 'ofConflict'>,
  ) {}

  /** False: of one, readers have heard something else than was known here. The place owes another derivation. */
  async tell(tenant: string, judged: readonly JudgedConflict[], facts: KnownOfPlace, cause: Cause): Promise<boolean> {
    const told = judged.filter(({ isNews }) => isNews).map((conflict) => this.one(tenant, conflict, facts, cause));
    return (await allEnded(told)).every(Boolean);
  }

  private async one(tenant: string, { state, isNew }: JudgedConflict, facts: KnownOfPlace, cause: Cause): Promise<boolean> {
    // First, so that a crash after the announcement leaves no conflict that waits for reads which nobody asked for.
    if (isNew && state.status === 'checking') await this.reads.ofConflict(state, cause);
    const revision = Math.max(1, facts.revision);
    const change = conflictChangeOf(state, revision, cause);
    const held = facts.conflicts.find((each) => each.state.id === state.id);
    const expectLast = held?.stateSeq ?? 0;
    // Before it is told: who finds it over, while this replica dies in between, has to say so.
    if (isNew)
      await this.keeper.markConflict(tenant, { state, revision: held?.revision ?? 0, stateSeq: expectLast, unheard: true });
    const headers = cause.traceparent ? { [HEADER.traceparent]: cause.traceparent } : {};
    const subject = subjectOf(conflictSubject(tenant, state));
    try {
      const publish = () => this.bus.publish(subject, change, { id: change.id, expectLast, headers });
      const ack = await inAnnouncement('conflict', cause, revision, publish);
      if (ack.duplicate) return await this.reconcile(tenant, subject, state);
      await this.keeper.markConflict(tenant, { state, revision, stateSeq: ack.seq });
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
    await this.keeper.markConflict(tenant, { state: heard.data, revision: heard.revision, stateSeq: last.seq });
    if (conflictHash(heard.data) === conflictHash(state)) return true;
    await this.keeper.touch(tenant, state.place, heard.revision + 1);
    return false;
  }
}

export function conflictSubject(tenant: string, { property, id }: Pick<ConflictState, 'property' | 'id'>): Subject {
  return { tenant, family: 'change', kind: 'conflict', scope: property ?? NOWHERE, entity: id };
}
