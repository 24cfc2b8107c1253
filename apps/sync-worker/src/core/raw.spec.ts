import { HEADER, type FetchJob } from '@roomwire/events';
import { jobOf } from '../testing/reading.ts';
import { rawOf, type ReadAnswer } from './raw.ts';

const answer: ReadAnswer = {
  ...{ operation: 'reservation', ids: ['7'], status: 200, bytes: new Uint8Array(), providerDate: null },
  ...{ observedAt: 1_000, requestedAt: 2, answeredAt: 3 },
};
const hintOf = (more: Partial<FetchJob>) =>
  rawOf([jobOf(more)], answer, 'receipt-of-read', { hops: '', traceparent: '' }).headers[HEADER.hint];

describe('rawOf', () => {
  it('tells where a read that goes on has gone on', () => {
    const read = (more: Partial<ReadAnswer>) =>
      JSON.parse(
        rawOf([jobOf()], { ...answer, ...more }, 'receipt-of-read', { hops: '', traceparent: '' }).headers[HEADER.read]!,
      ) as object;
    expect(read({ cursor: '7' })).toMatchObject({ ids: ['7'], cursor: '7' });
    expect(read({})).not.toHaveProperty('cursor');
  });

  it('names the hint that the read answers, with its own time where it had one, and what it said was removed', () => {
    expect(JSON.parse(hintOf({}) ?? '')).toEqual({ kind: 'reservation', entity: '7' });
    expect(JSON.parse(hintOf({ modifiedAt: 9 }) ?? '')).toEqual({ kind: 'reservation', entity: '7', modifiedAt: 9 });
    expect(JSON.parse(hintOf({ gone: true }) ?? '')).toEqual({ kind: 'reservation', entity: '7', gone: true });
  });

  it.each(['ambiguous', 'read-lag', 'confirm-gone', 'conflict', 'unknown-property', 'operator', 'epoch', 'retell'] as const)(
    'names none for a read of another reason, or one would follow another: %s',
    (reason) => {
      expect(hintOf({ reason })).toBeUndefined();
    },
  );
});
