import { JetStreamApiError } from '@nats-io/jetstream';
import { busErrorOf, type Bus, type StoredMessage } from './bus.ts';

/** Requests under way at a time. */
const HANDS = 16;

/** `isAll`: false where more stands there than was looked at. */
export type LookedThrough = { found: StoredMessage[]; isAll: boolean };

/**
 * Messages on `subject` that somebody wants. For work queues, which let nobody read beside their consumers: each message is a request
 * of its own, so no more than `most` are looked at.
 */
export async function lookThrough(
  bus: Bus,
  stream: string,
  subject: string,
  { most, isWanted }: { most: number; isWanted: (message: StoredMessage) => boolean },
): Promise<LookedThrough> {
  const { first_seq: first, last_seq: last } = await stateOf(bus, stream);
  const span = Math.ceil((last - first + 1) / HANDS);
  const found: StoredMessage[] = [];
  let left = most;
  const walk = async (from: number, to: number): Promise<void> => {
    for (let seq = from; seq <= to && left > 0;) {
      const message = await bus.nextOn(stream, subject, seq);
      if (!message || message.seq > to) return;
      left -= 1;
      if (isWanted(message)) found.push(message);
      seq = message.seq + 1;
    }
  };
  await Promise.all(
    Array.from({ length: HANDS }, (_, hand) => walk(first + hand * span, Math.min(last, first + (hand + 1) * span - 1))),
  );
  return { found: found.sort((a, b) => a.seq - b.seq), isAll: left > 0 };
}

/** The newest message that a durable was handed, and how many it has yet to be. Undefined: there is no such durable. @throws {BusError} */
export async function handedTo(bus: Bus, stream: string, durable: string): Promise<{ seq: number; waiting: number } | undefined> {
  try {
    const { delivered, num_pending } = await (await bus.jsm()).consumers.info(stream, durable);
    return { seq: delivered.stream_seq, waiting: num_pending };
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === 10014) return undefined;
    throw busErrorOf(error);
  }
}

async function stateOf(bus: Bus, stream: string): Promise<{ first_seq: number; last_seq: number }> {
  try {
    return (await (await bus.jsm()).streams.info(stream)).state;
  } catch (error) {
    throw busErrorOf(error);
  }
}
