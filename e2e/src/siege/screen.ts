import { sseClient, type SseClient, type SseEvent } from '@roomwire/testkit';
import type { Change } from '../board.ts';
import type { Tenant } from '../hostaway-webhook.ts';
import { pause } from './provider.ts';

export type Shown = { change: Change; at: number };

/** Heartbeats come each second here: a stream that says nothing for so long is dead. */
const SILENCE_MS_MAX = 3_500;

/** A screen on the wall: follows a tenant's rooms, comes back where it was when it is cut off, and keeps all it was shown. */
export class Screen {
  readonly shown: Shown[] = [];
  /** What a screen must never see. */
  readonly wrong: string[] = [];
  connections = 0;
  private readonly revisions = new Map<string, number>();
  private lastEventId: string | undefined;
  private client: SseClient | undefined;
  private stopped = false;
  private readonly loop: Promise<void>;

  constructor(
    readonly tenant: Tenant,
    private readonly propagators: readonly string[],
  ) {
    this.loop = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.client?.[Symbol.asyncDispose]();
    await this.loop;
  }

  private async run(): Promise<void> {
    for (let turn = 0; !this.stopped; turn++) {
      await this.follow(this.propagators[turn % this.propagators.length]!).catch(() => undefined);
      if (!this.stopped) await pause(200);
    }
  }

  private async follow(propagator: string): Promise<void> {
    const opening = sseClient(`${propagator}/v1/stream?kind=room`, {
      headers: { authorization: `Bearer ${this.tenant.apiToken}` },
      ...(this.lastEventId === undefined ? {} : { lastEventId: this.lastEventId }),
    });
    const client = await Promise.race([opening, pause(SILENCE_MS_MAX).then(() => undefined)]);
    if (!client) return void opening.then((late) => late[Symbol.asyncDispose]()).catch(() => undefined);
    this.client = client;
    if (this.stopped) await client[Symbol.asyncDispose]();
    this.connections++;
    const watch = this.watchSilence(client);
    try {
      for await (const event of client) this.take(event);
    } finally {
      clearInterval(watch);
      await client[Symbol.asyncDispose]();
    }
  }

  private watchSilence(client: SseClient): NodeJS.Timeout {
    let heard = -1;
    let since = Date.now();
    return setInterval(() => {
      const now = client.events.length + client.comments.length;
      if (now !== heard) [heard, since] = [now, Date.now()];
      else if (Date.now() - since > SILENCE_MS_MAX) void client[Symbol.asyncDispose]();
    }, 250);
  }

  private take(event: SseEvent): void {
    if (event.event === 'must-refetch') this.lastEventId = undefined;
    else if (event.id !== undefined) this.lastEventId = event.id;
    if (event.event !== 'change' && event.event !== 'snapshot') return;
    const change = event.json() as Change;
    const { unit } = change.data;
    const last = this.revisions.get(unit) ?? 0;
    const again = event.event === 'snapshot' && change.revision === last;
    if (change.revision <= last && !again)
      this.wrong.push(`${event.event} of ${unit}: revision ${change.revision} after ${last}`);
    this.revisions.set(unit, Math.max(last, change.revision));
    this.shown.push({ change, at: Date.now() });
  }
}
