import type { JsMsg } from '@nats-io/jetstream';
import type { StoredMessage } from './bus.ts';
import { pairsOf } from './message-headers.ts';

/**
 * As it came on an ordered consumer. Time and headers are read where somebody asks: of a hundred thousand nobody does. A class, since an
 * object literal's accessors give each object a shape of its own, which keeps what they close over until the next full collection.
 */
export class FollowedMessage implements StoredMessage {
  constructor(private readonly message: JsMsg) {}

  get subject(): string {
    return this.message.subject;
  }

  get seq(): number {
    return this.message.seq;
  }

  get data(): Uint8Array {
    return this.message.data;
  }

  get time(): Date {
    return this.message.time;
  }

  get headers(): [string, string][] {
    return pairsOf(this.message.headers);
  }

  header(name: string): string {
    return this.message.headers?.get(name) ?? '';
  }
}
