import type { JsMsg } from '@nats-io/jetstream';
import type { StoredMessage } from './bus.ts';
import { pairsOf } from './message-headers.ts';

/** As it came on an ordered consumer. Time and headers are read where somebody asks: of a hundred thousand nobody does. */
export function storedMessage(message: JsMsg): StoredMessage {
  const { subject, seq, data } = message;
  return {
    ...{ subject, seq, data },
    header: (name) => message.headers?.get(name) ?? '',
    get time() {
      return message.time;
    },
    get headers() {
      return pairsOf(message.headers);
    },
  };
}
