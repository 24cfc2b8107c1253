import type { NatsConnection } from '@roomwire/jetstream';

/** Answers since when (epoch milliseconds) the broker cannot be reached. Its client only says when that begins and ends. */
export function lostSince(nc: Pick<NatsConnection, 'status'>, now: () => number = Date.now): () => number | undefined {
  let since: number | undefined;
  void (async () => {
    for await (const { type } of nc.status()) {
      if (type === 'disconnect') since ??= now();
      if (type === 'reconnect') since = undefined;
    }
  })();
  return () => since;
}
