import { DeliverPolicy, jetstream, type JsMsg } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { spreadOf, type Spread } from '@roomwire/testkit';
import type { Seen } from './load.ts';
import type { Running } from './target.ts';

/** The stations of a webhook, in order. Stamps of processes are whole milliseconds, the broker's and the client's are finer. */
export const LEGS = [
  'due → received',
  'received → publishing',
  'publishing → normalized',
  'normalized → announced',
  'announced → client',
] as const;
export type Leg = (typeof LEGS)[number];
export type Way = { of: number; legs: Record<Leg, Spread> };

type Stamps = { received: number; stored: number; normalized: number };

/**
 * Where each millisecond went, for those whose stamps are all there: the processes' from their outcomes in LOG, the broker's time of
 * the room's change from STATE (the last 16 of a room). Read after the load, so that reading disturbs nothing.
 */
export async function wayOf(running: Running, seen: Seen): Promise<Way> {
  const { server, user, pass } = running.nats;
  const nc = await connect({ servers: server, user, pass, inboxPrefix: `_INBOX.${user}` });
  try {
    const since = new Date(seen.scheduled[0]! - 1_000);
    const stamps = new Map<string, Stamps>();
    const announced = new Map<string, number>();
    for (const { tenant } of running.doors) {
      await readSince(nc, `LOG_${tenant}`, `pms.${tenant}.outcome.>`, since, (message) => {
        const { receipt, hops } = message.json<{ receipt: string; hops?: Partial<Stamps> }>();
        if (hops?.normalized) stamps.set(receipt, hops as Stamps);
      });
      await readSince(nc, `STATE_${tenant}`, `pms.${tenant}.change.room.>`, since, (message) => {
        const { receipt } = message.json<{ receipt?: string }>();
        if (receipt) announced.set(receipt, message.info.timestampNanos / 1e6);
      });
    }
    return legsOf(seen, stamps, announced);
  } finally {
    await nc.close();
  }
}

export function legsOf(
  seen: Pick<Seen, 'scheduled' | 'arrived' | 'receipts'>,
  stamps: ReadonlyMap<string, Stamps>,
  announced: ReadonlyMap<string, number>,
): Way {
  const found: number[][] = LEGS.map(() => []);
  seen.receipts.forEach((receipt, index) => {
    const hops = stamps.get(receipt);
    const at = announced.get(receipt);
    const arrived = seen.arrived[index]!;
    if (!hops || at === undefined || Number.isNaN(arrived)) return;
    const stations = [seen.scheduled[index]!, hops.received, hops.stored, hops.normalized, at, arrived];
    LEGS.forEach((_, leg) => found[leg]!.push(stations[leg + 1]! - stations[leg]!));
  });
  const legs = LEGS.map((leg, index) => [leg, spreadOf(Float64Array.from(found[index]!))]);
  return { of: found[0]!.length, legs: Object.fromEntries(legs) as Record<Leg, Spread> };
}

async function readSince(
  nc: NatsConnection,
  stream: string,
  filter: string,
  since: Date,
  onMessage: (message: JsMsg) => void,
): Promise<void> {
  const consumer = await jetstream(nc).consumers.get(stream, {
    ...{ filter_subjects: filter, deliver_policy: DeliverPolicy.StartTime, opt_start_time: since.toISOString() },
  });
  let { num_pending: pending } = await consumer.info();
  while (pending > 0) {
    const messages = await consumer.fetch({ max_messages: Math.min(pending, 1_000), expires: 5_000 });
    for await (const message of messages) {
      onMessage(message);
      pending = message.info.pending;
    }
  }
}
