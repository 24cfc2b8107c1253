import { z } from 'zod';
import { parseJson, provesLogin, sameSecret } from './bytes.ts';
import { jsonPointer, rejectOf, wireId } from './reject.ts';

const schema = z.object({ id: wireId, units: z.array(z.object({ 'a/b': wireId })) });
const rejectFor = (value: unknown) => rejectOf(schema.safeParse(value).error!, value, ['data']);

describe('a reject', () => {
  it('points at the first problem and names them all', () => {
    expect(rejectFor({ units: [{}] })).toEqual({
      reason: 'schema',
      pointer: '/data/id',
      detail: 'expected an id; /data/units/0/a~1b expected an id',
    });
  });

  it('tells an id that is too long from one that is none', () => {
    expect(rejectFor({ id: 1, units: [{ 'a/b': 'ü'.repeat(65) }] })).toMatchObject({
      reason: 'id-too-long',
      pointer: '/data/units/0/a~1b',
    });
    for (const id of ['', null, 1.5, {}, '\ud800'])
      expect(rejectFor({ id, units: [] })).toMatchObject({ reason: 'schema', pointer: '/data/id' });
  });

  it('is of bounded length', () => {
    expect(rejectFor({ id: 1, units: Array(1_000).fill({}) }).detail).toMatch(/and 995 more$/);
  });

  it('has a pointer of RFC 6901', () => {
    expect([jsonPointer([]), jsonPointer(['a/b', 'm~n', 0])]).toEqual(['', '/a~1b/m~0n/0']);
  });
});

describe('an id on the wire', () => {
  it('is the text of a number or of a text', () => {
    expect([wireId.parse(42), wireId.parse('42'), wireId.parse('é'.repeat(64))]).toEqual(['42', '42', 'é'.repeat(64)]);
  });
});

describe('bytes', () => {
  it('are JSON in UTF-8 or nothing', () => {
    expect([parseJson(Buffer.from('{"a":null}')), parseJson('null')]).toEqual([{ a: null }, null]);
    for (const bytes of [Buffer.from(''), Buffer.from('{'), Buffer.from([0x22, 0xff, 0x22])])
      expect(parseJson(bytes)).toBeUndefined();
  });

  it('are the same secret or not, whatever their lengths', () => {
    expect([sameSecret('a', 'a'), sameSecret('a', Buffer.from('a')), sameSecret('a', 'ab'), sameSecret('', 'a')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('HTTP Basic', () => {
  const secrets = [{ key: 'whsec_x' }, { login: 'roomwire', password: 'pläceholder:with colon' }];
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it('proves a login that is known', () => {
    expect(provesLogin(basic('roomwire:pläceholder:with colon'), secrets)).toBe(true);
    expect(provesLogin(basic('roomwire:pläceholder:with colon').replace('Basic', 'bAsIc'), secrets)).toBe(true);
  });

  it('proves no other, and nothing where there is none', () => {
    for (const header of [
      undefined,
      '',
      'Basic',
      'Basic ',
      basic(''),
      basic(':'),
      basic('roomwire:'),
      basic('roomwire:other'),
      basic('undefined:undefined'),
      'Bearer x',
      'Basic !!!',
    ])
      expect([header, provesLogin(header, secrets)]).toEqual([header, false]);
    expect(provesLogin(basic(':'), [])).toBe(false);
  });
});
