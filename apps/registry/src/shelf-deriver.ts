import { isUnitTypeId, unitTypeId, type Cause, type ConflictState, type Tenant } from '@roomwire/events';
import { BusError } from '@roomwire/jetstream';
import { allEnded } from './all-ended.ts';
import type { Catalogue } from './catalogue.ts';
import type { ConflictTeller } from './conflict-teller.ts';
import {
  judgeConflicts,
  nextLookMs,
  recordsBehind,
  type Contradiction,
  type HeldConflict,
  type JudgedConflict,
} from './core/conflict.ts';
import { contestedInMonth, twinsAmong } from './core/contested.ts';
import { doorsOf } from './core/doors.ts';
import { monthsOf } from './core/month.ts';
import { houseRules } from './core/room.ts';
import { contradictionsOf } from './core/run.ts';
import { bucketName, namedPlace, parseBucket, salePlace, soldAt, type Bucket } from './core/shelf.ts';
import { dayAfter, localDateOf, localToMs } from './core/stay.ts';
import type { Reads } from './reads.ts';
import { recordName } from './record-store.ts';
import { newestProperty } from './room-deriver.ts';
import type { Again, BucketFacts, KnownOfShelf, ShelfStore } from './shelf-store.ts';

type Sale = Extract<Bucket, { of: 'sale' }>;
type Where = Pick<ConflictState, 'property' | 'unit' | 'unitType' | 'place'>;

/** What waits for another look is looked at again after so long, ms. */
const WAIT_MS = 1000;
const NOTHING: ReadonlySet<string> = new Set();

/** A conversation is in no house. */
const NOWHERE = { property: null, unit: null, unitType: null };

/**
 * Looks at buckets that something has touched. Nobody waits for it: a look is a debt in Redis, made by the same write as the fact, and
 * paid within a second or two by whichever replica comes first.
 */
export class ShelfDeriver {
  constructor(
    private readonly shelves: ShelfStore,
    private readonly catalogue: Catalogue,
    private readonly conflicts: ConflictTeller,
    private readonly reads: Pick<Reads, 'ofCalendar' | 'lagOf'>,
  ) {}

  /** @throws {Rewound} @throws {BusError} */
  async look(tenant: string, name: string, cause: Cause): Promise<void> {
    const bucket = parseBucket(name);
    switch (bucket.of) {
      case 'sale':
        return this.sale(tenant, name, bucket, cause);
      case 'talk':
        return this.talk(tenant, name, bucket, cause);
      case 'doors':
        return this.doors(tenant, name, bucket);
      case 'look': {
        const id = soldAt(bucket.place);
        return id === undefined ? this.talkAgain(tenant, name, bucket.place, cause) : this.saleAgain(tenant, name, id, cause);
      }
    }
  }

  /** A month of everything that is sold as the same thing, by one provider or by several whose records were linked. */
  private async sale(tenant: string, name: string, bucket: Sale, cause: Cause): Promise<void> {
    const { connection, unitType, month } = bucket;
    const id = this.catalogue.lookup(tenant).id('unit', connection, unitType) ?? unitTypeId(connection, unitType);
    const where = this.whereOf(tenant, id);
    const from = { place: where.place, part: month, members: this.membersOf(tenant, id, bucket) };
    const facts = await this.shelves.read(tenant, name, { ...from, property: this.propertyRecords(tenant, where) });
    const { contested, uncertain } = contestedInMonth({
      ...{ month, records: facts.records, single: !isUnitTypeId(id), quantity: this.quantityOf(tenant, id) },
      readLagMs: (each) => this.reads.lagOf(each),
    });
    await allEnded(uncertain.map((calendar) => this.reads.ofCalendar(calendar, cause)));
    const known = await this.shelves.keep(tenant, from, facts, contested);
    if (known) await this.tell(tenant, name, where, facts, known, cause, (each) => bucketName({ ...bucket, month: each }));
  }

