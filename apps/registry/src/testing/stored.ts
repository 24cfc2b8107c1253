import { filterOf } from '@roomwire/events';
import { streamOf, type Bus, type StoredMessage } from '@roomwire/jetstream';

type Family = 'fetch' | 'later' | 'notice' | 'audit';
const STREAM_OF = { fetch: 'FETCH', later: 'WORK', notice: 'LOG', audit: 'LOG' } as const;

/** What a tenant's stream holds of a family, oldest first. */
export async function stored(bus: Bus, family: Family): Promise<{ message: StoredMessage; body: Record<string, unknown> }[]> {
  const all: { message: StoredMessage; body: Record<string, unknown> }[] = [];
  for (;;) {
    const from = (all.at(-1)?.message.seq ?? 0) + 1;
    const message = await bus.nextOn(streamOf(STREAM_OF[family], 't1'), filterOf('t1', family), from);
    if (!message) return all;
    all.push({ message, body: JSON.parse(Buffer.from(message.data).toString()) as Record<string, unknown> });
  }
}

/** As if all that was asked for had been read. */
export async function forgetReads(bus: Bus): Promise<void> {
  const jsm = await bus.jsm();
  await Promise.all((['FETCH', 'WORK'] as const).map((family) => jsm.streams.purge(streamOf(family, 't1'))));
}
