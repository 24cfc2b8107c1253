import { etagOf, namesTag } from './etag.ts';

describe('etagOf', () => {
  it('is the same for the same bytes, another for others, and in quotes', () => {
    expect(etagOf('{"a":1}')).toBe(etagOf('{"a":1}'));
    expect(etagOf('{"a":1}')).not.toBe(etagOf('{"a":2}'));
    expect(etagOf('')).toMatch(/^"[A-Za-z0-9_-]{27}"$/);
  });
});

describe('namesTag', () => {
  const etag = etagOf('x');

  it.each([etag, `W/${etag}`, `"other", ${etag}`, `"with, comma",W/${etag}`, '*', ' * '])('finds the tag in %s', (header) => {
    expect(namesTag(header, etag)).toBe(true);
  });

  it.each([undefined, '', '"other"', etag.slice(1, -1), `"${etag.slice(1, -2)}"`])('finds none in %s', (header) => {
    expect(namesTag(header, etag)).toBe(false);
  });
});
