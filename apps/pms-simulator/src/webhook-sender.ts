import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import { headersFor, settleTry, type Delivery } from './core/deliveries.ts';
import type { TryResult } from './core/retry.ts';
import type { World } from './core/world.ts';

export type SenderOptions = { world: World; clock: Clock; log: Logger; answerWithinMs: number };

/** Brings webhooks to their receivers, each on its own way: nothing says that they arrive in order. */
export class WebhookSender {
  readonly #options: SenderOptions;
  readonly #stopping = new AbortController();

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  send(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) void this.#bring(delivery);
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #bring(delivery: Delivery): Promise<void> {
    const { world, clock, log } = this.#options;
    const account = world.accounts.get(delivery.accountId)!;
    if (delivery.afterMs > 0) await clock.sleep(delivery.afterMs);
    while (!this.#stopping.signal.aborted) {
      const result = await this.#post(delivery, headersFor(account, delivery, clock.now()));
      if (this.#stopping.signal.aborted) return;
      delivery.tries += 1;
      const verdict = settleTry(world, account, delivery, result, clock.now());
      const { id, event, hook, tries } = delivery;
      log.info({ webhook: id, accountId: account.id, event, hook, tries, ...result, verdict: verdict.kind }, 'webhook tried');
      if (verdict.kind !== 'again') return;
      await clock.sleep(verdict.afterMs);
    }
  }

  async #post({ url, body }: Delivery, headers: Record<string, string>): Promise<TryResult> {
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(this.#options.answerWithinMs)]);
    try {
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
      // Read to its end, or the connection is not used again; whether that succeeds changes nothing of the verdict.
      await response.arrayBuffer().catch(() => undefined);
      return { status: response.status };
    } catch (error) {
      return { failure: (error as { name?: unknown }).name === 'TimeoutError' ? 'timeout' : 'network' };
    }
  }
}
