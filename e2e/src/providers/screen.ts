import { spreadOf, type SseClient } from '@roomwire/testkit';
import { changeOf, watch } from '../board.ts';
import type { Ready } from '../fleet.ts';
import type { Tenant } from '../hostaway-webhook.ts';
import type { Witness } from '../siege/broker.ts';
import { connectionOf, PROVIDERS } from './accounts.ts';

/** A client that is told of every record, and looks at its watch. */
export class Screen implements AsyncDisposable {
  private readonly shown: { receipt: string; source: string; at: number }[] = [];
  private readonly loop: Promise<void>;

  private constructor(private readonly client: SseClient) {
    this.loop = this.follow();
  }

  static async open(ready: Ready, tenant: Tenant): Promise<Screen> {
    return new Screen(await watch(ready, tenant, 'kind=reservation,message,unit-status'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.loop;
  }

  /** From a webhook's receipt to here, also where it only asked for a read. What a poll found has none. */
  timesOf({ receivedAt }: Witness): string {
    return PROVIDERS.map((provider) => {
      const times = this.shown.flatMap(({ receipt, source, at }) => {
        const received = source.endsWith(connectionOf(provider)) ? receivedAt.get(receipt) : undefined;
        return received === undefined ? [] : [at - received];
      });
      const { p50, p99 } = spreadOf(Float64Array.from(times));
      return `${provider.padEnd(12)}receipt to client: p50 ${p50} ms, p99 ${p99} ms, of ${times.length} changes\n`;
    }).join('');
  }

  private async follow(): Promise<void> {
    for await (const event of this.client) {
      if (event.event !== 'change') continue;
      const { receipt = '', source } = changeOf(event) as ReturnType<typeof changeOf> & { source: string };
      this.shown.push({ receipt, source, at: Date.now() });
    }
  }
}
