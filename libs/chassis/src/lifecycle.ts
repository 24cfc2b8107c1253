import type { Log } from '@roomwire/telemetry';
import type { Health } from './http.ts';

type Step = readonly [name: string, action: () => unknown];

/**
 * Stops in order: not ready, what was asked for by `onStop`, then the drains one after another; and in any case in time: what is
 * not done by then is redelivered to another.
 */
export class Lifecycle {
  private readonly asked: Step[] = [];
  private steps: Step[] = [];
  private stopping = false;

  constructor(
    private readonly log: Log,
    private readonly health: Health,
    private readonly stopMsMax: number,
  ) {}

  onStop(action: () => unknown): void {
    this.asked.push(['on-stop', action]);
  }

  drains(...steps: Step[]): void {
    this.steps = steps;
  }

  installSignals(): void {
    process.on('SIGTERM', () => void this.stop('SIGTERM'));
    process.on('SIGINT', () => void this.stop('SIGINT'));
    const die = (error: unknown, origin: string): void => {
      this.log.fatal({ err: error, origin }, 'an error that nobody caught');
      process.exit(1);
    };
    process.on('uncaughtException', die);
    process.on('unhandledRejection', (error) => die(error, 'unhandledRejection'));
  }

  async stop(why: string): Promise<void> {
    if (this.stopping) return; // a Ctrl-C often comes twice: from the terminal and from npm
    this.stopping = true;
    this.health.draining = true;
    const started = performance.now();
    let current = 'on-stop';
    this.log.info({ why }, 'stopping');
    setTimeout(() => {
      this.log.error({ step: current }, 'not stopped in time: leaving as it is');
      process.exit(1);
    }, this.stopMsMax).unref();
    await Promise.all(this.asked.map((step) => this.perform(step)));
    for (const step of this.steps) {
      current = step[0];
      await this.perform(step);
    }
    this.log.info({ duration_ms: Math.round(performance.now() - started) }, 'stopped');
    process.exit(0);
  }

  /** One step that fails must not keep the others from theirs. */
  private async perform([step, action]: Step): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.log.error({ err: error, step }, 'a step of stopping failed');
    }
  }
}
