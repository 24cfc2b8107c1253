import fc from 'fast-check';
import { kind as kindSchema, type Kind } from '@roomwire/events';
import { contentsOf, day, doorsOf, lateDoorOf } from './contents.ts';
import { OBSERVED, type Said } from './said.ts';

/** What becomes of the replica that gets a delivery first; the broker then gives it to another. */
export type Fault = 'none' | 'dies before it announces' | 'dies before it notes that it announced';
const FAULTS: Fault[] = ['none', 'dies before it announces', 'dies before it notes that it announced'];
/** One delivery of something said. */
export type Delivery = { said: Said; to: 'one' | 'two'; fault: Fault };
export type History = { deliveries: Delivery[]; pace: 'at once' | 'one by one' };

type Draft = Omit<Said, 'epoch'>;

const { constantFrom: oneOf } = fc;
const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const TODAY = Date.parse(`${day(0)}T00:00:00Z`) * 1000;

/**
 * Instants of the provider's clock, of which some are before and some after a departure of yesterday, and one is as new as a read.
 * Few, so that two contents under one stamp are common.
 */
const stamp = oneOf(TODAY - 30 * 60 * MINUTE, TODAY - 5 * 60 * MINUTE, TODAY, TODAY + MINUTE);
const granted = oneOf(1, 2, 3, 4).map((count) => TODAY + count * MINUTE);
/** Of a read: when the provider says that it answered. Too early to settle what is new, or not; some never say. */
const answered = oneOf(null, TODAY / 1000, TODAY / 1000 + 120_000);

