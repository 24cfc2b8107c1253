import type { Delivery } from './delivery.ts';
import { BadPayload } from './delivery.ts';
import { reject, retry, type Verdict } from './verdict.ts';

export type Handler = (delivery: Delivery) => Promise<Verdict>;
export type Middleware = (next: Handler) => Handler;

/** A throw is a bug or an outage nobody named: it may work later. Not JSON never will. */
export const catchThrows: Middleware = (next) => async (delivery) => {
  try {
    return await next(delivery);
  } catch (error) {
    if (error instanceof BadPayload) return reject('not-json', error.message, '');
    const thrown = error instanceof Error ? error : new Error(String(error));
    delivery.note({ err: { type: thrown.name, message: thrown.message, stack: thrown.stack } });
    return retry(`handler-threw: ${thrown.name}: ${thrown.message}`);
  }
};

/** A handler that does not come back in time loses its turn: the message is tried again, what it still does is idempotent. */
export const deadline =
  (ms: number): Middleware =>
  (next) =>
  async (delivery) => {
    const { promise, resolve } = Promise.withResolvers<Verdict>();
    const timer = setTimeout(() => resolve(retry('deadline')), ms);
    try {
      return await Promise.race([next(delivery), promise]);
    } finally {
      clearTimeout(timer);
    }
  };

/** A handler that answers with something else than a verdict has a bug that must not lose its message. */
export const requireVerdict: Middleware = (next) => async (delivery) => {
  const verdict = (await next(delivery)) as Verdict | undefined;
  return verdict && typeof verdict === 'object' && 'kind' in verdict ? verdict : retry('handler-gave-no-verdict');
};

/** The first runs outermost. */
export function compose(middleware: readonly Middleware[], handler: Handler): Handler {
  return middleware.reduceRight((next, wrap) => wrap(next), handler);
}
