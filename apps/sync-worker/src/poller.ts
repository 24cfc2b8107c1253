import { type Connection, type Drain, drainKey } from '@roomwire/events';
import type { Bus, KvTable } from '@roomwire/jetstream';
import { adapterOf } from '@roomwire/pms-adapters';
import type { Listing } from '@roomwire/pms-port';
import { randomUUID } from 'node:crypto';
import { paceOf, type Pace } from './core/cadence.ts';
import { begun, jobOf } from './core/drain.ts';
import { nightsAround } from './core/nights.ts';
import { isBackfilling, type Standing } from './core/reading.ts';
import { sightAt, type Sight } from './core/sight.ts';
import { publishPage } from './page-reader.ts';
import { eachActive, Ticking, type ActiveParts } from './ticking.ts';

export type PollerParts = ActiveParts & {
  bus: Pick<Bus, 'publish'>;
  drains: Pick<KvTable<Drain>, 'get' | 'create' | 'update' | 'entryFromLeader'>;
  pace: Pace;
  /** How far around today the nights lie that matter, days. */
  nights: { before: number; after: number };
  calendarsEveryMs: number;
  /** See mayMiss. */
  mayMiss: (connection: string, polledAt: number) => boolean;
  /** A page that nobody has read for so long is asked for again, ms. */
  stalledMs: number;
  now: () => number;
  /** Monotonic, ms. */
  elapsed: () => number;
  random: () => number;
};

/** A new connection's first poll asks for so much of the past: whatever zone and clock anybody has, it lies before the backfill. */
const FIRST_MS = 25 * 3_600_000;

/** A new connection's lists, where they are not read more often. */
const BEGUN_WITHIN_MS = 5_000;

/**
 * Begins rounds that are due, by level: each replica looks at all of them, and compare-and-set lets one begin each. What a round needs to
 * go on is its job in FETCH; a round without one (its worker died between the two) is found by standing still.
 */
export class Poller extends Ticking {
  private readonly sights = new Map<string, Sight>();

  constructor(private readonly parts: PollerParts) {
    super();
  }

  look(): Promise<void> {
    return eachActive(this.parts, 'poll', async (connection) => {
      const lists = adapterOf(connection.provider)?.listings?.lists ?? [];
      for (const list of lists) {
        // In this order: what changes while everything is read is the poll's to find.
        if (!(await this.lookAt(connection, lists, list, 'poll'))) continue;
        if (list.changedSince) await this.lookAt(connection, lists, list, 'backfill');
      }
    });
  }

  /** True: there is one. */
  private async lookAt(connection: Connection, lists: readonly Listing[], list: Listing, lane: Drain['lane']): Promise<boolean> {
    const { now, drains } = this.parts;
    const key = drainKey({ connection: connection.id, list: list.name, lane });
    const known = drains.get(key);
    if (!known) {
      const entry = await drains.entryFromLeader(key);
      return entry?.value !== undefined || (await drains.create(key, this.first(connection, list, lane)));
    }
    if (known.round) {
      await this.watch(key, known);
      return true;
    }
    const isFull = isBackfilling(lists, standingIn(drains, connection), now());
    const isDue = this.dueAt(known, list) <= now();
    if (isDue || (!isFull && owesCalendars(known, list, now()))) await this.begin(key, known, isFull);
    return true;
  }

  /** A round that was put off while all was told comes sooner where it is not. */
  private dueAt({ connection, lane, dueAt, last }: Drain, list: Listing): number {
    if (dueAt === null) return Infinity;
    if (lane !== 'poll' || !last || last.problem !== null || !this.parts.mayMiss(connection, last.endedAt)) return dueAt;
    return Math.min(dueAt, last.endedAt + paceOf(this.parts.pace, list).leastMs);
  }

  private first({ tenant, provider, id: connection }: Connection, list: Listing, lane: Drain['lane']): Drain {
    const { now, random, pace } = this.parts;
    const everyMs = paceOf(pace, list).leastMs;
    const since = lane === 'poll' && list.changedSince ? now() - FIRST_MS : null;
    // Houses first: what is read of their stays finds their zones, hours and names. And connections put in together do not all begin at once.
    const part = (list.kinds.includes('property') ? random() : 1 + random()) / 2;
    const dueAt = Math.round(now() + part * Math.min(everyMs, BEGUN_WITHIN_MS));
    return {
      ...{ tenant, provider, connection, list: list.name, lane, since, everyMs, dueAt, calendarsDueAt: 0 },
      ...{ round: null, last: null },
    };
  }

  private async begin(key: string, known: Drain, isFull: boolean): Promise<void> {
    const { drains, now } = this.parts;
    const entry = await drains.entryFromLeader(key);
    if (!entry?.value || entry.value.round || entry.value.dueAt !== known.dueAt) return;
    const { nights, calendarsEveryMs } = this.parts;
    const beginning = { id: randomUUID(), now: now(), nights: nightsAround(now(), nights), calendarsEveryMs };
    const next = begun(entry.value, { ...beginning, isBackfilling: isFull });
    if ((await drains.update(key, next, entry.seq)) === undefined) return;
    await publishPage(this.parts.bus, jobOf(next)!);
  }

  /** By our own sight and clock: nobody's word of when it last moved is needed. */
  private async watch(key: string, known: Drain): Promise<void> {
    const { id, page, asked } = known.round!;
    const at = `${id}:${page}:${asked}`;
    const elapsed = this.parts.elapsed();
    const sight = sightAt(this.sights.get(key), at, elapsed);
    this.sights.set(key, sight);
    if (elapsed - sight.since < this.parts.stalledMs) return;
    const entry = await this.parts.drains.entryFromLeader(key);
    const round = entry?.value?.round;
    if (!entry?.value || !round || `${round.id}:${round.page}:${round.asked}` !== at) return;
    const next = { ...entry.value, round: { ...round, asked: asked + 1 } };
    if ((await this.parts.drains.update(key, next, entry.seq)) === undefined) return;
    this.parts.log.warn({ key, page, asked: asked + 1 }, 'poll: a page that stands still is asked for again');
    await publishPage(this.parts.bus, jobOf(next)!, asked + 1);
  }
}

export function standingIn(drains: Pick<KvTable<Drain>, 'get'>, { id }: Connection): Standing {
  return ({ name }, lane) => drains.get(drainKey({ connection: id, list: name, lane }));
}

/** Of a list that names unit types: their calendars have waited for a backfill to end. */
function owesCalendars({ lane, last, calendarsDueAt }: Drain, { kinds }: Listing, now: number): boolean {
  const namesTypes = kinds.includes('unit') || kinds.includes('unit-type');
  return lane === 'poll' && namesTypes && last !== null && calendarsDueAt <= now;
}
