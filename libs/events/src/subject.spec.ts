import fc from 'fast-check';
import { entityId, ENTITY_ID_BYTES_MAX, utf8Bytes } from './ids.ts';
import { filterOf, parseSubject, SUBJECT_FIELDS, subjectOf, type Subject, type SubjectFamily } from './subject.ts';
import { decodeToken, encodeToken } from './token.ts';
import { derivedKind, fetchLane, kind, lane, pipeline, pushLane } from './words.ts';

const nasty = fc.constantFrom(
  '.',
  '..',
  '*',
  '>',
  ' ',
  'a.b',
  'a b',
  '=2E',
  '%2E',
  '__proto__',
  'constructor',
  '\u0000',
  '\n',
  'ü',
  '🏨',
  '$JS.API.>',
  "it's(fine)!~",
);
const id = fc
  .oneof(
    nasty,
    fc.string({ unit: 'binary', minLength: 1, maxLength: 128 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  )
  .filter((text) => entityId.safeParse(text).success);

describe('encodeToken', () => {
  it('gives one legal token, and back, for any id of up to 128 bytes', () => {
    fc.assert(
      fc.property(id, (text) => {
        const token = encodeToken(text);
        expect(token).toMatch(/^[A-Za-z0-9_=-]+$/);
        expect(decodeToken(token)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('has one token for one text: what it would not make it does not read', () => {
    for (const token of ['', '=2e', '=41', '=', '=4', 'a.b', 'ä', '=FF', '=C3']) expect(decodeToken(token)).toBeUndefined();
  });

  it('refuses what has no UTF-8 form', () => {
    expect(() => encodeToken('\uD800')).toThrow(TypeError);
    expect(() => encodeToken('')).toThrow(TypeError);
  });
});

describe('subjectOf', () => {
  const words: Record<string, fc.Arbitrary<string>> = {
    ...{ 'raw.lane': fc.constantFrom(...lane.options), 'event.lane': fc.constantFrom(...lane.options) },
    ...{ 'event.pipeline': fc.constantFrom(...pipeline.options), 'fetch.lane': fc.constantFrom(...fetchLane.options) },
    'push.lane': fc.constantFrom(...pushLane.options),
    'fetch.kind': fc.constantFrom(...kind.options, 'page'),
    'change.kind': fc.constantFrom(...kind.options, ...derivedKind.options),
  };
  const families = Object.keys(SUBJECT_FIELDS) as SubjectFamily[];
  /** Every family, with any id in every field that is not one of our own words. */
  const subject = fc.oneof(
    ...families.map((family) => {
      const fields = SUBJECT_FIELDS[family].map((field) => [field, words[`${family}.${field}`] ?? id]);
      const values = Object.fromEntries(fields) as Record<string, fc.Arbitrary<string>>;
      return fc.record({ tenant: fc.constantFrom('t1', 'acme-2'), family: fc.constant(family), ...values });
    }),
  ) as unknown as fc.Arbitrary<Subject>;

  it("is undone by parseSubject, and stays far below the broker's 4 KB line", () => {
    fc.assert(
      fc.property(subject, (each) => {
        const text = subjectOf(each);
        expect(parseSubject(text)).toEqual(each);
        expect(text.length).toBeLessThan(4096 / 2);
        expect(text).toMatch(/^[A-Za-z0-9_=-]+(?:\.[A-Za-z0-9_=-]+)+$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps every tenant under its own prefix', () => {
    fc.assert(fc.property(subject, (each) => subjectOf({ ...each, tenant: 'acme' }).startsWith('pms.acme.')));
  });

  it('is the only text of its subject: whatever parseSubject reads, subjectOf writes again', () => {
    const piece = fc.oneof(
      fc.constantFrom('live', 'poll', 'booking', 'task', 'room', '=2E', '=2e', '=41', '*', '>', ''),
      fc.string(),
    );
    const text = fc
      .tuple(fc.constantFrom('pms.t1', 'pms.=2A', 'pms.*'), fc.constantFrom(...families), fc.array(piece, { maxLength: 6 }))
      .map(([root, family, tokens]) => [root, family, ...tokens].join('.'));

    fc.assert(
      fc.property(text, (each) => {
        const read = parseSubject(each);
        if (read) expect(subjectOf(read)).toBe(each);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no word of ours where it does not belong', () => {
    for (const text of [
      'pms.t1.raw.poll.mews.c1',
      'pms.t1.event.live.weather.p1',
      'pms.t1.fetch.bulk.mews.c1.task.1',
      'pms.t1.fetch.poll.mews.c1.room.1',
      'pms.t1.change.toString.c1.1',
    ])
      expect(parseSubject(text)).toBeUndefined();
    expect(parseSubject('pms.t1.change.room.p1.u1')).toMatchObject({ kind: 'room' });
  });

  it('does not take for ours what is not', () => {
    for (const text of [
      '',
      'pms',
      'pms.t1',
      'pms.t1.raw',
      'pms.t1.raw.live.mews',
      'pms.t1.raw.live.mews.c1.x',
      'x.t1.outcome.r',
      'pms.t1.nothing.x',
      'pms.t1.toString.x',
      'pms.*.outcome.r',
    ])
      expect(parseSubject(text)).toBeUndefined();
  });

  it('cuts filters on the leading fields', () => {
    expect(filterOf('t1', 'raw', 'live')).toBe('pms.t1.raw.live.>');
    expect(filterOf('*', 'change')).toBe('pms.*.change.>');
    expect(filterOf('t1', 'later', 'a stage')).toBe('pms.t1.later.a=20stage.>');
    expect(filterOf('t1', 'outcome', 'r')).toBe('pms.t1.outcome.r');
  });
});

describe('entityId', () => {
  it('takes 128 bytes and refuses 129, saying what was expected', () => {
    expect(entityId.safeParse('x'.repeat(ENTITY_ID_BYTES_MAX)).success).toBe(true);
    expect(entityId.safeParse('ü'.repeat(64)).success).toBe(true);
    for (const long of ['x'.repeat(129), 'ü'.repeat(65), '🏨'.repeat(33)])
      expect(entityId.safeParse(long).error?.issues[0]?.message).toMatch(/at most 128 bytes/);
    expect(entityId.safeParse('\uDC00').error?.issues[0]?.message).toMatch(/well-formed/);
  });

  it('counts bytes as an encoder does', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => utf8Bytes(text) === new TextEncoder().encode(text).length));
  });
});
