import type { EventOrigin } from '../event.ts';
import type { ReservationCore, ReservationGuest } from '../facets.ts';
import { facet, type EntityRecord, type Stamp } from '../record.ts';
import type { Kind } from '../words.ts';

export { CONTENTS } from './contents.ts';
export { firstDifference, naiveApply, naiveRecord } from './naive-merge.ts';
export { anyTelling, history, retold, telling, threeTellings, worldHistory } from './tellings.ts';

/** A stamp of the provider's clock, in microseconds, and how it was learnt: a push, or a read granted at `observedAt`. */
export function pushed(modifiedAt: number): Stamp {
  return { epoch: 0, modifiedAt, rank: 0, observedAt: 0, mapping: 1 };
}
export function readAt(modifiedAt: number, observedAt: number): Stamp {
  return { epoch: 0, modifiedAt, rank: 1, observedAt, mapping: 1 };
}

export const origin: EventOrigin = {
  tenant: 't1',
  provider: 'hostaway',
  lane: 'live',
  receipt: 'receipt-1',
  receivedAt: '2026-07-01T10:00:00.000Z',
};

export function recordOf(
  kind: Kind,
  contents: Record<string, unknown>,
  stamp: Stamp = pushed(1),
  { connection = 'c1', entity = '1', settled = false } = {},
): EntityRecord {
  const facets = Object.entries(contents).map(([name, content]) => [name, facet(content, stamp, settled)]);
  return { kind, connection, entity, facets: Object.fromEntries(facets) as EntityRecord['facets'] };
}

export const CORE: ReservationCore = {
  status: 'confirmed',
  arrival: '2026-07-01',
  departure: '2026-07-03',
  property: '40',
  unitType: '40',
  channel: null,
};

/** A reservation as a full push tells it: its core and its guest. */
export function reservation(
  { guest = 'Ada Lovelace', ...core }: Partial<ReservationCore> & { guest?: string } = {},
  stamp?: Stamp,
  where?: { connection?: string; entity?: string; settled?: boolean },
): EntityRecord {
  return recordOf('reservation', { core: { ...CORE, ...core }, guest: guestOf(guest) }, stamp, where);
}

/** The smallest telling: one facet of one reservation. */
export function guest(name: string, { settled = false, ...stamp }: Partial<Stamp> & { settled?: boolean } = {}): EntityRecord {
  return recordOf('reservation', { guest: guestOf(name) }, { ...pushed(1), ...stamp }, { settled });
}

function guestOf(name: string): ReservationGuest {
  return { name, adults: null, children: null };
}
