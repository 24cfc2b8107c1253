import { mapping, type Connection, type Tenant } from '@roomwire/events';
import { KvTable, type Bus } from '@roomwire/jetstream';
import type { Log } from '@roomwire/telemetry';
import type { Figures } from '../figures.ts';
import { Gatherer } from '../gatherer.ts';
import { Reader, type ReaderParts } from '../reader.ts';
import { Closer } from './closer.ts';
import { closing } from './core/closing.ts';
import { Messenger } from './messenger.ts';
import { PushConsumer } from './push.consumer.ts';
import { StandingLedger } from './standing-ledger.ts';
import { Teller, type Member, type Outcome } from './teller.ts';

export type PushingParts = {
  bus: Bus;
  tenants: KvTable<Tenant>;
  connections: KvTable<Connection>;
  /** What every call to a provider needs. */
  calling: Omit<ReaderParts, 'figures'>;
  figures: Figures;
  log: Log;
};

/** What tells providers something: orders, and what follows from stays elsewhere. Its calls are counted by themselves. */
export async function buildPushing(parts: PushingParts, isClosing: boolean) {
  const { bus, tenants, connections, calling, figures, log } = parts;
  const mappings = await KvTable.open(bus.nc, 'catalog', mapping, { log, filter: '*.map.>' });
  const closings = await KvTable.open(bus.nc, 'sync', closing, { log, filter: 'close.>' });
  const reader = new Reader({
    ...calling,
    figures: { permits: figures.permits, read: (job, outcome) => figures.push(job, outcome) },
  });
  const ledger = new StandingLedger(bus);
  const teller = new Teller({ ledger, reader, figures, now: calling.now });
  const groups = new Gatherer<Member, Outcome>((members) => teller.tell(members), calling.sleep);
  const closer = new Closer({ bus, tenants, connections, mappings, closings, ledger, now: calling.now, log });
  if (isClosing) closer.start();
  return {
    consumer: new PushConsumer(bus, connections, groups, new Messenger({ bus, reader, figures })),
    close: async (): Promise<void> => {
      await closer.stop();
      await Promise.all([mappings.close(), closings.close()]);
    },
  };
}
