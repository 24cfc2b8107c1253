import { fingerprintOf } from './dead-cause.ts';

const of = (reason: string, detail?: string, pointer?: string) =>
  fingerprintOf('normalizer-live', 'hostaway', { reason, detail, pointer });

describe('the fingerprint of a dead letter', () => {
  it.each([
    ['indexes of a pointer', of('schema', 'x', '/result/3/units/12/name'), of('schema', 'x', '/result/4/units/0/name')],
    ['an index at the end', of('schema', 'x', '/result/3'), of('schema', 'x', '/result/77')],
    ['what an error says', of('exhausted', 'TypeError: a is null'), of('exhausted', 'TypeError: b is null')],
    ['what a thrown error says', of('exhausted', 'handler-threw: TypeError: a'), of('exhausted', 'handler-threw: TypeError: b')],
    ['where an adapter threw', of('adapter-threw', 'TypeError in decode'), of('adapter-threw', 'TypeError in mapping')],
    ['a date', of('schema', 'x', '/data/2026-07-01/price'), of('schema', 'x', '/data/2026-07-02/price')],
    ['an id', of('schema', 'x', '/event/reservation/AB-1'), of('schema', 'x', '/event/reservation/CD/2')],
    ['a sentence', of('schema', 'expected 3'), of('schema', 'expected 4')],
  ])('does not differ by %s', (_, one, other) => {
    expect(one).toBe(other);
  });

  it.each([
    ['reason', of('schema'), of('not-json')],
    ['path', of('schema', '', '/a'), of('schema', '', '/b')],
    ['class of error', of('exhausted', 'TypeError: a'), of('exhausted', 'RangeError: a')],
    ['class of a thrown error', of('exhausted', 'handler-threw: TypeError: a'), of('exhausted', 'handler-threw: RangeError: a')],
    ['class of what an adapter threw', of('adapter-threw', 'TypeError in decode'), of('adapter-threw', 'RangeError in decode')],
    ['a number in a name', of('schema', 'x', '/address1'), of('schema', 'x', '/address2')],
    ['reason of the last retry', of('exhausted', 'redis-away'), of('exhausted', 'deadline')],
    ['stage', fingerprintOf('a', 'p', { reason: 'r' }), fingerprintOf('b', 'p', { reason: 'r' })],
    ['provider', fingerprintOf('a', 'p', { reason: 'r' }), fingerprintOf('a', 'q', { reason: 'r' })],
  ])('differs by %s', (_, one, other) => {
    expect(one).not.toBe(other);
  });

  it('is a short token of a subject', () => {
    expect(of('schema', 'x'.repeat(10_000), '/*.>')).toMatch(/^[0-9a-f]{12}$/);
  });
});
