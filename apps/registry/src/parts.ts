import type { Redis } from './redis-scripts.ts';
import { connection, erasure, mapping, rebuildWish, review, tenant, unit, unitType } from '@roomwire/events';
import { Bus, KvTable, redisLedger, type NatsConnection } from '@roomwire/jetstream';
import type { Log } from '@roomwire/telemetry';
import { Announcer } from './announcer.ts';
import { openAsking, type AskingOptions } from './asking.ts';
import { Catalogue, type Tables } from './catalogue.ts';
import { ConflictStore } from './conflict-store.ts';
import { ConflictTeller } from './conflict-teller.ts';
import type { Disagreements } from './disagreements.ts';
import { EpochStore } from './epoch-store.ts';
import { Eraser } from './eraser.ts';
import { Forgetter } from './forgetter.ts';
import { Feed } from './feed.ts';
import { Gate } from './gate.ts';
import { Memory } from './memory.ts';
import { MemoryStore } from './memory-store.ts';
import { Mover } from './mover.ts';
import { Reads } from './reads.ts';
import { Rebuild } from './rebuild.ts';
import { Rebuilder } from './rebuilder.ts';
import { RecordStore } from './record-store.ts';
import { Relooker } from './relooker.ts';
import type { Retellings } from './retellings.ts';
import { RoomDeriver } from './room-deriver.ts';
import { ShelfDeriver } from './shelf-deriver.ts';
import { ShelfStore } from './shelf-store.ts';
import { Suspecter } from './suspecter.ts';
import { Sweep } from './sweep.ts';
import { Teller, type Pause } from './teller.ts';
import { UnitStore } from './unit-store.ts';

export type Registry = {
  bus: Bus;
  tables: Tables;
  catalogue: Catalogue;
  records: RecordStore;
  units: UnitStore;
  conflicts: ConflictStore;
  announcer: Announcer;
  rooms: RoomDeriver;
  memory: Memory;
  epochs: EpochStore;
  gate: Gate;
  rebuild: Rebuild;
  reads: Reads;
  disagreements: Disagreements;
  retellings: Retellings;
  teller: Teller;
  sweep: Sweep;
  close(): Promise<void>;
};

export type RegistryOptions = AskingOptions & {
  pauseBeforeAnnounce: Pause;
  /** Days that something is kept after it ended. */
  horizonDays: number;
};

/** What one replica of the registry is made of, in the order in which one part needs the other; no HTTP and no consumers. */
export async function openRegistry(nc: NatsConnection, redis: Redis, options: RegistryOptions): Promise<Registry> {
  const { log, pauseBeforeAnnounce, horizonDays } = options;
  const bus = new Bus(nc);
  const tables = await openTables(nc, log);
  const rebuilds = await KvTable.open(nc, 'catalog', rebuildWish, { filter: '*.rebuild', log });
  const erasures = await KvTable.open(nc, 'catalog', erasure, { filter: '*.erasure', log });
  const catalogue = new Catalogue(tables);
  const memory = new Memory();
  const epochs = new EpochStore(redis, memory);
  const records = new RecordStore(redis, memory);
  const units = new UnitStore(redis, memory);
  const shelves = new ShelfStore(redis, memory);
  const conflicts = new ConflictStore(redis);
  const announcer = new Announcer(bus, records, catalogue);
  const reads = new Reads(bus, redisLedger(redis), catalogue);
  const rooms = new RoomDeriver(bus, units, catalogue, new ConflictTeller(bus, units, reads));
  const looks = new ShelfDeriver(shelves, catalogue, new ConflictTeller(bus, shelves, reads), reads);
  const rebuild = new Rebuild(nc, epochs, new Feed(nc, { records, units, shelves }, catalogue, reads), units, rooms, log);
  const gate = new Gate(memory, (id) => rebuild.run(id));
  const onClose = (): void => gate.close();
  redis.on('close', onClose);
  const mover = new Mover(tables.mappings, catalogue, memory, records, units, announcer, rooms, log);
  const relooker = new Relooker(tables.mappings, tables.types, catalogue, memory, shelves);
  const asking = await openAsking(nc, redis, { bus, tables, catalogue, records, reads }, options);
  const { disagreements, retellings } = asking;
  const suspecter = new Suspecter(tables.connections, catalogue, memory, units, rooms, log);
  const forgetter = new Forgetter(bus, memory, records, conflicts, rooms, horizonDays, log);
  const eraser = new Eraser(tables.tenants, erasures, memory, new MemoryStore(redis), log);
  const rebuilder = new Rebuilder(tables.tenants, rebuilds, epochs, gate, log);
  const stores = { epochs, records, units, shelves };
  const hands = { announcer, rooms, looks, mover, relooker, retellings, suspecter, forgetter, eraser, rebuilder };
  const sweep = new Sweep(tables, gate, stores, hands, log);
  const teller = new Teller(records, announcer, rooms, catalogue, pauseBeforeAnnounce, horizonDays);
  const close = async (): Promise<void> => {
    redis.off('close', onClose);
    await sweep.stop();
    await Promise.all([asking, erasures, rebuilds, ...Object.values(tables)].map((part) => part.close()));
  };
  return {
    ...{ bus, tables, catalogue, memory, records, units, conflicts },
    ...{ announcer, rooms, reads, disagreements, retellings },
    ...{ epochs, gate, rebuild, teller, sweep, close },
  };
}

async function openTables(nc: NatsConnection, log: Log): Promise<Tables> {
  return {
    tenants: await KvTable.open(nc, 'tenants', tenant, { log }),
    connections: await KvTable.open(nc, 'connections', connection, { log }),
    mappings: await KvTable.open(nc, 'catalog', mapping, { filter: '*.map.>', log }),
    units: await KvTable.open(nc, 'catalog', unit, { filter: '*.unit.*', log }),
    types: await KvTable.open(nc, 'catalog', unitType, { filter: '*.type.*', log }),
    reviews: await KvTable.open(nc, 'catalog', review, { filter: '*.review.*.*', log }),
  };
}
