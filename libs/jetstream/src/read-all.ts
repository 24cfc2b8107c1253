import type { NatsConnection } from '@nats-io/nats-core';
import { DeliverPolicy, jetstream, type OrderedConsumerOptions } from '@nats-io/jetstream';
import { busErrorOf, type StoredMessage } from './bus.ts';
import { FollowedMessage } from './stored-message.ts';

const BATCH = 512;
const WITHIN_MS = 5_000;

export type ReadOptions = {
  /** From this sequence, or from what was stored at or after this instant, epoch ms. */
  fromSeq?: number | undefined;
  fromMs?: number | undefined;
  headersOnly?: boolean | undefined;
};

/** Every message that a stream holds at this moment, oldest first. For looking through one that is too long for a request each. */
export async function* readAll(
  nc: NatsConnection,
  stream: string,
  filter: string | string[],
  { fromSeq, fromMs, headersOnly }: ReadOptions = {},
): AsyncGenerator<StoredMessage> {
  try {
    const from: Partial<OrderedConsumerOptions> =
      fromSeq !== undefined
        ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: fromSeq }
        : fromMs !== undefined
          ? { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(fromMs).toISOString() }
          : { deliver_policy: DeliverPolicy.All };
    const options = { filter_subjects: filter, ...from, ...(headersOnly ? { headers_only: true } : {}) };
    const consumer = await jetstream(nc).consumers.get(stream, options);
    let left = (await consumer.info()).num_pending;
    while (left > 0) {
      const messages = await consumer.fetch({ max_messages: Math.min(left, BATCH), expires: WITHIN_MS });
      let came = 0;
      for await (const message of messages) {
        came++;
        yield new FollowedMessage(message);
      }
      // What was removed meanwhile does not come.
      left = came === 0 ? 0 : left - came;
    }
  } catch (error) {
    throw busErrorOf(error);
  }
}
