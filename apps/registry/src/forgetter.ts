import { subjectOf } from '@roomwire/events';
import { streamOf, type Bus } from '@roomwire/jetstream';
import type { Log } from '@roomwire/telemetry';
import { allEnded } from './all-ended.ts';
import { changeSubject } from './announcer.ts';
import type { ConflictStore } from './conflict-store.ts';
import { conflictSubject } from './conflict-teller.ts';
import type { HeldConflict } from './core/conflict.ts';
import type { StoredRecord } from './core/decide.ts';
import { endOf, ENDING, horizonAt, isPastConflict, isPastRecord } from './core/horizon.ts';
import type { Memory } from './memory.ts';
import type { RecordStore } from './record-store.ts';
import type { RoomDeriver } from './room-deriver.ts';
import { unasked } from './unasked.ts';

/** Records and conflicts looked at per sweep and tenant. */
const AT_ONCE = 200;
/** What a walk goes through. Conflicts last: they are over before their sides are past. */
const STAGES = [...ENDING, 'conflict'] as const;
/** From the beginning of one round to that of the next: what is a day late is early enough. */
const ROUND_EVERY_MS = 3_600_000;

/** How far the walk through what is held of a tenant has come, in one memory of Redis. */
type Walk = { epoch: string; startedAt: number; stage: number; after: string | undefined };

/**
 * Forgets what lies wholly past the horizon: first readers' copy in STATE, then the record (or the conflict) in Redis. By level, not by edge: whatever
 * of it Redis still holds is found again by a later walk of any replica, be it after a crash between the two, or because a rebuild had
 * read its message just before it was removed. In the other order a rebuild would bring it back, and nobody would look for it.
 */
export class Forgetter {
  private readonly walks = new Map<string, Walk>();

  constructor(
    private readonly bus: Pick<Bus, 'nextOn' | 'remove'>,
    private readonly memory: Pick<Memory, 'of'>,
    private readonly records: Pick<RecordStore, 'names' | 'read' | 'nowMs' | 'causeOf' | 'forget'>,
    private readonly conflicts: Pick<ConflictStore, 'ids' | 'held' | 'forget'>,
    private readonly rooms: Pick<RoomDeriver, 'derive'>,
    private readonly days: number,
    private readonly log: Log,
  ) {}

  /** @throws {Rewound} @throws {BusError} */
  async sweep(tenant: string): Promise<void> {
    const walk = this.walkOf(tenant);
    for (let looked = 0; looked < AT_ONCE && walk.stage < STAGES.length;) {
      const names = await this.lookOn(tenant, STAGES[walk.stage]!, walk.after, AT_ONCE - looked);
      looked += names.length;
      walk.after = names.at(-1);
      if (looked === AT_ONCE) return;
      walk.stage += 1;
      walk.after = undefined;
    }
  }

  /** Returns what was looked at. */
  private async lookOn(
    tenant: string,
    stage: (typeof STAGES)[number],
    after: string | undefined,
    limit: number,
  ): Promise<string[]> {
    if (stage === 'conflict') {
      const ids = await this.conflicts.ids(tenant, ['resolved'], after, limit);
      await allEnded((await this.conflicts.held(tenant, ids)).map((held) => held && this.lookAtConflict(tenant, held)));
      return ids;
    }
    const names = await this.records.names(tenant, stage, { after }, limit);
    await allEnded(names.map((name) => this.look(tenant, name)));
    return names;
  }

  private walkOf(tenant: string): Walk {
    const epoch = this.memory.of(tenant).epoch;
    const before = this.walks.get(tenant);
    const isOver = before?.stage === STAGES.length && Date.now() - before.startedAt >= ROUND_EVERY_MS;
    if (before?.epoch === epoch && !isOver) return before;
    const walk = { epoch, startedAt: Date.now(), stage: 0, after: undefined };
    this.walks.set(tenant, walk);
    return walk;
  }

  private async look(tenant: string, name: string): Promise<void> {
    const [stored, nowMs] = await Promise.all([this.records.read(tenant, name), this.records.nowMs()]);
    // What readers have not heard they hear first.
    if (!stored || stored.announced < stored.revision) return;
    const heardAt = endOf(stored.record) === 'unsaid' ? await this.heardAt(tenant, name) : nowMs;
    if (isPastRecord(stored.record, heardAt, horizonAt(nowMs, this.days))) await this.forget(tenant, name, stored);
  }

  private async lookAtConflict(tenant: string, held: HeldConflict): Promise<void> {
    const { state, stateSeq } = held;
    if (!isPastConflict(state, horizonAt(await this.records.nowMs(), this.days))) return;
    await this.removeFromState(streamOf('STATE', tenant), subjectOf(conflictSubject(tenant, state)), stateSeq);
    await this.conflicts.forget(tenant, held);
    this.log.info({ tenant, conflict: state.id, place: state.place }, 'forgotten: it is resolved, and lies past the horizon');
  }

  private async heardAt(tenant: string, name: string): Promise<number> {
    const cause = await this.records.causeOf(tenant, name);
    return cause ? Date.parse(cause.receivedAt) : Infinity;
  }

  private async forget(tenant: string, name: string, stored: StoredRecord): Promise<void> {
    await this.removeFromState(streamOf('STATE', tenant), changeSubject(tenant, stored.record), stored.stateSeq);
    const cause = unasked(tenant, 'internal', 'bulk');
    const units = await this.records.forget(tenant, name, stored, cause);
    if (!units) return;
    this.log.info({ tenant, record: name, units }, 'forgotten: it lies past the horizon');
    for (const unit of units) await this.rooms.derive(tenant, unit, 'booking', cause);
  }

  /**
   * Message by message, for which the registry needs no right that it has not: a purge's could not be bound to STATE. Oldest first, so
   * that a crash leaves the last; and none after `last`, which somebody has announced since.
   */
  private async removeFromState(stream: string, subject: string, last: number): Promise<void> {
    for (let seq = 1; ;) {
      const next = await this.bus.nextOn(stream, subject, seq);
      if (!next || next.seq > last) return;
      await this.bus.remove(stream, next.seq);
      seq = next.seq + 1;
    }
  }
}
