import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { encrypt } from './cipher.ts';
import { associatedData, formatSealed, ownKeyData, type Place } from './core/sealed.ts';
import { Keeper, Unopenable, type Keys } from './keeper.ts';

const bytes = { d1: randomBytes(32), d2: randomBytes(32), k1: randomBytes(32) };
const keysOf = (...ids: ('d1' | 'd2')[]): Keys => ({
  active: () => ({ id: ids[0]!, bytes: bytes[ids[0]!] }),
  dataKey: (id) => ids.filter((known) => known === id).map((known) => bytes[known])[0],
  kek: (id) => (id === 'k1' ? bytes.k1 : undefined),
});
const old = new Keeper(keysOf('d1'));
const both = new Keeper(keysOf('d2', 'd1'));
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

  it('does not open at any other place, be it another in one part only', () => {
    fc.assert(
      fc.property(places, places, fc.constantFrom('tenant', 'connection', 'field'), (here, there, part) => {
        fc.pre(here[part] !== there[part]);
        const sealed = old.seal('secret', here);
        expect(() => old.open(sealed, { ...here, [part]: there[part] })).toThrow(Unopenable);
        expect(() => old.open(sealed, there)).toThrow(Unopenable);
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

  it('does not open under the name of another key', () => {
    expect(() => both.open(old.seal('a', place).replace('.d1.', '.d2.'), place)).toThrow(Unopenable);
  });

  it('does not open when it was cut or lengthened', () => {
    const sealed = old.seal('a', place);
    for (let length = 0; length < sealed.length; length++)
      expect(() => old.open(sealed.slice(0, length), place)).toThrow(Unopenable);
    expect(() => old.open(`${sealed}A`, place)).toThrow(Unopenable);
    expect(() => old.open(`${sealed}=`, place)).toThrow(Unopenable);
  });

  it('seals under the active key, opens what an older one sealed, and not what one outside the ring did', () => {
    expect(both.seal('a', place)).toMatch(/^rw2\.d2\./);
    expect(both.open(old.seal('a', place), place)).toBe('a');
    expect(() => old.open(both.seal('a', place), place)).toThrow(Unopenable);
  });

  it('never seals one value into one text twice, and shows nothing of it', () => {
    expect(old.seal('planted', place)).not.toBe(old.seal('planted', place));
    expect(Buffer.from(old.seal('planted', place).split('.')[2]!, 'base64url').toString('latin1')).not.toContain('planted');
  });

  it('seals anew what is not under the active key, in its place only', () => {
    const sealed = old.seal({ a: 1 }, place);
    const anew = both.resealed(sealed, place)!;
    expect(anew).toMatch(/^rw2\.d2\./);
    expect(both.open(anew, place)).toEqual({ a: 1 });
    expect(both.resealed(anew, place)).toBeUndefined();
    expect(() => both.resealed(sealed, { ...place, tenant: 't2' })).toThrow(Unopenable);
  });

  it('opens what an older release sealed under a key of its own, and seals it anew', () => {
    const own = randomBytes(32);
    const wrappedKey = encrypt(bytes.k1, own, ownKeyData('k1', place));
    const head = { version: 'rw1', keyId: 'k1', wrappedKey } as const;
    const box = encrypt(own, Buffer.from('"a"'), associatedData({ ...head, box: new Uint8Array() }, place));
    const sealed = formatSealed({ ...head, box });
    expect(old.open(sealed, place)).toBe('a');
    expect(old.open(old.resealed(sealed, place)!, place)).toBe('a');
    expect(() => old.open(sealed, { ...place, connection: 'c2' })).toThrow(Unopenable);
    expect(() => old.open(formatSealed({ ...head, wrappedKey: box, box: wrappedKey }), place)).toThrow(Unopenable);
  });
});