/** Some of the facets, never none. */
const some = (facets: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(facets, { requiredKeys: [] }).filter((contents) => Object.keys(contents).length > 0);

function draft(
  via: Said['via'],
  kind: Kind,
  entity: string,
  contents: fc.Arbitrary<Record<string, unknown>>,
): fc.Arbitrary<Draft> {
  return fc.record({ contents, modifiedAt: stamp, granted, answered }).map(({ granted: at, answered: date, ...rest }) => ({
    ...{ via, kind, entity, mapping: 1, ...rest },
    ...(via === 'push' ? { observedAt: 0, providerDate: null } : { observedAt: at, providerDate: date }),
  }));
}

/** Rows of one page: one grant, and whatever each row's own stamp is. Pages overlap, since there are few entities and nights. */
function page(
  kind: Kind,
  entities: readonly string[],
  contents: fc.Arbitrary<Record<string, unknown>>,
  rowsMin = 1,
): fc.Arbitrary<Draft[]> {
  return fc
    .tuple(granted, answered, fc.subarray([...entities], { minLength: rowsMin }))
    .chain(([observedAt, providerDate, rows]) =>
      fc
        .tuple(...rows.map((entity) => draft('page', kind, entity, contents)))
        .map((all) => all.map((row) => ({ ...row, observedAt, providerDate }))),
    );
}

/** Three reservations, so that one may be in the way of two who are in nobody else's. */
const entitiesOf = (house: string, kind: Kind): string[] => {
  if (kind === 'property' || kind === 'unit') return doorsOf(house);
  return (kind === 'reservation' ? ['a', 'b', 'c'] : ['a', 'b']).map((name) => `${house}-${name}`);
};

/** What happens at a provider at one time to something of a kind: a webhook, a read of it, perhaps in vain, or a page. */
function moment(house: string, kind: Kind): fc.Arbitrary<Draft[]> {
  const contents = some(contentsOf(house)[kind]);
  const entities = entitiesOf(house, kind);
  const single = (via: Said['via'], of = contents): fc.Arbitrary<Draft[]> =>
    oneOf(...entities).chain((entity) => draft(via, kind, entity, of).map((each) => [each]));
  return fc.oneof(
    { arbitrary: single(OBSERVED.has(kind) ? 'read' : 'push'), weight: 4 },
    { arbitrary: single('read'), weight: 2 },
    { arbitrary: single('read', fc.constant({})), weight: 1 },
    { arbitrary: page(kind, entities, contents), weight: 2 },
  );
}

/** A backfill: all reservations of the house, each with its dates, as they were changed last. */
const backfill = (house: string): fc.Arbitrary<Draft[]> => {
  const entities = entitiesOf(house, 'reservation');
  const { core } = contentsOf(house).reservation;
  return page('reservation', entities, fc.record({ core: core! }), entities.length).map((rows) =>
    rows.map((row) => ({ ...row, modifiedAt: TODAY + MINUTE })),
  );
};

/** Three in one door of whom the longest comes first: the two others are in its way, and not in each other's. */
const crowd = (house: string): fc.Arbitrary<Draft[]> => {
  const [door] = doorsOf(house);
  const stays = [
    { from: -1, until: 6 },
    { from: 0, until: 1 },
    { from: 3, until: 4 },
  ];
  const named = fc.shuffledSubarray(entitiesOf(house, 'reservation'), { minLength: stays.length });
  return fc.tuple(named, granted, answered).map(([names, observedAt, providerDate]) =>
    stays.map(({ from, until }, i): Draft => {
      const dates = { arrival: day(from), departure: day(until) };
      const core = { status: 'confirmed', ...dates, property: door, unitType: door, channel: null };
      const told = { contents: { core, units: { units: [door] } }, modifiedAt: TODAY + MINUTE, observedAt, providerDate };
      return { via: 'page', kind: 'reservation', entity: names[i]!, mapping: 1, ...told };
    }),
  );
};

/** A house told twice under one stamp, and its door, which nobody else names: often known after all that was told of the house. */
const founding = (house: string): fc.Arbitrary<Draft[]> => {
  const door = lateDoorOf(house);
  const { core } = contentsOf(house).property;
  const unit = { property: door, unitType: null, name: 'Attic' };
  return fc.tuple(stamp, core!, core!, stamp).map(([at, one, other, later]) => {
    const pushed = (kind: Kind, content: unknown, modifiedAt: number): Draft => ({
      ...{ via: 'push', kind, entity: door, mapping: 1, contents: { core: content }, modifiedAt },
      ...{ observedAt: 0, providerDate: null },
    });
    return [pushed('property', one, at), pushed('property', other, at), pushed('unit', unit, later)];
  });
};

/**
 * Of reservations, which make rooms and conflicts, and of a few kinds beside them, so that what is told of one meets often; perhaps
 * with something in between that chance alone would seldom make: a backfill, a crowd, a house before its door.
 */
const moments = (house: string): fc.Arbitrary<Draft[]> =>
  fc
    .subarray([...kindSchema.options], { minLength: 1, maxLength: 3 })
    .chain((kinds) => {
      const any = fc.oneof(moment(house, 'reservation'), ...kinds.map((kind) => moment(house, kind)));
      return fc.tuple(
        fc.array(any, { minLength: 2, maxLength: 7 }),
        fc.oneof(backfill(house), crowd(house), founding(house), fc.constant([])),
      );
    })
    .map(([all, rows]) => [...all.flat(), ...rows]);

/** Something that was said, and is heard another time in another way. */
type Echo = { of: number; how: 'repeated by a page' | 'read late' | 'mapped anew'; granted: number };
const echo = (count: number): fc.Arbitrary<Echo> =>
  fc.record({ of: fc.nat(count - 1), how: oneOf('repeated by a page', 'read late', 'mapped anew'), granted });

function echoed(drafts: readonly Draft[], { of, how, granted: observedAt }: Echo): Draft {
  const said = drafts[of]!;
  const isGone = Object.keys(said.contents).length === 0;
  switch (how) {
    case 'repeated by a page':
      return { ...said, via: isGone ? 'read' : 'page', observedAt };
    // By a replica of the provider's that is behind: it was hinted that there is something newer.
    case 'read late':
      return { ...said, via: 'read', observedAt: observedAt + SECOND, hint: { modifiedAt: said.modifiedAt + SECOND } };
    // A newer release understands the same bytes in another way. Only what is read is told anew.
    case 'mapped anew':
      return { ...said, via: 'read', observedAt, mapping: 2, contents: understoodAnew(said.contents) };
  }
}

function understoodAnew(contents: Said['contents']): Said['contents'] {
  const { guest, ...rest } = contents as { guest?: object };
  return guest ? { ...rest, guest: { ...guest, children: 1 } } : contents;
}

/**
 * A history of one house: what its providers said, pages of a backfill between webhooks, with duplicates, in any order, dealt to two
 * replicas, some of which die. From some moment on the connection's epoch may be a higher one.
 */
export function history(house: string): fc.Arbitrary<History> {
  const faults: Fault[][] = [FAULTS, FAULTS.slice(0, -1)];
  const deal = (of: Fault[]) => fc.record({ to: oneOf('one' as const, 'two' as const), fault: oneOf('none', 'none', ...of) });
  return moments(house)
    .chain((drafts) => fc.tuple(fc.constant(drafts), fc.array(echo(drafts.length), { maxLength: 3 })))
    .map(([drafts, echoes]) => [...drafts, ...echoes.map((each) => echoed(drafts, each))])
    .chain((drafts) => fc.tuple(fc.constant(drafts), fc.option(fc.nat(drafts.length - 1), { freq: 3, nil: Infinity })))
    .map(([drafts, raisedAt]) => drafts.map((said, i): Said => ({ ...said, epoch: i < raisedAt ? 0 : 1 })))
    .chain((all) => fc.shuffledSubarray([...all, ...all], { minLength: all.length }))
    .chain((all) => fc.tuple(fc.constant(all), oneOf(...faults)))
    .chain(([all, of]) => fc.tuple(...all.map((said) => deal(of).map((each): Delivery => ({ said, ...each })))))
    .chain((deliveries) => fc.record({ deliveries: fc.constant(deliveries), pace: oneOf('at once', 'one by one') }));
}
