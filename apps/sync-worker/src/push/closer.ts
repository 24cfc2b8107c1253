import {
  calendarEntity,
  contentOf,
  filterOf,
  HEADER,
  isUnitTypeId,
  pushSubject,
  type Connection,
  type EntityRecord,
  type Kind,
  type Mapping,
  type PushOrder,
  type RecordChange,
  type Tenant,
  type UnitCore,
  type UnitTypeCore,
} from '@roomwire/events';
import { BusError, follow, streamOf, type Bus, type Follower, type KvTable, type StoredMessage } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import type { Log } from '@roomwire/telemetry';
import { announced } from '../announced.ts';
import { Ticking } from '../ticking.ts';
import {
  closingKey,
  closingOf,
  isSettled,
  orderName,
  stayOf,
  toClose,
  type Closing,
  type Stay,
  type Target,
} from './core/closing.ts';
import { nightsOf, oldestNight } from './core/nights.ts';
import { targetKey } from './core/target.ts';
import { Linked } from './linked.ts';
import type { StandingLedger } from './standing-ledger.ts';

export type CloserParts = {
  bus: Bus;
  tenants: KvTable<Tenant>;
  connections: Pick<KvTable<Connection>, 'get'>;
  /** `<tenant>.map.…` */
  mappings: KvTable<Mapping>;
  closings: KvTable<Closing>;
  ledger: StandingLedger;
  now: () => number;
  log: Log;
};

/**
 * A stay at one provider closes its nights at the others that sell the same door, and a stay that goes or moves opens them again. Every
 * worker follows the announced reservations, from what is to what comes; compare-and-set lets one of them deal with each. So nothing
 * is missed while none of them runs, and nothing depends on how a stay came to be known. What we close comes back from the provider as
 * a calendar, and a calendar closes nothing: two linked providers cannot play it back to each other.
 */
export class Closer extends Ticking {
  private readonly linked: Linked;
  private readonly followers = new Map<string, Follower>();
  /** Stays that could not be dealt with, by their key: the last word of each. */
  private readonly waiting = new Map<string, Stay>();

  constructor(private readonly parts: CloserParts) {
    super();
    this.linked = new Linked(parts.mappings);
  }

  override start(): this {
    this.attach();
    return super.start();
  }

  override async stop(): Promise<void> {
    this.linked.stop();
    await super.stop();
    await Promise.all([...this.followers.values()].map((follower) => follower.stop()));
  }

  /** What could not be done is tried again; what a new link concerns was announced long ago, so all that is announced is looked at anew. */
  async look(): Promise<void> {
    for (const tenant of this.linked.changed()) {
      await this.followers.get(tenant)?.stop();
      this.followers.delete(tenant);
    }
    this.attach();
    for (const [key, stay] of [...this.waiting]) {
      this.waiting.delete(key);
      await this.settle(stay);
    }
  }

  private attach(): void {
    const { tenants, bus } = this.parts;
    const active = new Set([...tenants.entries()].flatMap(([, { id, status }]) => (status === 'active' ? [id] : [])));
    for (const [tenant, follower] of this.followers)
      if (!active.has(tenant) && this.followers.delete(tenant)) void follower.stop();
    for (const tenant of active)
      if (!this.followers.has(tenant) && this.linked.any(tenant)) {
        const onMessage = (message: StoredMessage): Promise<void> => this.hear(message);
        const filter = filterOf(tenant, 'change', 'reservation');
        this.followers.set(tenant, follow(bus.nc, streamOf('STATE', tenant), filter, { onMessage }));
      }
  }

  private async hear(message: StoredMessage): Promise<void> {
    // Our own announcement, which was checked against its schema when it was made.
    const stay = stayOf(JSON.parse(new TextDecoder().decode(message.data)) as RecordChange);
    if (stay) await this.settle(stay);
  }

  private async settle(stay: Stay): Promise<void> {
    const key = closingKey(stay);
    const known = this.waiting.get(key);
    if (known && known.revision > stay.revision) return;
    if (!this.parts.closings.get(key) && !this.isLinked(stay)) return;
    try {
      while (!(await this.tryToSettle(key, stay)));
      this.waiting.delete(key);
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      this.parts.log.warn({ tenant: stay.tenant, connection: stay.connection, err: error }, 'closing: will try again');
      this.waiting.set(key, stay);
    }
  }

