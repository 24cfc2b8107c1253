import { type Connection, type Drain, drainKey, type Tenant } from '@roomwire/events';
import { BusError, type Bus, type KvTable } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import type { Listing } from '@roomwire/pms-port';
import type { Log } from '@roomwire/telemetry';
import { randomUUID } from 'node:crypto';
import { paceOf, type Pace } from './core/cadence.ts';
import { begun, jobOf } from './core/drain.ts';
import { publishPage } from './page-reader.ts';

export type PollerParts = {
  bus: Pick<Bus, 'publish'>;
  tenants: Pick<KvTable<Tenant>, 'get'>;
  connections: Pick<KvTable<Connection>, 'entries'>;
  drains: Pick<KvTable<Drain>, 'get' | 'create' | 'update' | 'entryFromLeader'>;
  pace: Pace;
  /** How far around today the nights lie that matter, days. */
  nights: { before: number; after: number };
  /** A page that nobody has read for so long is asked for again, ms. */
  stalledMs: number;
  log: Log;
  now: () => number;
  /** Monotonic, ms. */
  elapsed: () => number;
  random: () => number;
};

const DAY_MS = 86_400_000;
/** A new connection's first poll asks for so much of the past: whatever zone and clock anybody has, it lies before the backfill. */
const FIRST_MS = 25 * 3_600_000;
const TICK_MS = 1_000;

/**
 * Begins rounds that are due, by level: each replica looks at all of them, and compare-and-set lets one begin each. What a round needs to
 * go on is its job in FETCH; a round without one (its worker died between the two) is found by standing still.
 */
export class Poller {
  private readonly standing = new Map<string, { at: string; since: number }>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(private readonly parts: PollerParts) {}

  start(): this {
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => (this.looking = undefined));
    }, TICK_MS);
    return this;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Once over all connections. The broker away: another time. */
  async look(): Promise<void> {
    for (const [, connection] of [...this.parts.connections.entries()]) {
      if (connection.status !== 'active' || this.parts.tenants.get(connection.tenant)?.status !== 'active') continue;
      for (const list of adapterOf(connection.provider)?.listings?.lists ?? [])
        try {
          // In this order: what changes while everything is read is the poll's to find.
          if (!(await this.lookAt(connection, list, 'poll'))) continue;
          if (list.changedSince) await this.lookAt(connection, list, 'backfill');
        } catch (error) {
          if (!(error instanceof BusError)) throw error;
          this.parts.log.warn({ connection: connection.id, list: list.name, reason: error.code }, 'poll: not now');
          return;
        }
    }
  }

  /** True: there is one. */
  private async lookAt(connection: Connection, list: Listing, lane: Drain['lane']): Promise<boolean> {
    const { now, drains } = this.parts;
    const key = drainKey({ connection: connection.id, list: list.name, lane });
    const known = drains.get(key);
    if (!known) {
      const entry = await drains.entryFromLeader(key);
      return entry?.value !== undefined || (await drains.create(key, this.first(connection, list, lane)));
    }
    if (known.round) await this.watch(key, known);
    else if (known.dueAt !== null && known.dueAt <= now()) await this.begin(key, known);
    return true;
  }

  private first({ tenant, provider, id: connection }: Connection, list: Listing, lane: Drain['lane']): Drain {
    const { now, random, pace } = this.parts;
    const everyMs = paceOf(pace, list).leastMs;
    const since = lane === 'poll' && list.changedSince ? now() - FIRST_MS : null;
    // Connections that were put in together do not all begin at once.
    const dueAt = Math.round(now() + random() * Math.min(everyMs, 5_000));
    return {
      ...{ tenant, provider, connection, list: list.name, lane, since, everyMs, dueAt, calendarsDueAt: 0 },
      ...{ round: null, last: null },
    };
  }

  private async begin(key: string, known: Drain): Promise<void> {
    const { drains, now } = this.parts;
    const entry = await drains.entryFromLeader(key);
    if (!entry?.value || entry.value.round || entry.value.dueAt !== known.dueAt) return;
    const next = begun(entry.value, { id: randomUUID(), now: now(), nights: this.nights() });
    if ((await drains.update(key, next, entry.seq)) === undefined) return;
    await publishPage(this.parts.bus, jobOf(next)!);
  }

  /** By our own sight and clock: nobody's word of when it last moved is needed. */
  private async watch(key: string, known: Drain): Promise<void> {
    const { id, page, asked } = known.round!;
    const at = `${id}:${page}:${asked}`;
    const seen = this.standing.get(key);
    if (seen?.at !== at) return void this.standing.set(key, { at, since: this.parts.elapsed() });
    if (this.parts.elapsed() - seen.since < this.parts.stalledMs) return;
    const entry = await this.parts.drains.entryFromLeader(key);
    const round = entry?.value?.round;
    if (!entry?.value || !round || `${round.id}:${round.page}:${round.asked}` !== at) return;
    const next = { ...entry.value, round: { ...round, asked: asked + 1 } };
    if ((await this.parts.drains.update(key, next, entry.seq)) === undefined) return;
    this.parts.log.warn({ key, page, asked: asked + 1 }, 'poll: a page that stands still is asked for again');
    await publishPage(this.parts.bus, jobOf(next)!, asked + 1);
  }

  private nights(): { from: string; until: string } {
    const { now, nights } = this.parts;
    const dateIn = (days: number): string => new Date(now() + days * DAY_MS).toISOString().slice(0, 10);
    return { from: dateIn(-nights.before), until: dateIn(nights.after) };
  }
}
