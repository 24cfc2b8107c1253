import { connectRedis } from '@roomwire/chassis';
import {
  connection as connectionSchema,
  eventOf,
  facet,
  filterOf,
  tenant as tenantSchema,
  type ConflictChange,
  type Connection,
  type EntityRecord,
  type EventMessage,
  type RecordChange,
  type RoomChange,
  type Tenant,
} from '@roomwire/events';
import { connectNats, ensureFleet, ensureTenant, KvTable, streamOf, type Bus, type NatsConnection } from '@roomwire/jetstream';
import { createLog, createMeter } from '@roomwire/telemetry';
import { openRegistry, type Registry, type RegistryOptions } from '../parts.ts';
import type { Redis } from '../redis-scripts.ts';
import type { Pause } from '../teller.ts';

const tenant: Tenant = {
  id: 't1',
  name: 'T1',
  status: 'active',
  apiTokenHashes: [],
  defaults: { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' },
};
const connection: Connection = {
  id: 'c1',
  tenant: 't1',
  provider: 'hostaway',
  status: 'active',
  account: null,
  baseUrl: null,
  unitsOf: null,
};

export type Replica = Registry & { nc: NatsConnection; redis: Redis; dispose(): Promise<void> };

export async function provision(natsUrl: string): Promise<void> {
  const nc = await connectNats({ servers: natsUrl, service: 'test' });
  await ensureFleet(nc);
  await ensureTenant(nc, tenant.id);
  const tenants = await KvTable.open(nc, 'tenants', tenantSchema);
  const connections = await KvTable.open(nc, 'connections', connectionSchema);
  await tenants.put(tenant.id, tenant);
  await connections.put(connection.id, connection);
  await connections.put('c2', { ...connection, id: 'c2' });
  await nc.close();
}

/** One replica of the registry, without its consumers: the test is who tells it. */
export async function replica(
  natsUrl: string,
  redisUrl: string,
  pauseBeforeAnnounce: Pause = () => Promise.resolve(),
  settings: Partial<RegistryOptions> = {},
): Promise<Replica> {
  const nc = await connectNats({ servers: natsUrl, service: 'registry' });
  const log = createLog('registry', 'silent');
  const redis = await connectRedis(redisUrl, { log, role: 'registry' });
  const registry = await openRegistry(nc, redis, {
    ...{ log, meter: createMeter('registry').meter, now: Date.now, pauseBeforeAnnounce },
    horizonDays: 400,
    ...{ retell: { inFlight: 20, perSecond: 5, looks: 200 }, epoch: { quorum: 3, confirmMs: 300_000, raiseEveryMs: 3_600_000 } },
    ...settings,
  });
  const dispose = async (): Promise<void> => {
    await registry.close();
    redis.disconnect();
    await nc.close();
  };
  return { ...registry, nc, redis, dispose };
}

export type Telling = {
  connection?: 'c1' | 'c2';
  entity?: string;
  guest?: string;
  unit?: string;
  status?: string;
  epoch?: number;
  mapping?: number;
  second: number;
  read?: number;
  /** Of the departure, from today; 3 by default. */
  leavesInDays?: number;
  /** Tells its guest's name and nothing else. */
  onlyGuest?: true;
};

/** A reservation that is in the house today, told at a second of the provider's clock, by push or by a read granted at `read` µs. */
export function told(telling: Telling): EventMessage {
  const { connection: from = 'c1', entity = '1', guest = 'Ada', unit = '40', status = 'confirmed', second, read } = telling;
  const stamp = {
    epoch: telling.epoch ?? 0,
    modifiedAt: second * 1_000_000,
    rank: read ? (1 as const) : (0 as const),
    observedAt: read ?? 0,
    mapping: telling.mapping ?? 1,
  };
  const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const { leavesInDays = 3 } = telling;
  const core = {
    status,
    arrival: day(leavesInDays - 6),
    departure: day(leavesInDays),
    property: unit,
    unitType: unit,
    channel: null,
  };
  const data: EntityRecord = {
    ...{ kind: 'reservation', connection: from, entity },
    facets: {
      ...(telling.onlyGuest ? {} : { core: facet(core, stamp) }),
      guest: facet({ name: guest, adults: null, children: null }, stamp),
    },
  };
  return eventOf(data, {
    tenant: 't1',
    provider: 'hostaway',
    lane: 'live',
    receipt: `receipt-${second}`,
    receivedAt: new Date().toISOString(),
  });
}

export type Announced = {
  seq: number;
  subject: string;
  /** When the broker stored it. */
  time: Date;
  body: RecordChange | RoomChange | ConflictChange;
};

/** Everything that STATE holds, oldest first: what readers were told. */
export async function announced(bus: Bus, subjectPart = ''): Promise<Announced[]> {
  const found: Announced[] = [];
  for (let seq = 1; ;) {
    const next = await bus.nextOn(streamOf('STATE', 't1'), filterOf('t1', 'change'), seq);
    if (!next) return found.filter(({ subject }) => subject.includes(subjectPart));
    found.push({
      seq: next.seq,
      subject: next.subject,
      time: next.time,
      body: JSON.parse(new TextDecoder().decode(next.data)) as Announced['body'],
    });
    seq = next.seq + 1;
  }
}

export const tell = (to: Replica, telling: Telling) =>
  to.gate.within('t1', () => to.teller.tell(told(telling), () => Promise.resolve()));
