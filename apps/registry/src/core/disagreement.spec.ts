import fc from 'fast-check';
import { facet, join, type EntityRecord, type Stamp } from '@roomwire/events';
import { isSettled } from '@roomwire/pms-port';
import { agreed, confirmAt, stillStands, weigh, type Evidence, type Rule } from './disagreement.ts';
import { CLOCKS_APART_MS } from './owed-reads.ts';

const MINUTE = 60_000;
const rule: Rule = { resolutionMs: 1_000, readLagMs: 10_000, confirmMs: 5 * MINUTE };
/** ms of everybody's clock, but for the provider's, which may differ a little. */
const T0 = Date.parse('2026-07-01T12:00:00Z');

const recordOf = (facets: EntityRecord['facets'], entity = '1'): EntityRecord => ({
  ...{ kind: 'reservation', connection: 'c1', entity },
  facets,
});
const name = (text: string) => ({ name: text, adults: null, children: null });
const stampMs = (at: number): number => Math.floor(at / 1_000) * 1_000;

/** The provider at one moment: what it holds of the entity, and since when. */
type Truth = { at: number; guest: string; unit: string };

function pushed(truth: Truth, epoch = 0): EntityRecord {
  const stamp: Stamp = { epoch, modifiedAt: stampMs(truth.at) * 1000, rank: 0, observedAt: 0, mapping: 1 };
  return recordOf({ guest: facet(name(truth.guest), stamp) });
}

/** A by-id read granted at `at`, answered with `truth`. */
function readOf(truth: Truth, at: number, { epoch = 0, entity = '1', hasDate = true } = {}): EntityRecord {
  const modifiedAt = stampMs(truth.at) * 1000;
  const stamp: Stamp = { epoch, modifiedAt, rank: 1, observedAt: at * 1000, mapping: 1 };
  const context = { kind: 'reservation', operation: 'r', status: 200, observedAt: at * 1000 } as const;
  const settled = isSettled({ ...context, providerDate: hasDate ? stampMs(at) : null }, modifiedAt, rule.resolutionMs);
  return recordOf(
    {
      guest: facet(name(truth.guest), stamp, settled),
      units: facet({ units: [truth.unit] }, stamp, settled),
      existence: facet({ state: 'present' }, { ...stamp, modifiedAt: at * 1000 }),
    },
    entity,
  );
}

