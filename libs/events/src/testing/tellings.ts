import fc from 'fast-check';
import { facet, type EntityRecord, type FacetState, type Stamp } from '../record.ts';
import { kind, type Kind } from '../words.ts';
import { CONTENTS } from './contents.ts';

const SECOND = 1_000_000;
/** Providers stamp whole seconds, Smoobu whole minutes, Cloudbeds microseconds: the coarser, the more ties. */
const RESOLUTIONS = [1, SECOND, 60 * SECOND];
/** Calendars have no modification time anywhere: only reads tell them, under their own instant. */
const OBSERVED: ReadonlySet<Kind> = new Set(['availability', 'rate']);

type Told = { stamp: Stamp; settled: boolean };

/** Few stamps, pushes and reads, three mappings and two epochs: every branch of the order is met often. */
const told = (resolution: number): fc.Arbitrary<Told> =>
  fc
    .record({
      epoch: fc.constantFrom(0, 0, 0, 1),
      modifiedAt: fc.integer({ min: 1, max: 3 }).map((count) => count * resolution),
      rank: fc.constantFrom(0 as const, 1 as const),
      observedAt: fc.integer({ min: 1, max: 3 }).map((count) => count * SECOND),
      mapping: fc.constantFrom(1, 1, 2, 3),
      settled: fc.boolean(),
    })
    .map(({ settled, ...stamp }) => ({ stamp, settled }));

const asPush = ({ stamp }: Told): Told => ({ stamp: { ...stamp, rank: 0, observedAt: 0 }, settled: false });
const asObserved = ({ stamp, settled }: Told): Told => ({ stamp: { ...stamp, rank: 1, modifiedAt: stamp.observedAt }, settled });

/** All facets of a telling share its stamp, but for `existence`, which a read alone knows and which has the read's instant. */
function statesOf(of: Kind, by: Told, contents: Record<string, unknown>): Record<string, FacetState> {
  const names = Object.keys(contents);
  const read = by.stamp.rank === 1 || OBSERVED.has(of) || names.join() === 'existence';
  const states = names
    .filter((name) => read || name !== 'existence')
    .map((name) => {
      const own = !read ? asPush(by) : name === 'existence' || OBSERVED.has(of) ? asObserved(by) : by;
      return [name, facet(contents[name], own.stamp, own.settled)] as const;
    });
  return Object.fromEntries(states);
}

/** One telling: some facets of one entity, as a webhook or a row of a page carries them. Never none. */
export function telling(of: Kind, resolution: number = SECOND): fc.Arbitrary<EntityRecord> {
  return fc
    .tuple(told(resolution), fc.record(CONTENTS[of], { requiredKeys: [] }))
    .filter(([, contents]) => Object.keys(contents).length > 0)
    .map(([by, contents]) => ({ kind: of, connection: 'c1', entity: '1', facets: statesOf(of, by, contents) }));
}

/** Reservations have the most facets, so they come more often. */
const anyKind = fc.oneof({ arbitrary: fc.constant<Kind>('reservation'), weight: 2 }, fc.constantFrom(...kind.options));

/** All that was ever told of one entity, in some order. */
export const history: fc.Arbitrary<EntityRecord[]> = fc
  .tuple(anyKind, fc.constantFrom(...RESOLUTIONS))
  .chain(([of, resolution]) => fc.array(telling(of, resolution), { minLength: 1, maxLength: 12 }));

export const threeTellings = anyKind.chain((of) => fc.tuple(telling(of), telling(of), telling(of)));

/** Any one telling of any kind. */
export const anyTelling: fc.Arbitrary<EntityRecord> = anyKind.chain((of) => telling(of));

/** Several entities of several connections, told together. */
export const worldHistory: fc.Arbitrary<EntityRecord[]> = fc.array(
  fc
    .tuple(anyTelling, fc.constantFrom('c1', 'c2'), fc.constantFrom('1', '2'))
    .map(([each, connection, entity]) => ({ ...each, connection, entity })),
  { minLength: 1, maxLength: 20 },
);

/** A history, and the same tellings in another order with some told again. */
export function retold(of: fc.Arbitrary<EntityRecord[]>): fc.Arbitrary<[EntityRecord[], EntityRecord[]]> {
  return of.chain((all) =>
    fc.array(fc.nat(all.length - 1), { maxLength: 6 }).chain((again) => {
      const doubled = [...all, ...again.map((index) => all[index]!)];
      return fc.tuple(fc.constant(all), fc.shuffledSubarray(doubled, { minLength: doubled.length, maxLength: doubled.length }));
    }),
  );
}
