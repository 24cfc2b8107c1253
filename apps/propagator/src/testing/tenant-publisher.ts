import { createHash, randomBytes } from 'node:crypto';
import { tenant as tenantSchema, type Tenant } from '@roomwire/events';
import { Bus, ensureTenant, KvTable, streamOf, type NatsConnection } from '@roomwire/jetstream';
import { reservation, room, type Announcement } from './announcements.ts';

type Told<F> = Omit<F, 'tenant' | 'revision'>;

/** Stands for the registry: announces rooms and reservations of one tenant, each under its next revision. */
export class TenantPublisher {
  readonly revisions = new Map<string, number>();
  readonly #bus: Bus;

  private constructor(
    private readonly nc: NatsConnection,
    readonly id: string,
    readonly token: string,
    readonly record: Tenant,
  ) {
    this.#bus = new Bus(nc);
  }

  /** A tenant of its own for each test: nothing is shared, nothing must be cleaned. */
  static async make(nc: NatsConnection, id = `t${randomBytes(4).toString('hex')}`): Promise<TenantPublisher> {
    const token = `rw_${id}_${randomBytes(32).toString('base64url')}`;
    const record: Tenant = {
      id,
      name: id,
      status: 'active',
      apiTokenHashes: [createHash('sha256').update(token).digest('hex')],
      defaults: { timeZone: 'Europe/Berlin', checkIn: '15:00', checkOut: '11:00' },
    };
    await ensureTenant(nc, id);
    const made = new TenantPublisher(nc, id, token, record);
    await made.keep(record);
    return made;
  }

  async keep(record: Tenant): Promise<void> {
    const tenants = await KvTable.open(this.nc, 'tenants', tenantSchema);
    await tenants.put(record.id, record);
    await tenants.close();
  }

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }

  room(facts: Told<Parameters<typeof room>[0]>): Promise<number> {
    return this.#announce(room({ ...facts, tenant: this.id, revision: this.#next(`room/${facts.unit}`) }));
  }

  reservation(facts: Told<Parameters<typeof reservation>[0]>): Promise<number> {
    return this.#announce(reservation({ ...facts, tenant: this.id, revision: this.#next(`reservation/${facts.id}`) }));
  }

  /** As the registry does where an entity was forgotten, long after its end, and is told of again: its subject begins anew. */
  async reservationAnew(id: string): Promise<number> {
    const { subject, change } = reservation({ id, tenant: this.id, revision: 1 });
    await (await this.#bus.jsm()).streams.purge(streamOf('STATE', this.id), { filter: subject });
    this.revisions.set(`reservation/${id}`, 1);
    return (await this.#bus.publish(subject, change, { id: `anew:${change.id}`, expectLast: 0 })).seq;
  }

  async #announce({ subject, change }: Announcement): Promise<number> {
    return (await this.#bus.publish(subject, { ...change, receivedat: new Date().toISOString() }, { id: change.id })).seq;
  }

  #next(entity: string): number {
    const revision = (this.revisions.get(entity) ?? 0) + 1;
    this.revisions.set(entity, revision);
    return revision;
  }
}
