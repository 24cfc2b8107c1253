import { spreadOf, type SseClient, type Spread } from '@roomwire/testkit';
import { changeOf, watch, type Change } from '../board.ts';
import type { Ready } from '../fleet.ts';
import type { Tenant } from '../hostaway-webhook.ts';
import { simulate } from '../simulator.ts';
import { pause } from '../siege/provider.ts';

/** Later than anybody's check-out of the beginning, so that each deed changes something. */
const [FIRST_HOUR, HOURS] = [12, 5];
const CANCELLED_EVERY = 10;
const LATE_MS = 5_000;

export type Live = {
  accountId: number;
  tenant: Tenant;
  /** The reservation that changes next, by its number in the simulator. */
  next: () => number;
};

/** Webhooks that carry everything, at a steady pace, and somebody who looks at the screen with a watch. */
export class Guests implements AsyncDisposable {
  private done = 0;
  /** Of each reservation how often it was changed. */
  private readonly turns = new Map<number, number>();
  private times: number[] = [];
  private readonly loop: Promise<void>;

  private constructor(
    private readonly ready: Ready,
    private readonly live: Live,
    private readonly screen: SseClient,
  ) {
    this.loop = this.follow();
  }

  static async open(ready: Ready, live: Live): Promise<Guests> {
    return new Guests(ready, live, await watch(ready, live.tenant, 'kind=reservation'));
  }

  /** From receipt to the client, ms, of what is done in so long. */
  async told(forMs: number, everyMs: number): Promise<Spread & { count: number }> {
    this.times = [];
    const until = performance.now() + forMs;
    for (let due = performance.now(); due < until; due += everyMs) {
      await pause(Math.max(0, due - performance.now()));
      await this.deed();
    }
    await pause(LATE_MS);
    return { ...spreadOf(Float64Array.from(this.times)), count: this.times.length };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.screen[Symbol.asyncDispose]();
    await this.loop;
  }

  private async deed(): Promise<void> {
    const { accountId, next } = this.live;
    const reservation = next();
    const turn = this.turns.get(reservation) ?? 0;
    this.turns.set(reservation, turn + 1);
    const hour = FIRST_HOUR + (turn % HOURS);
    const act = this.done++ % CANCELLED_EVERY === 0 ? { act: 'cancel' } : { act: 'lateCheckout', hour };
    // What could not be done is not told either: it costs a sample.
    await simulate(this.ready, 'act', { ...act, accountId, reservation }).catch(() => undefined);
  }

  private async follow(): Promise<void> {
    for await (const event of this.screen) {
      // A hundred thousand changes are not to be kept.
      this.screen.events.length = 0;
      if (event.event !== 'change') continue;
      const { lane, receivedat } = changeOf(event) as Change & { lane: string };
      if (lane === 'live') this.times.push(Date.now() - Date.parse(receivedat));
    }
  }
}
