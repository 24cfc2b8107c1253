import type { Redis } from './redis-scripts.ts';
import { KvTable, type Bus, type NatsConnection } from '@roomwire/jetstream';
import type { Log, Meter } from '@roomwire/telemetry';
import type { Catalogue, Tables } from './catalogue.ts';
import { retelling } from './core/retelling.ts';
import { Disagreements, type EpochSettings } from './disagreements.ts';
import { EpochRaiser, raise } from './epoch-raiser.ts';
import { EvidenceStore } from './evidence-store.ts';
import { Figures } from './figures.ts';
import { Journal } from './journal.ts';
import type { Reads } from './reads.ts';
import type { RecordStore } from './record-store.ts';
import { Retellings, type RetellSettings } from './retellings.ts';

export type AskingOptions = {
  log: Log;
  meter: Meter;
  retell: RetellSettings;
  epoch: EpochSettings & { raiseEveryMs: number };
  /** Epoch ms; a test moves it. */
  now: () => number;
};
type Parts = { bus: Bus; tables: Tables; catalogue: Catalogue; records: RecordStore; reads: Reads };

export type Asking = { disagreements: Disagreements; retellings: Retellings; close(): Promise<void> };

/** The parts that doubt what is known and have it read anew, though nobody has told anything. */
export async function openAsking(nc: NatsConnection, redis: Redis, parts: Parts, options: AskingOptions): Promise<Asking> {
  const { bus, tables, catalogue, records, reads } = parts;
  const { log, meter, retell, epoch, now } = options;
  const walks = await KvTable.open(nc, 'sync', retelling, { filter: 'retell.*', log });
  const raises = await KvTable.open(nc, 'sync', raise, { filter: 'epoch.*', log });
  const journal = new Journal(bus, now);
  const figures = new Figures(meter);
  figures.watch(() => [...walks.entries()].map(([, walk]) => walk));
  const raiser = new EpochRaiser(tables.connections, raises, journal, epoch.raiseEveryMs, now);
  const evidence = new EvidenceStore(redis);
  return {
    disagreements: new Disagreements(evidence, records, catalogue, reads, raiser, journal, figures, epoch, log),
    retellings: new Retellings(walks, catalogue, records, reads, journal, figures, retell, log, now),
    close: async () => void (await Promise.all([walks.close(), raises.close()])),
  };
}
