import type { Kind } from '@roomwire/events';
import { FUTURE_TOLERANCE_MS } from '../judge.ts';
import { pms } from '../pms.ts';
import { SETTLED_MARGIN_MS } from '../stamp.ts';
import type { Decoded } from '../adapter.ts';
import { contextOf, NOW, PUSH, rawOf, type AdapterHarness } from './harness.ts';

export function clockCases(harness: AdapterHarness): void {
  const { adapter, webhook } = harness;
  const port = pms(adapter);
  const pushed = (kind: Kind, modifiedAt: Date | null): Decoded =>
    port.decode(rawOf(harness, webhook!.stamped(kind, modifiedAt), PUSH));
  const resolutionOf = (kind: Kind) => {
    const clock = adapter.clocks[kind];
    return clock?.clock === 'provider' ? clock.resolutionMs : undefined;
  };

  it('has a clock for every kind that it claims to tell', () => {
    const listed = adapter.listings?.lists.flatMap(({ kinds }) => kinds) ?? [];
    for (const kind of [...adapter.capabilities.pushes, ...adapter.capabilities.reads, ...listed])
      expect(adapter.clocks).toHaveProperty([kind]);
    for (const kind of adapter.capabilities.pushes) expect([kind, adapter.clocks[kind]?.clock]).toEqual([kind, 'provider']);
  });

  for (const kind of webhook ? adapter.capabilities.pushes : []) {
    it(`makes no fact of a pushed ${kind} without its time`, () => {
      expectDoubted(harness, kind, pushed(kind, null), 'no fact');
    });

    it(`makes no fact of a pushed ${kind} from the future`, () => {
      expectDoubted(harness, kind, pushed(kind, new Date(NOW + FUTURE_TOLERANCE_MS + 61_000)), 'future-stamp');
    });

    it(`stamps a pushed ${kind} with its own time, to the resolution and no finer`, () => {
      const resolutionMs = resolutionOf(kind)!;
      const at = NOW - 3_600_000 + 789;
      const versions = pushed(kind, new Date(at))
        .tellings.filter((told) => told.kind === kind)
        .flatMap((told) => Object.values(told.facets).map((facet) => facet.version));

      expect(versions.length).toBeGreaterThan(0);
      for (const version of versions)
        expect(version).toMatchObject({
          modifiedAt: Math.floor(at / resolutionMs) * resolutionMs * 1000,
          rank: 0,
          observedAt: 0,
          epoch: 0,
          mapping: adapter.mapping,
        });
    });
  }

  for (const fixture of harness.fixtures) {
    if (fixture.via === 'push') continue;
    const read = (providerDate: number | null) =>
      port
        .decode(rawOf(harness, fixture.body, contextOf(harness, fixture, { providerDate })))
        .tellings.flatMap(({ kind, entity, facets }) =>
          Object.entries(facets).map(([name, facet]) => ({
            kind,
            entity,
            name,
            settled: facet.settled ?? false,
            ...facet.version,
          })),
        );
    const context = contextOf(harness, fixture);
    const observedAt = context.via === 'read' ? context.read.observedAt : 0;

    it(`stamps a read by its grant, and existence by nothing else: ${fixture.name}`, () => {
      for (const told of read(NOW)) {
        expect(told).toMatchObject({ rank: 1, observedAt, epoch: 0, mapping: adapter.mapping });
        if (told.name === 'existence' || resolutionOf(told.kind) === undefined) expect(told.modifiedAt).toBe(observedAt);
      }
    });

    it(`calls a read settled once the provider’s clock has passed its stamp: ${fixture.name}`, () => {
      for (const { kind, entity, name, modifiedAt } of read(NOW)) {
        if (modifiedAt === observedAt) continue;
        const settledFrom = Math.ceil(modifiedAt / 1000) + resolutionOf(kind)! + SETTLED_MARGIN_MS;
        const isSame = (told: { kind: Kind; entity: string; name: string }) =>
          told.kind === kind && told.entity === entity && told.name === name;
        const settledAt = (date: number | null) => read(date).find(isSame)!.settled;
        expect([settledAt(settledFrom - 1), settledAt(settledFrom), settledAt(null)]).toEqual([false, true, false]);
      }
    });
  }
}

/** A hint where the kind can be read, else a dead letter: never a fact, never nothing. */
function expectDoubted(harness: AdapterHarness, kind: Kind, decoded: Decoded, why: string): void {
  const ofKind = <T extends { kind: Kind }>(parts: T[]) => parts.filter((part) => part.kind === kind);
  const hints = ofKind(decoded.hints);
  expect(ofKind(decoded.tellings)).toEqual([]);
  if (harness.adapter.capabilities.reads.includes(kind))
    expect(hints).toEqual([expect.objectContaining({ kind, reason: 'hint' })]);
  else expect({ why, rejects: decoded.rejects.length, hints: hints.length }).toEqual({ why, rejects: 1, hints: 0 });
}
