import type { NatsConnection } from '@nats-io/nats-core';
import { DeliverPolicy, jetstream } from '@nats-io/jetstream';
import { busErrorOf, type StoredMessage } from './bus.ts';
import { pairsOf } from './message-headers.ts';

const BATCH = 512;
const WITHIN_MS = 5_000;

/** Every message that a stream holds at this moment, oldest first. For looking through one that is too long for a request each. */
export async function* readAll(nc: NatsConnection, stream: string, filter: string): AsyncGenerator<StoredMessage> {
  try {
    const options = { filter_subjects: filter, deliver_policy: DeliverPolicy.All } as const;
    const consumer = await jetstream(nc).consumers.get(stream, options);
    let left = (await consumer.info()).num_pending;
    while (left > 0) {
      const messages = await consumer.fetch({ max_messages: Math.min(left, BATCH), expires: WITHIN_MS });
      for await (const message of messages) {
        left--;
        yield {
          ...{ subject: message.subject, seq: message.seq, time: message.time, data: message.data },
          header: (name) => message.headers?.get(name) ?? '',
          headers: pairsOf(message.headers),
        };
      }
    }
  } catch (error) {
    throw busErrorOf(error);
  }
}
