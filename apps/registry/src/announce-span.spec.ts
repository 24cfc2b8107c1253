import type { Cause } from '@roomwire/events';
import { announcement } from './announce-span.ts';

const OF_THE_EVENT = `00-${'a'.repeat(32)}-${'1'.repeat(16)}-01`;
const SAME_TRACE = `00-${'a'.repeat(32)}-${'2'.repeat(16)}-01`;
const ANOTHER = `00-${'b'.repeat(32)}-${'3'.repeat(16)}-01`;
const cause: Cause = { tenant: 't1', provider: 'hostaway', lane: 'live', receivedAt: '2026-11-21T10:00:00.000Z', receipt: 'r1' };

describe('announcement', () => {
  it('belongs to what makes it while that is the same trace', () => {
    expect(announcement('reservation', { ...cause, traceparent: OF_THE_EVENT }, 3, SAME_TRACE)).toEqual({
      name: 'announce reservation',
      kind: 'internal',
      attributes: { 'roomwire.tenant': 't1', 'roomwire.receipt': 'r1', 'roomwire.lane': 'live', 'roomwire.revision': 3 },
    });
  });

  it.each([ANOTHER, undefined])('continues the trace of its event, linked to what makes it (%s)', (active) => {
    expect(announcement('room', { ...cause, traceparent: OF_THE_EVENT }, 1, active)).toMatchObject({
      parent: OF_THE_EVENT,
      links: [active],
    });
  });

  it('belongs to what makes it where no event is remembered', () => {
    expect(announcement('room', cause, 1, ANOTHER)).not.toHaveProperty('parent');
  });
});