  /** What is sold as one thing may be sold by others than when it was looked at last, or by nobody. */
  private async saleAgain(tenant: string, name: string, id: string, cause: Cause): Promise<void> {
    const where = this.whereOf(tenant, id);
    const sources = this.catalogue
      .sources(tenant, 'unit', id)
      .map(({ connection, entity }) => ({ connection, unitType: entity }));
    const names = (await Promise.all(sources.map((source) => this.shelves.months(tenant, source)))).flat();
    const months = names.map((each) => (parseBucket(each) as Sale).month);
    const from = { place: where.place, part: '' };
    const facts = await this.shelves.read(tenant, name, { ...from, members: [], property: this.propertyRecords(tenant, where) });
    const known = await this.shelves.keep(tenant, from, facts, [], ['', ...months]);
    const of = (month: string): string | undefined => names.find((each) => (parseBucket(each) as Sale).month === month);
    if (known) await this.tell(tenant, name, where, facts, known, cause, of);
  }

  private async talk(tenant: string, name: string, bucket: Extract<Bucket, { of: 'talk' }>, cause: Cause): Promise<void> {
    const place = namedPlace('talk', bucket.connection, bucket.conversation);
    const facts = await this.shelves.read(tenant, name, { place, part: bucket.day, members: [name], property: [] });
    const known = await this.shelves.keep(tenant, { place, part: bucket.day }, facts, twinsAmong(facts.records));
    if (known) await this.tell(tenant, name, { ...NOWHERE, place }, facts, known, cause, () => name);
  }

  private async talkAgain(tenant: string, name: string, place: string, cause: Cause): Promise<void> {
    const facts = await this.shelves.read(tenant, name, { place, part: '', members: [], property: [] });
    const known = await this.shelves.keep(tenant, { place, part: '' }, facts, []);
    if (known) await this.tell(tenant, name, { ...NOWHERE, place }, facts, known, cause, () => undefined);
  }

  /** Whether the provider's type is one door or several: reservations stand elsewhere then, which is for others to see to. */
  private async doors(tenant: string, name: string, { connection, unitType }: Extract<Bucket, { of: 'doors' }>): Promise<void> {
    const place = namedPlace('doors', connection, unitType);
    // Before the records are read: what somebody wrote who read later ones is not overwritten.
    const entries = await this.catalogue.typeEntries(tenant, connection, unitType);
    const facts = await this.shelves.read(tenant, name, { place, part: '', members: [name], property: [] });
    const doors = doorsOf(unitType, facts.records);
    if (!(await this.catalogue.settleType(tenant, { connection, unitType }, doors, entries))) return;
    const note = JSON.stringify(doors);
    if ((await this.shelves.noted(tenant, place)) !== note) {
      await this.shelves.touchBuckets(tenant, await this.shelves.months(tenant, { connection, unitType }));
      await this.shelves.note(tenant, place, note);
    }
    await this.shelves.finish(tenant, name, facts);
  }

  private async tell(
    tenant: string,
    name: string,
    where: Where,
    facts: BucketFacts,
    known: KnownOfShelf,
    cause: Cause,
    bucketOf: (month: string) => string | undefined,
  ): Promise<void> {
    const { timeZone } = houseRules({ property: newestProperty(facts.property), defaults: this.defaults(tenant) });
    const today = localDateOf(facts.asOf, timeZone);
    const all = contradictionsOf(where.place, known.found).filter(({ lastNight }) => lastNight === null || lastNight >= today);
    const { found, held, left } = await this.judgeable(tenant, where.place, facts, { ...known, found: all });
    const judged = judgeConflicts(
      {
        ...{ ...where, found, held },
        isReadable: ({ what, connection }) => this.catalogue.isReadable(connection, what),
        reviewOf: (conflict) => this.catalogue.review(tenant, where.place, conflict),
      },
      facts.asOf,
    );
    // Where readers had heard something else, the place was touched, and comes up again.
    await this.conflicts.tell(tenant, judged, known, cause);
    const next = this.nextLook(judged, where.place, facts.asOf, timeZone, bucketOf);
    await this.shelves.finish(tenant, name, facts, left ? this.sooner(next, where.place, facts.asOf) : next);
  }

