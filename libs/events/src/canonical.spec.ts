import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson } from './canonical.ts';

describe('canonicalJson', () => {
  it('is what the reference writes, whatever the keys and their order', () => {
    const key = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom('a', 'b', 'B', '1', '10', '9', '__proto__', 'é', '\u{1F600}', '\uFB33'),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'medium', withCrossShrink: true },
        fc.constantFrom(null, true, false, undefined, 0, -0, 1e21, 1.5e-7, '', 'a"\\\n\u2028', '\\ud800'),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.string({ unit: 'binary' }),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(value, (each) => {
        fc.pre(each !== undefined);
        expect(canonicalJson(each)).toBe(canonicalize(each));
      }),
      { numRuns: 5_000 },
    );
  });

  it('leaves what it is given as it was', () => {
    const given = { b: [{ d: 1, c: 2 }], a: 'x' };

    expect(canonicalJson(given)).toBe('{"a":"x","b":[{"c":2,"d":1}]}');
    expect(JSON.stringify(given)).toBe('{"b":[{"d":1,"c":2}],"a":"x"}');
  });

  it.each([
    ['half a surrogate pair', { a: '\ud800' }],
    ['half a pair in a key', { '\udfff': 1 }],
    ['what is no number', { a: NaN }],
    ['what has no end', [Infinity]],
    ['nothing', undefined],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow();
  });

  it('lets a value say itself how it is written', () => {
    expect(canonicalJson({ b: new Date(0), a: { toJSON: () => ({ z: 1, y: 2 }) } })).toBe(
      '{"a":{"y":2,"z":1},"b":"1970-01-01T00:00:00.000Z"}',
    );
  });
});