  private isLinked({ tenant, units }: Stay): boolean {
    return units.some((unit) => this.linked.of(tenant, unit).length > 1);
  }

  /** False: somebody else wrote meanwhile, look again. */
  private async tryToSettle(key: string, stay: Stay): Promise<boolean> {
    const { closings, now } = this.parts;
    const entry = await closings.entryFromLeader(key);
    const before = entry?.value;
    if (before && before.revision > stay.revision) return true;
    if (stay.departure <= oldestNight(now())) {
      if (before) await closings.remove(key);
      return true;
    }
    const targets = stay.nights ? await this.targetsOf(stay) : [];
    if (isSettled(before, stay, targets)) return true;
    const holds = await Promise.all(targets.map(async (at) => ({ ...at, spans: await this.spansAt(stay, at) })));
    const after = closingOf(before, stay, holds);
    const seq = await closings.update(key, after, entry?.seq ?? 0);
    if (seq === undefined) return false;
    await Promise.all(after.holds.map((hold) => this.order(stay, after, hold)));
    await closings.update(key, { ...after, holds, owed: false }, seq);
    return true;
  }

  /** Where else the stay's doors are sold, each alone: of several doors that are sold as one, one less cannot be told as closed. */
  private async targetsOf({ tenant, connection, units }: Stay): Promise<Target[]> {
    const elsewhere = units
      .filter((unit) => !isUnitTypeId(unit))
      .flatMap((unit) => this.linked.of(tenant, unit))
      .filter((mapping) => mapping.connection !== connection && this.isClosable(tenant, mapping.connection));
    const sold = await Promise.all(elsewhere.map((mapping) => this.soldAs(tenant, mapping)));
    const targets = sold.flatMap((each) => each ?? []);
    return [...new Map(targets.map((each) => [JSON.stringify(each), each])).values()];
  }

  private isClosable(tenant: string, id: string): boolean {
    const held = this.parts.connections.get(id);
    return held?.tenant === tenant && adapterOf(held.provider)?.push?.kinds.includes('availability') === true;
  }

  private async soldAs(tenant: string, { connection, entity }: Mapping): Promise<Target | undefined> {
    const unit = await this.record(tenant, 'unit', connection, entity);
    const unitType = contentOf<UnitCore>(unit, 'core')?.unitType ?? entity;
    const type = await this.record(tenant, 'unit-type', connection, unitType);
    return (contentOf<UnitTypeCore>(type, 'core')?.quantity ?? 1) > 1 ? undefined : { connection, unitType };
  }

  private async spansAt({ tenant, nights }: Stay, { connection, unitType }: Target): Promise<Closing['holds'][number]['spans']> {
    const months = [...new Set(nightsOf(nights!).map(monthOf))];
    const told = await Promise.all(
      months.map((month) => this.record(tenant, 'availability', connection, calendarEntity(unitType, month))),
    );
    const calendars = new Map(months.map((month, index) => [month, told[index]]));
    const { standing } = await this.parts.ledger.read(targetKey(connection, { kind: 'availability', unitType }));
    return toClose(nights!, oldestNight(this.parts.now()), (night) => calendars.get(monthOf(night)), standing);
  }

  private record(tenant: string, kind: Kind, connection: string, entity: string): Promise<EntityRecord | undefined> {
    return announced(this.parts.bus, { tenant, connection, kind, entity });
  }

  private async order(stay: Stay, closing: Closing, { connection, unitType, spans }: Closing['holds'][number]): Promise<void> {
    const provider = this.parts.connections.get(connection)?.provider;
    if (!provider) return; // it is gone, and with it what was closed there
    const name = orderName(closing, { connection, unitType });
    const order: PushOrder = {
      ...{ order: name, tenant: stay.tenant, provider, connection, lane: stay.lane, by: 'roomwire' },
      at: new Date(this.parts.now()).toISOString(),
      ...(stay.traceparent ? { traceparent: stay.traceparent } : {}),
      what: { kind: 'hold', unitType, stay: `${stay.connection}/${stay.reservation}`, n: closing.n, spans },
    };
    await this.parts.bus.publish(pushSubject(order), order, { id: `push:${name}`, headers: { [HEADER.receipt]: name } });
  }
}

const monthOf = (night: string): string => night.slice(0, 'YYYY-MM'.length);