  /**
   * Conflicts of which all is known. Each part of a place is looked at for itself: after a rebuild, and while a stay that lies in two
   * months is new to one of them, what was found so far would say that a conflict is over, or is another one.
   */
  private async judgeable(
    tenant: string,
    place: string,
    facts: BucketFacts,
    known: { revision: number; found: readonly Contradiction[]; conflicts: readonly HeldConflict[] },
  ): Promise<{ found: Contradiction[]; held: HeldConflict[]; left: boolean }> {
    const standing = known.found.map(({ sides, ...each }) => ({ ...each, sides: sides.map(({ side }) => side) }));
    const told = known.conflicts.map(({ state }) => state).filter(({ status }) => status !== 'resolved');
    const behind = [...standing, ...told].map((each) => [each.id, recordsBehind(each).map(recordName)] as const);
    const names = [...new Set(behind.flatMap(([, records]) => records))];
    const waiting = names.length > 0 ? await this.shelves.waitingFor(tenant, place, known, facts, names) : NOTHING;
    if (!waiting) return { found: [], held: [], left: true };
    const left = new Set(behind.flatMap(([id, records]) => (records.some((record) => waiting.has(record)) ? [id] : [])));
    return {
      found: known.found.filter(({ id }) => !left.has(id)),
      held: known.conflicts.filter(({ state }) => !left.has(state.id)),
      left: left.size > 0,
    };
  }

  private sooner(next: Again | undefined, place: string, asOf: number): Again {
    const names = new Set([bucketName({ of: 'look', place }), ...(next?.names ?? [])]);
    return { at: Math.min(asOf + WAIT_MS, next?.at ?? Infinity), names: [...names] };
  }

  private nextLook(
    judged: readonly JudgedConflict[],
    place: string,
    asOf: number,
    timeZone: string,
    bucketOf: (month: string) => string | undefined,
  ): Again | undefined {
    const standing = judged.filter(({ state }) => state.status !== 'resolved');
    if (standing.length === 0) return undefined;
    const nights = standing.flatMap(({ state: { lastNight } }) => lastNight ?? []);
    const over = nights.map((night) => localToMs(dayAfter(night), '00:00', timeZone));
    const at = Math.min(...over, nextLookMs(judged, asOf) ?? Infinity);
    if (at === Infinity) return undefined;
    const checking = standing.filter(({ state }) => state.status === 'checking').map(({ state }) => state);
    // Only the records themselves show that they were read.
    const months = checking.flatMap(({ firstNight, lastNight }) =>
      firstNight && lastNight ? monthsOf(firstNight, lastNight) : [''],
    );
    const names = [...new Set([bucketName({ of: 'look', place }), ...months.flatMap((month) => bucketOf(month) ?? [])])];
    return { at, names };
  }

  private whereOf(tenant: string, id: string): Where {
    const place = salePlace(id);
    const type = this.catalogue.unitType(tenant, id);
    if (isUnitTypeId(id)) return { property: type?.property ?? null, unit: null, unitType: id, place };
    return { property: this.catalogue.unit(tenant, id)?.property ?? null, unit: id, unitType: null, place };
  }

  private membersOf(tenant: string, id: string, { connection, unitType, month }: Sale): string[] {
    const sources = this.catalogue.sources(tenant, 'unit', id).map((source) => ({ ...source, unitType: source.entity }));
    const names = [{ connection, unitType }, ...sources].map((each) =>
      bucketName({ of: 'sale', connection: each.connection, unitType: each.unitType, month }),
    );
    return [...new Set(names)];
  }

  /** Of a type that nobody has told of nothing is known, so that it cannot be sold too often. */
  private quantityOf(tenant: string, id: string): number {
    return isUnitTypeId(id) ? (this.catalogue.unitType(tenant, id)?.quantity ?? Infinity) : 1;
  }

  private propertyRecords(tenant: string, { property }: Where): string[] {
    return property === null ? [] : this.catalogue.propertyRecords(tenant, property).map(recordName);
  }

  private defaults(tenant: string): Tenant['defaults'] {
    const defaults = this.catalogue.tenant(tenant)?.defaults;
    if (!defaults) throw new BusError('unavailable', `tenant ${tenant} is not in the catalogue yet`);
    return defaults;
  }
}
