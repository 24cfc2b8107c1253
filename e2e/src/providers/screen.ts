import { spreadOf, type SseClient } from '@roomwire/testkit';
import { changeOf, watch } from '../board.ts';
import type { Ready } from '../fleet.ts';
import type { Tenant } from '../hostaway-webhook.ts';
import type { Witness } from '../siege/broker.ts';
import { connectionOf, type ProviderName } from './accounts.ts';

type Shown = { receipt: string; source: string; lane: string; at: number };

/** A read's receipt, by its name: the webhook was no more than a hint, or not enough. */
const isRead = (receipt: string): boolean => receipt.startsWith('read-');

/** A client that is told of every record, and looks at its watch. */
export class Screen implements AsyncDisposable {
  private readonly shown: Shown[] = [];
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

  /** Changes of a provider that came in a lane since then. */
  countOf(provider: ProviderName, lane: string, since: number): number {
    return this.shownOf(provider).filter((one) => one.lane === lane && one.at >= since).length;
  }

  /**
   * From a webhook's receipt to here, of what was received since then. What a poll found has no receipt. A webhook that is a hint is
   * shown by the read that it asks for, which its row includes: the call's permit, the provider's answer, and the way on.
   */
  timesOf({ receivedAt }: Witness, providers: readonly ProviderName[], since: number): string {
    const line = (...cells: (string | number)[]): string =>
      cells
        .map((cell) => String(cell).padEnd(20))
        .join('')
        .trimEnd();
    const rows = providers.flatMap((provider) =>
      [false, true].map((read) => {
        const times = this.shownOf(provider).flatMap(({ receipt, at }) => {
          const received = isRead(receipt) === read ? receivedAt.get(receipt) : undefined;
          return received === undefined || received < since ? [] : [at - received];
        });
        const { p50, p99 } = spreadOf(Float64Array.from(times));
        const what = read ? 'hint and read' : 'its content';
        return times.length === 0 ? '' : line(provider, what, `${p50} ms`, `${p99} ms`, times.length);
      }),
    );
    return [line('provider', 'a webhook is', 'receipt→client p50', 'p99', 'changes'), ...rows.filter(Boolean)].join('\n');
  }

  private shownOf(provider: ProviderName): Shown[] {
    return this.shown.filter(({ source }) => source.endsWith(`/${connectionOf(provider)}`));
  }

  private async follow(): Promise<void> {
    for await (const event of this.client) {
      if (event.event !== 'change') continue;
      const { receipt = '', source, lane } = changeOf(event) as ReturnType<typeof changeOf> & { source: string; lane: string };
      this.shown.push({ receipt, source, lane, at: Date.now() });
    }
  }
}
