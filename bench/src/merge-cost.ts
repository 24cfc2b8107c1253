import { apply, facet, type EntityRecord } from '@roomwire/events';
import { median } from '@roomwire/testkit';

const BATCHES = 15;
const PER_BATCH = 2_000;

/** A reservation as Hostaway tells of it, `version` seconds after the first. */
function reservation(version: number): EntityRecord {
  const stamp = {
    epoch: 0,
    modifiedAt: 1_795_000_000_000_000 + version * 1_000_000,
    rank: 0 as const,
    observedAt: 0,
    mapping: 1,
  };
  const facets = {
    core: facet(
      { arrival: '2026-11-18', departure: '2026-11-26', status: 'confirmed', property: '1', unitType: '1', channel: null },
      stamp,
    ),
    guest: facet({ adults: 2, children: null, name: `Guest ${version}` }, stamp),
    money: facet({ total: { amountMinor: 42_000, currency: 'EUR' } }, stamp),
    times: facet({ checkIn: '15:00', checkOut: '11:00' }, stamp),
  };
  return { kind: 'reservation', connection: 'c1', entity: '500001', facets };
}

/**
 * What merging a telling into its record costs, as a multiple of what parsing that record's JSON costs, measured in turn. A latency
 * at the client could not tell: the merge is a thousandth of it.
 */
export function mergeCost(): number {
  const held = reservation(1);
  const told = reservation(2);
  const json = JSON.stringify(held);
  const ratios: number[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const merging = timeOf(() => apply(held, told));
    const parsing = timeOf(() => JSON.parse(json) as unknown);
    ratios.push(merging / parsing);
  }
  // The first batches run code that is not compiled yet.
  return median(ratios.slice(5));
}

function timeOf(work: () => unknown): number {
  const began = performance.now();
  for (let i = 0; i < PER_BATCH; i++) work();
  return performance.now() - began;
}
