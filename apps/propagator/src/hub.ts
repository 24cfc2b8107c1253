import { Problem } from '@roomwire/chassis';
import type { Log } from '@roomwire/telemetry';
import { Feed } from './core/feed.ts';
import type { Filter } from './core/filter.ts';
import { parseResumeToken } from './core/resume.ts';
import type { Figures } from './figures.ts';
import type { StateSource } from './state-source.ts';
import { StreamClient, type Outlet } from './stream-client.ts';
import { TenantStream } from './tenant-stream.ts';
import { within } from './within.ts';

/** How long a client waits for the state to be read, before it is sent to another replica. */
const READ_WITHIN_MS = 5_000;
/** How long this replica may be behind another one from which a client brings its token. */
const CATCH_UP_WITHIN_MS = 1_000;
const IDLE_MS = 300_000;
/** A picture that nobody refreshes must not look live: after this long without the broker, clients are let go. */
const LOST_MS = 10_000;
const TICK_MS = 1_000;
const DRAINING = 'this process is going away: connect again';
const UNREADABLE = 'the state cannot be read at the moment: try again in a few seconds';

export type Ask = { tenant: string; credential: string; filter: Filter; token: string | undefined };

export type Parts = {
  source: StateSource;
  log: Log;
  figures: Figures;
  /** Epoch milliseconds since when the broker cannot be reached; undefined while it can. */
  brokerLostSince: () => number | undefined;
  streamsMax: number;
  heartbeatMs: number;
};

/** All tenants' streams of this process: one reader each, started by its first client. */
export class Hub {
  readonly #streams = new Map<string, TenantStream>();
  readonly #parts: Parts;
  readonly #ticking: NodeJS.Timeout;
  readonly #beating: NodeJS.Timeout;
  #draining = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#ticking = setInterval(() => this.#tick(Date.now()), TICK_MS);
    this.#beating = setInterval(() => this.#beat(Date.now()), parts.heartbeatMs);
  }

  /**
   * Connects a client and keeps it until it or we close. `open` is called once it is sure to be served, and writes the head.
   * @throws {Problem} 429 too many streams, 503 the state cannot be read or this process drains
   */
  async serve(ask: Ask, open: () => Outlet): Promise<void> {
    const stream = this.#reserve(ask.tenant);
    try {
      await this.#readable(stream);
      await this.#reached(stream, ask.token);
      if (this.#draining) throw notNow(503, 'draining', DRAINING);
      if (this.#streams.get(ask.tenant) !== stream) throw notNow(503, 'state-unavailable', UNREADABLE);
      const client = new StreamClient(open(), new Feed(ask.tenant, ask.filter), ask.credential, this.#parts.figures);
      client.greet();
      stream.join(client, ask.token);
      await client.closed;
      stream.leave(client);
    } finally {
      stream.release(Date.now());
    }
  }

  /** Ends the streams of a tenant whose credential is no longer good. */
  dismiss(tenant: string, isGood: (credential: string) => boolean): void {
    for (const client of this.#streams.get(tenant)?.clients ?? []) if (!isGood(client.credential)) client.end();
  }

  /** The tenant is no more. A state that nobody will ever read again must not pass for one that is lost: others are served from here. */
  forget(tenant: string): void {
    const stream = this.#streams.get(tenant);
    this.#streams.delete(tenant);
    void stream?.stop();
  }

  /** What keeps this process from showing what is, while another replica may; undefined when all is well. */
  problem(now: number): string | undefined {
    if (this.#isLost(this.#parts.brokerLostSince(), now)) return 'the broker cannot be reached';
    const lost = [...this.#streams.values()].find(({ lostSince }) => this.#isLost(lostSince, now));
    return lost && `the state of tenant ${lost.tenant} cannot be read`;
  }

  count(): { tenant: string; clients: number; waiting: number }[] {
    return [...this.#streams.values()].map(({ tenant, clients }) => ({
      tenant,
      clients: clients.size,
      waiting: [...clients].reduce((sum, client) => sum + client.waiting, 0),
    }));
  }

  /** Ends every stream, so that the clients reconnect elsewhere, and takes no more. */
  async drain(): Promise<void> {
    this.#draining = true;
    clearInterval(this.#ticking);
    clearInterval(this.#beating);
    const streams = [...this.#streams.values()];
    this.#streams.clear();
    await Promise.all(streams.map((stream) => stream.stop()));
  }

  #reserve(tenant: string): TenantStream {
    if (this.#draining) throw notNow(503, 'draining', DRAINING);
    const { source, streamsMax, log, figures } = this.#parts;
    const stream = this.#streams.get(tenant) ?? new TenantStream(tenant, source, { log, figures, now: Date.now() });
    this.#streams.set(tenant, stream);
    if (stream.reserved >= streamsMax)
      throw notNow(429, 'too-many-streams', `tenant ${tenant} has ${streamsMax} streams open here, the most that are allowed`);
    stream.reserve();
    return stream;
  }

  async #readable(stream: TenantStream): Promise<void> {
    if (!this.#isLost(this.#parts.brokerLostSince(), Date.now()) && (await within(READ_WITHIN_MS, stream.live))) return;
    throw notNow(503, 'state-unavailable', UNREADABLE);
  }

  /** Another replica may have told the client of a message that is still on its way to this one. */
  async #reached(stream: TenantStream, token: string | undefined): Promise<void> {
    const point = token ? parseResumeToken(token) : undefined;
    const ahead = (): boolean => point !== undefined && point.epoch === stream.end?.epoch && point.seq > stream.end.seq;
    const until = Date.now() + CATCH_UP_WITHIN_MS;
    while (ahead() && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  #isLost(since: number | undefined, now: number): boolean {
    return since !== undefined && now - since > LOST_MS;
  }

  #beat(now: number): void {
    for (const { clients } of this.#streams.values()) for (const client of clients) client.heartbeat(now);
  }

  #tick(now: number): void {
    for (const stream of this.#streams.values()) {
      const lostSince = this.#parts.brokerLostSince() ?? stream.lostSince;
      if (this.#isLost(lostSince, now)) for (const client of stream.clients) client.end();
      if (stream.idleSince === undefined || now - stream.idleSince < IDLE_MS) continue;
      this.#streams.delete(stream.tenant);
      void stream.stop();
    }
  }
}

function notNow(status: 429 | 503, code: string, detail: string): Problem {
  return new Problem(status, code, detail, {}, { 'retry-after': '2' });
}
