import { randomBytes } from 'node:crypto';
import { Bus, KvTable, streamOf, type NatsConnection } from '@roomwire/jetstream';
import { audit } from './audit.ts';
import { Failure } from './core/failure.ts';
import { countsText, noCounts, replayJob, replayKey, type ReplayJob } from './core/replay-job.ts';
import { answering } from './tenants.ts';

export type Wanted = Omit<ReplayJob, 'id' | 'upTo' | 'heard' | 'canaryPassed' | 'state' | 'counts'>;

/** Where a replay stands, so that it can be gone on with. Each step is a compare-and-set: of two who go on with it, one learns of it. */
export class ReplayStore {
  private constructor(
    private readonly bus: Bus,
    private readonly table: KvTable<ReplayJob>,
    private seq: number,
    readonly job: ReplayJob,
  ) {}

  /** First it is said who wants what, then it is begun: what is in DEAD now is its work, what dies from now on is not. */
  static async begin(nc: NatsConnection, wanted: Wanted, reason: string | undefined): Promise<ReplayStore> {
    const bus = new Bus(nc);
    const id = `r${randomBytes(4).toString('hex')}`;
    const { tenant, by, filter, ids, max } = wanted;
    const why = reason === undefined ? {} : { reason };
    return answering(async () => {
      const upTo = await bus.lastSeq(streamOf('DEAD', tenant));
      await audit(bus, tenant, 'dlq', { action: 'replay', job: id, by, ...why, filter, ids, max });
      const heard = await bus.lastSeq(streamOf('LOG', tenant));
      const job: ReplayJob = { ...wanted, id, upTo, heard, canaryPassed: false, state: 'running', counts: noCounts() };
      const table = await tableOf(nc);
      return new ReplayStore(bus, table, (await table.update(replayKey(job), job, 0))!, job);
    });
  }

  /** What nobody had said of it is open again. */
  static async resume(nc: NatsConnection, tenant: string, id: string, by: string): Promise<ReplayStore> {
    return answering(async () => {
      const table = await tableOf(nc);
      const held = await table.entryFromLeader(replayKey({ tenant, id }));
      if (!held?.value) {
        await table.close();
        throw new Failure('not-found', `tenant ${tenant} has no replay ${id}`, [
          '`roomwire dlq replay` says its name as it begins',
        ]);
      }
      const job: ReplayJob = { ...held.value, state: 'running', counts: { ...held.value.counts, kept: 0 } };
      const bus = new Bus(nc);
      await audit(bus, tenant, 'dlq', { action: 'resume', job: id, by });
      const store = new ReplayStore(bus, table, held.seq, job);
      await store.save({});
      return store;
    });
  }

  async save(change: Partial<Pick<ReplayJob, 'heard' | 'canaryPassed' | 'state'>>): Promise<void> {
    Object.assign(this.job, change);
    const seq = await answering(() => this.table.update(replayKey(this.job), this.job, this.seq));
    if (seq === undefined)
      throw new Failure('refused', `somebody else goes on with the replay ${this.job.id}`, ['two of them would do it twice']);
    this.seq = seq;
  }

  async end(state: 'interrupted' | 'stopped' | 'done'): Promise<void> {
    await this.save({ state });
    const { tenant, id, by, counts } = this.job;
    await answering(() =>
      audit(this.bus, tenant, 'dlq', { action: `replay-${state}`, job: id, by, letters: countsText(counts) }),
    );
  }

  close(): Promise<void> {
    return this.table.close();
  }
}

const tableOf = (nc: NatsConnection): Promise<KvTable<ReplayJob>> =>
  KvTable.open(nc, 'sync', replayJob, { filter: 'replay.*.*' });
