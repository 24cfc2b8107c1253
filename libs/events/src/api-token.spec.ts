import { createHash } from 'node:crypto';
import { bearerOf, isInForce, parseApiToken } from './api-token.ts';

const token = `rw_acme-1_${'A_-9'.repeat(10)}abc`;

describe('API tokens', () => {
  it('name their tenant, even where the secret part holds underscores', () => {
    expect(parseApiToken(token)).toEqual({ tenant: 'acme-1', hash: createHash('sha256').update(token).digest('hex') });
  });

  it.each([`rw_acme_${'A'.repeat(42)}`, `rw_ACME_${'A'.repeat(43)}`, `rw__${'A'.repeat(43)}`, `${token}\n`, ''])(
    'are not %j',
    (text) => {
      expect(parseApiToken(text)).toBeUndefined();
    },
  );

  it('are in force by their hash alone, wherever it stands in the list', () => {
    const hash = parseApiToken(token)!.hash;

    expect(isInForce(hash, ['0'.repeat(64), hash])).toBe(true);
    expect(isInForce(hash, ['0'.repeat(64)])).toBe(false);
    expect(isInForce(hash, [])).toBe(false);
  });
});

describe('bearerOf', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer  abc ', 'abc'],
    ['Basic abc', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    [undefined, undefined],
  ])('reads %j as %j', (header, expected) => {
    expect(bearerOf(header)).toBe(expected);
  });
});
