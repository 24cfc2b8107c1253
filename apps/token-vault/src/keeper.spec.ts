import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import type { Place } from './core/sealed.ts';
import { Keeper, Unopenable } from './keeper.ts';

const k1 = randomBytes(32);
const k2 = randomBytes(32);
const old = new Keeper({ active: 'k1', keys: new Map([['k1', k1]]) });
const both = new Keeper({
  active: 'k2',
  keys: new Map([
    ['k2', k2],
    ['k1', k1],
  ]),
});
const place: Place = { tenant: 't1', connection: 'c1', field: 'credentials' };
const slug = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const places = fc.record({
  tenant: slug,
  connection: slug,
  field: fc.constantFrom('credentials', 'token', 'webhook-secrets'),
}) as fc.Arbitrary<Place>;

describe('Keeper', () => {
  it('opens what it sealed, where it was sealed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), places, (value, where) => {
        expect(old.open(old.seal(value, where), where)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not open at any other place', () => {
    fc.assert(
      fc.property(places, places, (here, there) => {
        fc.pre(JSON.stringify(here) !== JSON.stringify(there));
        expect(() => old.open(old.seal('secret', here), there)).toThrow(Unopenable);
      }),
    );
  });

  it('does not open when any one bit of any byte was altered', () => {
    const sealed = Buffer.from(old.seal({ clientSecret: 's3cret' }, place), 'latin1');
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.nat(7), (at, bit) => {
        const altered = Buffer.from(sealed);
        altered[at]! ^= 1 << bit;
        expect(() => both.open(altered.toString('latin1'), place)).toThrow(Unopenable);
      }),
      { numRuns: 1_000 },
    );
  });

  it('does not open with parts of two values put together', () => {
    const [a, b] = [old.seal('a', place).split('.'), old.seal('b', place).split('.')];
    expect(() => old.open([a[0], a[1], a[2], b[3]].join('.'), place)).toThrow(Unopenable);
    expect(() => old.open([a[0], a[1], a[3], a[2]].join('.'), place)).toThrow(Unopenable);
  });

  it('does not open when it was cut or lengthened', () => {
    const sealed = old.seal('a', place);
    for (let length = 0; length < sealed.length; length++)
      expect(() => old.open(sealed.slice(0, length), place)).toThrow(Unopenable);
    expect(() => old.open(`${sealed}A`, place)).toThrow(Unopenable);
    expect(() => old.open(`${sealed}=`, place)).toThrow(Unopenable);
  });

  it('seals under the active key, opens what an older one sealed, and not what one outside the ring did', () => {
    expect(both.seal('a', place)).toMatch(/^rw1\.k2\./);
    expect(both.open(old.seal('a', place), place)).toBe('a');
    expect(() => old.open(both.seal('a', place), place)).toThrow(Unopenable);
  });

  it('never seals one value into one text twice, and shows nothing of it', () => {
    expect(old.seal('planted', place)).not.toBe(old.seal('planted', place));
    expect(Buffer.from(old.seal('planted', place).split('.')[3]!, 'base64url').toString('latin1')).not.toContain('planted');
  });
});
