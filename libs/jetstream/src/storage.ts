import { gauge, type Meter } from '@roomwire/telemetry';
import type { Bus } from './bus.ts';
import { tenantStreams } from './topology.ts';

/** One request a stream; what fills slowly need not be looked at often. */
const EVERY_MS = 60_000;

type Held = { tenant: string; stream: string; bytes: number; /** -1: none. */ bytesMax: number };

/** What a tenant's streams hold; one that cannot be looked at is left out. `stream` is the family: WORK, STATE, … */
export async function storageOf(bus: Bus, tenant: string): Promise<Held[]> {
  const jsm = await bus.jsm();
  const found = await Promise.allSettled(
    tenantStreams(tenant).map(async ({ name }): Promise<Held> => {
      const { state, config } = await jsm.streams.info(name);
      return { tenant, stream: name.split('_')[0]!, bytes: state.bytes, bytesMax: config.max_bytes };
    }),
  );
  return found.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

/** A full stream stops the work of its tenant (WORK, DEAD): what an alert watches. Returns how to stop looking. */
export function watchStorage(bus: Bus, meter: Meter, tenants: () => Iterable<string>): () => void {
  let held: Held[] = [];
  gauge(meter, 'roomwire_storage_bytes').addCallback((result) => {
    for (const { bytes, tenant, stream } of held) result.observe(bytes, { tenant, stream });
  });
  gauge(meter, 'roomwire_storage_filled_ratio').addCallback((result) => {
    for (const { bytes, bytesMax, tenant, stream } of held)
      if (bytesMax > 0) result.observe(bytes / bytesMax, { tenant, stream });
  });
  const look = async (): Promise<void> => {
    const seen: Held[] = [];
    // One tenant after the other: a hundred of them are no burst.
    for (const tenant of tenants()) if (!bus.nc.isClosed()) seen.push(...(await storageOf(bus, tenant).catch(() => [])));
    held = seen;
  };
  const timer = setInterval(() => void look(), EVERY_MS);
  void look();
  return () => clearInterval(timer);
}
