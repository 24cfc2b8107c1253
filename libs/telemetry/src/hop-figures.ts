import type { Meter } from '@opentelemetry/api';
import { histogram } from './metrics.ts';

/** The stations of a message at which somebody stamps `Rw-Hops`, and the last one, which nobody carries on. */
export type Hop = 'stored' | 'normalized' | 'requested' | 'answered' | 'applied' | 'propagated';

/** Records how long it was from the stamp before to the hop's own, both epoch ms, possibly of two machines: below 0 counts as 0. */
export function hopFigure(meter: Meter): (hop: Hop, lane: string, fromMs: number | undefined, toMs: number) => void {
  const duration = histogram(meter, 'roomwire_hop_seconds');
  return (hop, lane, fromMs, toMs) => {
    if (fromMs !== undefined && Number.isFinite(fromMs)) duration.record(Math.max(0, toMs - fromMs) / 1_000, { hop, lane });
  };
}
