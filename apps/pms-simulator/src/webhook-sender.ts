import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import { bodyFor, headersFor, settleTry, type Delivery } from './core/deliveries.ts';
import { ANSWER_WITHIN_MS, type TryResult } from './core/retry.ts';
import type { Account, World } from './core/world.ts';
import type { WebSocketHub } from './websocket-hub.ts';

export type SenderOptions = {
  world: World;
  clock: Clock;
  log: Logger;
  answerWithinMs?: number | undefined;
  sockets: WebSocketHub;
};

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
      const result = await this.#post(account, delivery);
      if (this.#stopping.signal.aborted) return;
      delivery.tries += 1;
      const verdict = settleTry(world, account, delivery, result, clock.now());
      const { id, event, hook, tries } = delivery;
      log.info({ webhook: id, accountId: account.id, event, hook, tries, ...result, verdict: verdict.kind }, 'webhook tried');
      if (verdict.kind !== 'again') return;
      await clock.sleep(verdict.afterMs);
    }
  }

  async #post(account: Account, delivery: Delivery): Promise<TryResult> {
    if (delivery.hook === 'socket')
      return this.#options.sockets.send(account, delivery.body) ? { status: 200 } : { failure: 'network' };
    const { hooks } = account.provider;
    const internal = delivery.hook === 'internal';
    const withinMs = this.#options.answerWithinMs ?? (internal ? ANSWER_WITHIN_MS : hooks.answerWithinMs);
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(withinMs)]);
    const headers = headersFor(account, delivery, this.#options.clock.now());
    const redirect = !internal && hooks.followsRedirects ? 'follow' : 'manual';
    try {
      const response = await fetch(delivery.url, { method: 'POST', headers, body: bodyFor(account, delivery), signal, redirect });
      // Read to its end, or the connection is not used again; whether that succeeds changes nothing of the verdict.
      await response.arrayBuffer().catch(() => undefined);
      return { status: response.status };
    } catch (error) {
      return { failure: (error as { name?: unknown }).name === 'TimeoutError' ? 'timeout' : 'network' };
    }
  }
}
