import fc from 'fast-check';
import { beginningOf, epochOf, parseResumeToken, resumeToken } from './resume.ts';

const epoch = epochOf('t1', '2026-11-21T06:00:00.123456789Z');

describe('resume tokens', () => {
  it('are read back as they were made', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.maxSafeNat(), (tenant, created, seq) => {
        const of = epochOf(tenant, created);
        expect(parseResumeToken(resumeToken(of, seq))).toEqual({ epoch: of, seq });
      }),
    );
  });

  it('are nothing but what we make: any other text is unreadable', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const point = parseResumeToken(text);
        expect(point === undefined || resumeToken(point.epoch, point.seq) === text).toBe(true);
      }),
    );
    expect(parseResumeToken(Buffer.from(`${epoch}.01`).toString('base64url'))).toBeUndefined();
    expect(parseResumeToken('A'.repeat(100_000))).toBeUndefined();
  });

  it('differ between tenants and between creations of one stream', () => {
    expect(epochOf('t2', '2026-11-21T06:00:00.123456789Z')).not.toBe(epoch);
    expect(epochOf('t1', '2026-11-21T06:00:00.123456790Z')).not.toBe(epoch);
  });
});

describe('beginningOf', () => {
  it('begins afresh without a token', () => {
    expect(beginningOf(undefined, epoch, 9)).toEqual({ kind: 'snapshot' });
    expect(beginningOf('', epoch, 9)).toEqual({ kind: 'snapshot' });
  });

  it('goes on behind the sequence, the last one included', () => {
    expect(beginningOf(resumeToken(epoch, 9), epoch, 9)).toEqual({ kind: 'resume', after: 9 });
    expect(beginningOf(resumeToken(epoch, 0), epoch, 9)).toEqual({ kind: 'resume', after: 0 });
  });

  it.each([
    ['nobody made', 'nonsense', 'unreadable-token'],
    ['of another stream', resumeToken(epochOf('t2', 'x'), 3), 'other-stream'],
    ['beyond the end', resumeToken(epoch, 10), 'beyond-the-end'],
  ])('sends back to the start with a token %s', (_name, token, reason) => {
    expect(beginningOf(token, epoch, 9)).toEqual({ kind: 'must-refetch', reason });
  });
});
