import fc from 'fast-check';
import {
  answeredHintsHeader,
  HEADER,
  headersOfRaw,
  hintAnsweredBy,
  parseAnsweredHints,
  parseHops,
  parseRawContext,
  withHop,
  type RawContext,
} from './headers.ts';

const push: RawContext = { via: 'push', receipt: 'receipt-1', receivedAt: '2026-07-01T10:00:00.000Z' };
const read: RawContext = {
  ...push,
  via: 'read',
  read: {
    ...{ kind: 'reservation', ids: ['a.b', 'ü 🏨', '"\\\n'], operation: 'reservation', status: 200 },
    ...{ observedAt: 1_782_900_000_000_000, providerDate: null },
  },
};
const parsed = (headers: Record<string, string>) => parseRawContext((name) => headers[name]);
const problems = (headers: Record<string, string>): string[] =>
  parsed(headers).error?.issues.map(({ path }) => path.join('.')) ?? [];

describe('the context of a raw message', () => {
  it.each([push, read])('comes back from its headers, each a single line: $via', (context) => {
    const headers = headersOfRaw(context);

    expect(parsed(headers).data).toEqual(context);
    for (const value of Object.values(headers)) expect(value).not.toMatch(/[\r\n]/);
  });

  it('is refused with the name of what is missing or wrong', () => {
    const headers = headersOfRaw(read);

    expect(problems({ ...headers, [HEADER.receipt]: '' })).toEqual(['receipt']);
    expect(problems({ ...headers, [HEADER.receivedAt]: 'yesterday' })).toEqual(['receivedAt']);
    expect(problems({ ...headers, [HEADER.via]: 'guess' })).toEqual(['via']);
    expect(problems({ ...headers, [HEADER.read]: '{' })).toEqual(['read']);
    expect(problems({ ...headers, [HEADER.read]: '' })).toEqual(['read']);
    expect(problems({ ...headers, [HEADER.read]: JSON.stringify({ ...read.read, observedAt: 0 }) })).toEqual(['read.observedAt']);
  });

  it('takes no push that says what it read', () => {
    expect(parsed({ ...headersOfRaw(read), [HEADER.via]: 'push' }).success).toBe(false);
  });
});

describe('the hint that a read answers', () => {
  const hint = { kind: 'reservation', entity: 'a.b', modifiedAt: 7 } as const;

  it('is read as it was written, with a time or without, one or many', () => {
    const timeless = { kind: 'reservation', entity: '9' } as const;
    expect(answeredHintsHeader([hint])).toBe(JSON.stringify(hint));
    for (const hints of [[hint], [timeless], [hint, timeless]])
      expect(parseAnsweredHints(answeredHintsHeader(hints))).toEqual(hints);
  });

  it('is none where the header is absent, or not ours, and spoils no other', () => {
    const castle = { ...hint, kind: 'castle' };
    for (const header of ['', '{', '[]', 'null', JSON.stringify(castle), JSON.stringify({ ...hint, more: 1 })])
      expect(parseAnsweredHints(header)).toEqual([]);
    expect(parseAnsweredHints(JSON.stringify([castle, hint]))).toEqual([hint]);
  });

  it('is found for its own entity alone', () => {
    const header = answeredHintsHeader([hint, { ...hint, entity: 'b', modifiedAt: 9 }]);
    expect(hintAnsweredBy(header, { kind: 'reservation', entity: 'b' })?.modifiedAt).toBe(9);
    for (const other of [
      { kind: 'message', entity: 'b' },
      { kind: 'reservation', entity: 'c' },
    ])
      expect(hintAnsweredBy(header, other)).toBeUndefined();
  });
});

describe('hops', () => {
  it('are read as they were stamped', () => {
    const hop = fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.nat());
    fc.assert(
      fc.property(fc.uniqueArray(hop, { selector: ([name]) => name }), (hops) => {
        const text = hops.reduce((before: string | undefined, [name, at]) => withHop(before, name, at), undefined);
        expect(parseHops(text)).toEqual(Object.fromEntries(hops));
      }),
    );
  });

  it('leave out what is no stamp, and nothing else', () => {
    expect(parseHops('received=1,stored=soon,=3,normalized,applied=4')).toEqual({ received: 1, applied: 4 });
    expect(Object.keys(parseHops('__proto__=1'))).toEqual(['__proto__']);
  });
});
