import { recordSchema, type RawContext } from '@roomwire/events';
import fc from 'fast-check';
import { pms } from '../pms.ts';
import { withEachValue, withoutEachField, withScalar, withUnknownFields } from './body-changes.ts';
import { bytesOf, contextOf, decode, PUSH, rawOf, saidBy, type AdapterHarness } from './harness.ts';

const NESTED = 50_000;
const GARBAGE: readonly [string, unknown][] = [
  ['no bytes', new Uint8Array()],
  ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
  ['half a document', '{"event":"reservation'],
  ['text', 'hello'],
];
const STRANGE: readonly [string, unknown][] = [
  ['null', 'null'],
  ['a number', '1e400'],
  ['an empty text', '""'],
  ['an empty list', '[]'],
  ['an empty object', '{}'],
  ['a prototype', '{"__proto__":{"id":1},"constructor":null}'],
  ['a deep list', `${'['.repeat(NESTED)}${']'.repeat(NESTED)}`],
];

export function decodeCases(harness: AdapterHarness): void {
  const port = pms(harness.adapter);

  it.each(harness.fixtures.map((fixture) => [fixture.name, fixture] as const))('understands %s', (_name, fixture) => {
    const decoded = port.decode(rawOf(harness, fixture.body, contextOf(harness, fixture)));

    expect(decoded.rejects).toEqual([]);
    expect(decoded.tellings.length + decoded.hints.length + decoded.ignored.length).toBeGreaterThan(0);
    for (const telling of decoded.tellings) expect(recordSchema.safeParse(telling).error).toBeUndefined();
  });

  it.each(harness.fixtures.map((fixture) => [fixture.name, fixture] as const))(
    'says the same of the same bytes: %s',
    (_name, fixture) => {
      const context = contextOf(harness, fixture);

      expect(decode(harness, fixture.body, context)).toEqual(decode(harness, fixture.body, context));
    },
  );

  it.each(objects(harness))('tolerates unknown fields in %s', (_name, body, context) => {
    expect(decode(harness, withUnknownFields(body), context)).toEqual(decode(harness, body, context));
  });

  it.each(objects(harness))('invents nothing where %s lacks a field', (_name, body, context, leavesOut) => {
    const whole = saidBy(decode(harness, body, context));

    for (const { path, body: lacking } of withoutEachField(body))
      for (const [facet, content] of saidBy(decode(harness, lacking, context))) {
        if (!whole.has(facet)) throw new Error(`without ${path}: says "${facet}" all of a sudden`);
        // In an answer by id the field may be an entity.
        const gone = leavesOut && facet.endsWith(' existence') ? [{ state: 'gone' }] : [];
        const allowed = [whole.get(facet), ...gone, ...withNull(whole.get(facet), path, harness.absentMeansNull)];
        expect({ path, facet, allowed }).toEqual({ path, facet, allowed: expect.arrayContaining([content]) as unknown });
      }
  });

  it.each(objects(harness))('answers for %s with any value in any place', (_name, body, context) => {
    for (const value of [null, '', 'x', -1, 1.5, true, [], {}, [null], '\ud800'])
      for (const { path, body: changed } of withEachValue(body, value)) {
        const { rejects } = port.decode(rawOf(harness, changed, context));
        const thrown = rejects.filter((reject) => reject.reason === 'adapter-threw');
        expect({ path, value, thrown }).toEqual({ path, value, thrown: [] });
      }
  });

  it('rejects an id that no subject can carry, at its place', () => {
    for (const [, body, context] of objects(harness))
      for (const entity of new Set(decode(harness, body, context).tellings.map((telling) => telling.entity))) {
        const long = 'i'.repeat(129);
        const changed = withScalar(body, entity, long);
        const { tellings, hints, rejects } = decode(harness, changed, context);
        expect([...tellings, ...hints].filter((told) => told.entity.includes(long))).toEqual([]);
        const wasNamed = context.via === 'read' && context.read.ids !== undefined;
        if (!wasNamed && JSON.stringify(changed) !== JSON.stringify(body))
          expect(rejects).toContainEqual(
            expect.objectContaining({ reason: 'id-too-long', pointer: expect.stringMatching(/^\//) as string }),
          );
      }
  });

  it.each([...contexts(harness)])('rejects what is not JSON: %s', (_name, context) => {
    for (const [, bytes] of GARBAGE) {
      const decoded = decode(harness, bytes, context);
      expect({ ...decoded, rejects: decoded.rejects.length }).toEqual({ tellings: [], hints: [], ignored: [], rejects: 1 });
      expect(['not-json', 'unreadable-answer']).toContain(decoded.rejects[0]!.reason);
    }
  });

  it.each([...contexts(harness)])('says no fact of strange JSON, and says why: %s', (_name, context) => {
    for (const [strange, text] of STRANGE) {
      const { tellings, hints, rejects, ignored } = decode(harness, bytesOf(text), context);
      expect({ strange, tellings, hints, silent: rejects.length + ignored.length === 0 }).toEqual({
        strange,
        tellings: [],
        hints: [],
        silent: false,
      });
    }
  });

  it.each([...contexts(harness)])('answers for any JSON value: %s', (_name, context) => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const { tellings, hints, rejects, ignored } = decode(harness, bytesOf(text), context);
        expect(tellings.length + hints.length + rejects.length + ignored.length).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
}

/** The fourth: whether what the answer leaves out is gone. */
function objects(harness: AdapterHarness): [string, unknown, RawContext, boolean][] {
  return harness.fixtures
    .filter((fixture) => typeof fixture.body === 'object' && !(fixture.body instanceof Uint8Array))
    .map((fixture) => [
      fixture.name,
      fixture.body,
      contextOf(harness, fixture),
      fixture.via === 'read' && fixture.gone !== undefined,
    ]);
}

/** A push, and one answer for each operation that the fixtures read or list. */
function contexts(harness: AdapterHarness): Map<string, RawContext> {
  const reads = harness.fixtures.filter((fixture) => fixture.via !== 'push').map((fixture) => contextOf(harness, fixture));
  return new Map([
    ['a push', PUSH],
    ...reads.map((context) => [context.via === 'read' ? context.read.operation : '', context] as const),
  ]);
}

/** The content with the dropped field as null, where the provider says that absent means null. */
function withNull(content: unknown, path: string, absentMeansNull: readonly string[] = []): unknown[] {
  const key = path.split('/').at(-1)!;
  return absentMeansNull.includes(key) ? [{ ...(content as object), [key]: null }] : [];
}
