import type { ProviderName } from './accounts.ts';

/** How far a provider's story is. `differ`: what was found other than it should be, once everything is told. */
export type Standing = { done: number; of: number; lost: number; startedAt: number; differ: number | null };

const EVERY_MS = 10_000;

/** A line for whoever waits, every ten seconds: how far each provider is, and at what rate. */
export class Progress implements Disposable {
  readonly standings = new Map<ProviderName, Standing>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly now: () => number = Date.now) {
    this.timer = setInterval(() => process.stderr.write(`${this.line()}\n`), EVERY_MS);
  }

  line(): string {
    return [...this.standings].map(([provider, standing]) => `${provider} ${textOf(standing, this.now())}`).join(' · ');
  }

  [Symbol.dispose](): void {
    clearInterval(this.timer);
  }
}

function textOf({ done, of, lost, startedAt, differ }: Standing, now: number): string {
  if (differ !== null) return differ === 0 ? 'settled' : `told, ${differ} differ`;
  const perSecond = done / Math.max(1, (now - startedAt) / 1_000);
  return `${done}/${of} (${perSecond.toFixed(1)}/s, ${lost} lost)`;
}
