import type { Hook, Truth } from './truth.ts';

/** What became of one webhook on its way in. */
export type Delivered = {
  hook: Hook;
  /** Epoch ms at which it was to be sent, whatever happened then. */
  scheduledAt: number;
  /** Epoch ms of the 2xx; undefined: it was never taken. */
  answeredAt?: number;
  receipt?: string;
  tries: number;
};

const TRY_MS_MAX = 3_000;
const BETWEEN_TRIES_MS = 200;
/** Longer than any harm that is done here. */
const PATIENCE_MS = 45_000;

/** Sends the story in an open loop: when a webhook is sent depends on the clock alone, never on how the last one fared. */
export class Provider {
  readonly delivered: Delivered[] = [];
  private readonly under = new Set<Promise<void>>();
  private turn = 0;
  private stopped = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly truth: Truth,
    /** Base URLs of the gateway's replicas, behind which a provider would see one. */
    private readonly gateways: readonly string[],
  ) {}

  /** Goes on until {@link stop}. */
  start(perSecond: number): void {
    this.stopped = false;
    this.loop = this.run(perSecond);
  }

  /** Sends no more; resolves when all that were sent have been answered, or given up. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
    await Promise.all(this.under);
  }

  private async run(perSecond: number): Promise<void> {
    const began = Date.now();
    for (let sent = 0; !this.stopped;) {
      const due = Math.floor(((Date.now() - began) * perSecond) / 1000);
      for (; sent < due; sent++) this.send(began + (sent * 1000) / perSecond);
      await pause(5);
    }
    while (this.truth.isOwing) this.send(Date.now());
  }

  private send(scheduledAt: number): void {
    const delivered: Delivered = { hook: this.truth.next(), scheduledAt, tries: 0 };
    this.delivered.push(delivered);
    const sending = this.deliver(delivered).finally(() => this.under.delete(sending));
    this.under.add(sending);
  }

  private async deliver(delivered: Delivered): Promise<void> {
    while (Date.now() < delivered.scheduledAt + PATIENCE_MS) {
      const receipt = await this.attempt(delivered);
      if (receipt) return void Object.assign(delivered, { receipt, answeredAt: Date.now() });
      await pause(BETWEEN_TRIES_MS);
    }
  }

  /** A replica that does not answer is passed over, as whatever stands before them would do. */
  private async attempt(delivered: Delivered): Promise<string | undefined> {
    const { tenant, body } = delivered.hook;
    const { webhookUrl, headers } = tenant.connections.find(({ provider }) => provider === 'hostaway')!;
    const { pathname } = new URL(webhookUrl);
    delivered.tries++;
    const gateway = this.gateways[this.turn++ % this.gateways.length]!;
    try {
      const answer = await fetch(`${gateway}${pathname}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
        signal: AbortSignal.timeout(TRY_MS_MAX),
      });
      const text = await answer.text();
      return answer.ok ? (JSON.parse(text) as { receipt: string }).receipt : undefined;
    } catch {
      return undefined;
    }
  }
}

/** The story's own time, not a test's waiting. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