const truths = fc
  .array(
    fc.record({
      after: fc.integer({ min: 0, max: 3 * MINUTE }),
      guest: fc.constantFrom('Ada', 'Grace'),
      unit: fc.constantFrom('1', '2'),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((steps) => {
    let at = T0;
    return steps.map(({ after, ...content }): Truth => ({ at: (at += after), ...content }));
  });
/** What the provider held at an instant. */
const heldAt = (all: readonly Truth[], at: number): Truth => all.filter((each) => each.at <= at).at(-1) ?? all[0]!;

/** Tellings of a provider in order: pushes of its changes, and reads of what a reader that is behind by at most `lagMs` shows. */
const inOrder = (lagMs: number, skewMs: number) =>
  truths.chain((all) => {
    const end = all.at(-1)!.at - T0;
    const push = fc.constantFrom(...all).map((truth) => pushed({ ...truth, at: truth.at + skewMs }));
    const read = fc
      .record({ at: fc.integer({ min: 0, max: end + 20 * MINUTE }), lag: fc.integer({ min: 0, max: lagMs }) })
      .map(({ at, lag }) => {
        const truth = heldAt(all, T0 + at - lag);
        return readOf({ ...truth, at: truth.at + skewMs }, T0 + at);
      });
    return fc.array(fc.oneof(push, read), { minLength: 1, maxLength: 20 });
  });
const skew = fc.integer({ min: -CLOCKS_APART_MS, max: CLOCKS_APART_MS });

/** Everything that the rule says of tellings, in the order in which they come. */
function heard(tellings: readonly EntityRecord[]) {
  let held: EntityRecord | undefined;
  let evidence: Evidence | undefined;
  return tellings.map((told) => {
    const weighed = weigh(evidence, held, told, 0, rule);
    if (weighed.kind === 'agrees') evidence = undefined;
    if (weighed.kind === 'disagrees') evidence = weighed.evidence;
    held = held ? join(held, told) : told;
    return weighed;
  });
}

describe('a provider in order', () => {
  it('is never contradicted by its own reads, whatever comes late, twice or in another order', () => {
    fc.assert(
      fc.property(
        skew.chain((ms) => inOrder(rule.readLagMs, ms)),
        (tellings) => expect(heard(tellings).filter(({ kind }) => kind === 'disagrees')).toEqual([]),
      ),
      { numRuns: 3_000 },
    );
  });

  it('never has it confirmed, though its readers be behind by as much as lies between two reads', () => {
    fc.assert(
      fc.property(
        skew.chain((ms) => inOrder(rule.confirmMs, ms)),
        (tellings) => expect(heard(tellings).filter((each) => each.kind === 'disagrees' && each.isConfirmed)).toEqual([]),
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('a provider that was restored from a backup', () => {
  const entity = fc.record({ backup: truths, gap: fc.integer({ min: 1_000, max: 10 * MINUTE }), first: fc.nat(30 * MINUTE) });

  it('has its connection raised after finitely many reads, and then shows what it holds', () => {
    fc.assert(
      fc.property(fc.array(entity, { minLength: 1, maxLength: 5 }), (entities) => {
        const all = new Map<string, Evidence>();
        const now: Record<string, [EntityRecord, Truth]> = {};
        for (const [index, { backup, gap, first }] of entities.entries()) {
          const restored = { ...backup.at(-1)!, guest: 'Ada' };
          const lost = { ...restored, at: restored.at + gap, guest: 'Grace' };
          const held = join(pushed(restored), pushed(lost));
          let evidence: Evidence | undefined;
          let at = lost.at + first;
          // Somebody reads it now and then; once it is suspect, the rule says when.
          for (let reads = 1; ; reads++) {
            expect(reads).toBeLessThan(10);
            const weighed = weigh(evidence, held, readOf(restored, at, { entity: '1' }), 0, rule);
            if (weighed.kind === 'disagrees') evidence = weighed.evidence;
            if (weighed.kind === 'disagrees' && weighed.isConfirmed) break;
            at = evidence ? confirmAt(evidence, rule, at + 200) : at + 20_000;
          }
          all.set(String(index), evidence!);
          now[index] = [held, restored];
        }
        const last = Math.max(...[...all.values()].map(({ lastAt }) => lastAt));
        const terms = { epoch: 0, quorum: 3, comparable: entities.length, confirmMs: rule.confirmMs, now: last };
        for (const each of agreed(all, terms)!) {
          const [held, restored] = now[each]!;
          expect(stillStands(all.get(each)!, held)).toBe(true);
          const told = readOf(restored, T0 + 10_000 * MINUTE, { epoch: 1 });
          expect(join(held, told).facets['guest']!.content).toEqual(name('Ada'));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('weigh', () => {
  const backup: Truth = { at: T0, guest: 'Ada', unit: '1' };
  const lost: Truth = { at: T0 + 10 * MINUTE, guest: 'Grace', unit: '1' };
  const held = join(readOf(backup, T0 + MINUTE), pushed(lost));
  /** From when on a read is heard, ms: the resolution, the margin, the clocks, the lag. */
  const from = lost.at + 1_000 + 2_000 + CLOCKS_APART_MS + rule.readLagMs;
  const at = (ms: number, told = backup, options = {}) => readOf(told, ms, options);
  const first = weigh(undefined, held, at(from), 0, rule);
  const evidence = (first as { evidence: Evidence }).evidence;
  const later = from + rule.confirmMs;

  it('hears a read from when a reader in order must show the record’s stamp', () => {
    expect(weigh(undefined, held, at(from - 1), 0, rule)).toEqual({ kind: 'silent' });
    expect(first).toMatchObject({
      kind: 'disagrees',
      isConfirmed: false,
      evidence: { stamp: lost.at * 1000, firstAt: from * 1000 },
    });
  });

  it('has it confirmed by another that is far enough from the first', () => {
    expect(weigh(evidence, held, at(later - 1), 0, rule)).toMatchObject({ isConfirmed: false });
    expect(weigh(evidence, held, at(later), 0, rule)).toMatchObject({ isConfirmed: true });
    expect(confirmAt(evidence, rule, from + 300)).toBe(later + CLOCKS_APART_MS);
    expect(confirmAt(evidence, rule, later + 300)).toBe(later + 300 + CLOCKS_APART_MS);
  });

  it.each<[string, EntityRecord, number]>([
    ['it says something else than the first', at(later, { ...backup, guest: 'Eve' }), 0],
    ['it is of another time than the first', at(later, { ...backup, at: backup.at + 2_000 }), 0],
  ])('begins anew where %s', (_what, told) => {
    expect(weigh(evidence, held, told, 0, rule)).toMatchObject({ isConfirmed: false, evidence: { firstAt: later * 1000 } });
  });

  it('begins anew where something newer was told in between', () => {
    const newer = join(held, pushed({ ...lost, at: lost.at + MINUTE }));

    expect(weigh(evidence, newer, at(later), 0, rule)).toMatchObject({ isConfirmed: false, evidence: { firstAt: later * 1000 } });
    expect([stillStands(evidence, held), stillStands(evidence, newer)]).toEqual([true, false]);
  });

  it('goes by when reads were granted, and not by when they are heard of', () => {
    const second = weigh(undefined, held, at(later, { ...backup, guest: 'Eve' }), 0, rule) as { evidence: Evidence };

    expect(weigh(second.evidence, held, at(from), 0, rule)).toEqual({ kind: 'silent' });
    expect(weigh({ ...evidence, firstAt: later * 1000, lastAt: later * 1000 }, held, at(from), 0, rule)).toMatchObject({
      isConfirmed: true,
    });
  });

  const observed = recordOf({
    guest: { ...facet(name('Grace'), { epoch: 0, modifiedAt: T0 * 1000, rank: 1, observedAt: T0 * 1000, mapping: 1 }) },
  });
  const gone = recordOf({
    existence: facet({ state: 'gone' }, { epoch: 0, modifiedAt: later * 1000, rank: 1, observedAt: later * 1000, mapping: 1 }),
  });
  it.each<[string, 'agrees' | 'silent', EntityRecord | undefined, EntityRecord]>([
    ['shows the record’s stamp', 'agrees', held, at(later, lost)],
    ['shows something newer', 'agrees', held, at(later, { ...lost, at: later - MINUTE, guest: 'Eve' })],
    ['is older, and says what the record says', 'agrees', held, at(later, { ...backup, guest: 'Grace' })],
    ['says that it is gone, which the record then says too', 'agrees', held, gone],
    ['has no Date, so that nothing is settled', 'silent', held, at(later, backup, { hasDate: false })],
    ['is of another epoch than the connection', 'silent', held, at(later, backup, { epoch: 1 })],
    ['is a push', 'silent', held, pushed(backup)],
    ['is of what nobody knows', 'silent', undefined, at(later)],
    [
      'is of what bears a read’s instant and no stamp of the provider’s',
      'silent',
      observed,
      at(later, { ...backup, at: T0 - MINUTE }),
    ],
    ['is of what was told under another epoch', 'silent', pushed(lost, 1), at(later)],
  ])('a read that %s: %s', (_what, kind, record, told) => {
    expect(weigh(undefined, record, told, 0, rule)).toEqual({ kind });
  });
});

describe('agreed', () => {
  const one: Evidence = { epoch: 0, stamp: 1, says: 'x', firstAt: 0, lastAt: rule.confirmMs * 1000 };
  const terms = { epoch: 0, quorum: 3, comparable: 100, confirmMs: rule.confirmMs, now: one.lastAt };
  const of = (count: number, each = one) => new Map(Array.from({ length: count }, (_, index) => [String(index), each]));

  it('asks for the quorum, and for all where there are fewer', () => {
    expect(agreed(of(2), terms)).toBeUndefined();
    expect(agreed(of(3), terms)).toEqual(['0', '1', '2']);
    expect(agreed(of(2), { ...terms, comparable: 2 })).toEqual(['0', '1']);
    expect(agreed(of(1), { ...terms, comparable: 2 })).toBeUndefined();
    expect(agreed(of(0), { ...terms, comparable: 0 })).toBeUndefined();
  });

  it.each<[string, Evidence]>([
    ['is of another epoch', { ...one, epoch: 1 }],
    ['is not confirmed', { ...one, firstAt: 1 }],
    ['is more than a day old', { ...one, lastAt: one.lastAt - 86_400_000_001, firstAt: -1e15 }],
  ])('does not count what %s', (_what, each) => {
    expect(agreed(of(3, each), terms)).toBeUndefined();
  });
});
