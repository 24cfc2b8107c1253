import { reconciling } from '@roomwire/events';
import { KvTable, type Bus } from '@roomwire/jetstream';
import { Comparer, type ComparerParts } from './comparer.ts';
import { Reconciler, type ReconcilerParts } from './reconciler.ts';
import { SeenPages } from './seen-pages.ts';

export type ReconcilingParts = Omit<ComparerParts & ReconcilerParts, 'bus' | 'reconcilings' | 'seen' | 'connections'> & {
  bus: Bus;
  connections: ComparerParts['connections'] & ReconcilerParts['connections'];
};

/** What compares what providers list with what is known: who takes the steps, and who reads a page. */
export async function buildReconciling(parts: ReconcilingParts, isBegun: boolean) {
  const { bus, log } = parts;
  const reconcilings = await KvTable.open(bus.nc, 'sync', reconciling, { log, filter: 'reconcile.*' });
  const all = { ...parts, reconcilings, seen: new SeenPages(bus) };
  const reconciler = new Reconciler(all);
  if (isBegun) reconciler.start();
  return {
    pages: new Comparer(all),
    close: async (): Promise<void> => {
      await reconciler.stop();
      await reconcilings.close();
    },
  };
}
