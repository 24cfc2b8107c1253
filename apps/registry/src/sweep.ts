import type { Log } from '@roomwire/telemetry';
import type { Announcer } from './announcer.ts';
import { atOnce } from './at-once.ts';
import type { Tables } from './catalogue.ts';
import type { Eraser } from './eraser.ts';
import type { Forgetter } from './forgetter.ts';
import type { EpochStore } from './epoch-store.ts';
import type { Gate } from './gate.ts';
import { isShelf } from './core/shelf.ts';
import type { Mover } from './mover.ts';
import type { Rebuilder } from './rebuilder.ts';
import type { Relooker } from './relooker.ts';
import type { ShelfDeriver } from './shelf-deriver.ts';
import type { ShelfStore } from './shelf-store.ts';
import { parseRecordName, Rewound, type RecordStore } from './record-store.ts';
import type { Retellings } from './retellings.ts';
import type { RoomDeriver } from './room-deriver.ts';
import type { Suspecter } from './suspecter.ts';
import { unasked } from './unasked.ts';
import type { UnitStore } from './unit-store.ts';

/** A debt this old was not paid by whoever made it. */
const LEFT_BEHIND_MS = 1000;
const EVERY_MS = 1000;
const BATCH = 200;
/** Debts of a batch that are paid at a time. */
const AT_ONCE = 16;

export type Stores = { epochs: EpochStore; records: RecordStore; units: UnitStore; shelves: ShelfStore };
/** Who does what a sweep finds owing. */
export type Hands = {
  announcer: Announcer;
  rooms: RoomDeriver;
  looks: ShelfDeriver;
  mover: Mover;
  relooker: Relooker;
  forgetter: Forgetter;
  eraser: Eraser;
  rebuilder: Rebuilder;
  retellings: Retellings;
  suspecter: Suspecter;
};

/** Pays what a crashed or stuck replica left owing, and derives rooms whose hour has come. Any number of replicas may sweep. */
export class Sweep {
  private timer: NodeJS.Timeout | undefined;
  /** Places of which somebody has decided a conflict, `<tenant>/<place>`: at first all, since nobody knows what was missed. */
  private readonly decided = new Set<string>();
  private readonly stopListening: () => void;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly tables: Pick<Tables, 'tenants' | 'reviews'>,
    private readonly gate: Gate,
    private readonly stores: Stores,
    private readonly hands: Hands,
    private readonly log: Log,
  ) {
    const note = (key: string): void => {
      const [tenant, , place] = key.split('.');
      this.decided.add(`${tenant}/${place}`);
    };
    for (const [key] of tables.reviews.entries()) note(key);
    this.stopListening = tables.reviews.onChange(note);
  }

  start(everyMs = EVERY_MS): void {
    this.running = this.all();
    void this.running.finally(() => {
      if (!this.stopped) this.timer = setTimeout(() => this.start(everyMs), everyMs);
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.stopListening();
    this.hands.mover.stop();
    this.hands.relooker.stop();
    this.hands.suspecter.stop();
    clearTimeout(this.timer);
    await this.running;
  }

  private async all(): Promise<void> {
    await this.hands.eraser.sweep();
    await this.hands.rebuilder.sweep().catch((error: unknown) => this.log.warn({ err: error }, 'sweep: will try again'));
    for (const [, tenant] of this.tables.tenants.entries()) {
      if (this.stopped || tenant.status !== 'active') continue;
      const trouble = (error: unknown): void => this.log.warn({ tenant: tenant.id, err: error }, 'sweep: will try again');
      // The other tenants' hours do not wait until this one is rebuilt.
      if (!this.gate.isOpen(tenant.id)) void this.gate.attach(tenant.id).catch(trouble);
      else await this.gate.within(tenant.id, () => this.one(tenant.id)).catch(trouble);
    }
  }

  /** One debt that cannot be paid, or one part that fails, holds nothing else up: some fail for ever. @throws {Rewound} */
  private async one(tenant: string): Promise<void> {
    const { epochs, records, units, shelves } = this.stores;
    const { announcer, rooms, looks, mover, relooker, retellings, suspecter, forgetter } = this.hands;
    const derive = (unit: string): Promise<void> => rooms.derive(tenant, unit, 'booking', unasked(tenant));
    // Where nothing is told and nobody asks, nothing else would notice that the memory is gone, and with it the hours of its rooms.
    await epochs.requireWhole(tenant);
    await this.part({ tenant, part: 'choices' }, () => this.touchDecided(tenant));
    await this.each('announcing', tenant, await records.owedFor(tenant, LEFT_BEHIND_MS, BATCH), async (name) => {
      await announcer.announce(tenant, name, unasked(tenant));
      this.log.info({ tenant, record: name, kind: parseRecordName(name).kind }, 'sweep: announced what was left owing');
    });
    await this.each('rooms due', tenant, await units.due(tenant, BATCH), async (unit) => {
      if (await units.touchIfDue(tenant, unit)) await derive(unit);
    });
    await this.each('rooms left dirty', tenant, await units.dirtyFor(tenant, LEFT_BEHIND_MS, BATCH), async (unit) => {
      await derive(unit);
      this.log.info({ tenant, unit }, 'sweep: derived a room that was left dirty');
    });
    await this.part({ tenant, part: 'floor' }, () => epochs.raiseFloor(tenant));
    await this.part({ tenant, part: 'suspects' }, () => suspecter.sweep(tenant));
    await this.part({ tenant, part: 'moves' }, () => mover.sweep(tenant));
    await this.part({ tenant, part: 'looks again' }, () => relooker.sweep(tenant));
    for (const bucket of await shelves.due(tenant, BATCH))
      await this.part({ tenant, part: 'shelves', of: bucket }, () => looks.look(tenant, bucket, unasked(tenant)));
    await this.part({ tenant, part: 'forgetting' }, () => forgetter.sweep(tenant));
    await this.part({ tenant, part: 'telling anew' }, () => retellings.sweep(tenant));
  }

  private each(part: string, tenant: string, debts: string[], pay: (debt: string) => Promise<void>): Promise<void> {
    return atOnce(AT_ONCE, debts, (debt) => this.part({ tenant, part, of: debt }, () => pay(debt)));
  }

  private async part(what: { tenant: string; part: string; of?: string }, work: () => Promise<void>): Promise<void> {
    if (this.stopped) return;
    try {
      await work();
    } catch (error) {
      // The memory is another: what is left of this sweep is the next one's.
      if (error instanceof Rewound) throw error;
      this.log.warn({ ...what, err: error }, 'sweep: will try again');
    }
  }

  private async touchDecided(tenant: string): Promise<void> {
    const { units, shelves } = this.stores;
    for (const key of [...this.decided].filter((each) => each.startsWith(`${tenant}/`))) {
      const place = key.slice(tenant.length + 1);
      await (isShelf(place) ? shelves : units).touch(tenant, place);
      this.decided.delete(key);
    }
  }
}
