import { facet, type EntityRecord, type FacetState } from '@roomwire/events';
import type { RecordName } from '../../record-store.ts';

export const TENANT = 't1';
const CONNECTION = 'c1';
const CONTENTS = 64;
const FIRST_SECOND = 1_795_000_000;

/** The provider's name of the n-th reservation, as long as Hostaway's. */
const entityOf = (index: number): string => String(50_000_000 + index);

/**
 * Reservations as Hostaway's webhooks tell of them: four facets under one stamp, each telling later than the one before and of another
 * guest, so that all of them are applied. Their contents are hashed beforehand: in the registry that is the message's check.
 */
export class Tellings {
  private readonly told: Uint32Array;
  private readonly contents: Record<string, FacetState>[] = Array.from({ length: CONTENTS }, (_, n) => facetsOf(n));

  constructor(
    entities: number,
    /** Reservations that stand on one door. */ private readonly perDoor = 20,
  ) {
    this.told = new Uint32Array(entities);
  }

  named(index: number): RecordName {
    return { kind: 'reservation', connection: CONNECTION, entity: entityOf(index) };
  }

  next(index: number): EntityRecord {
    const version = ++this.told[index]!;
    const modifiedAt = (FIRST_SECOND + version) * 1_000_000;
    const { core, guest, money, times } = this.contents[version % CONTENTS]!;
    const door = `door-${String(Math.floor(index / this.perDoor)).padStart(9, '0')}`;
    const at = (state: FacetState, content = state.content): FacetState => ({
      version: { ...state.version, modifiedAt },
      content,
    });
    const placed = { ...(core!.content as object), property: door, unitType: door };
    const facets = { core: at(core!, placed), guest: at(guest!), money: at(money!), times: at(times!) };
    return { ...this.named(index), facets };
  }
}

function facetsOf(n: number): Record<string, FacetState> {
  const stamp = { epoch: 0, modifiedAt: 0, rank: 0 as const, observedAt: 0, mapping: 1 };
  const departure = `2026-11-${26 + (n % 2)}`;
  return {
    core: facet({ arrival: '2026-11-18', departure, status: 'confirmed', property: '', unitType: '', channel: 'direct' }, stamp),
    guest: facet({ adults: 2, children: null, name: `Guest ${n}` }, stamp),
    money: facet({ total: { amountMinor: 42_000 + n, currency: 'EUR' } }, stamp),
    times: facet({ checkIn: '15:00', checkOut: '11:00' }, stamp),
  };
}
