import { traceId, traceparentOf } from './trace.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const incoming = `00-${TRACE}-b7ad6b7169203331-00`;

describe('traceparentOf', () => {
  it('continues the trace and its sampling under a span of our own', () => {
    const ours = traceparentOf(incoming);

    expect(ours).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
    expect(ours).not.toBe(incoming);
    expect(traceId(ours)).toBe(TRACE);
  });

  it('understands a longer header of a later version', () => {
    expect(traceId(traceparentOf(`01-${TRACE}-b7ad6b7169203331-01-more`))).toBe(TRACE);
  });

  it.each([
    undefined,
    '',
    'x',
    `ff-${TRACE}-b7ad6b7169203331-01`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-b7ad6b7169203331-01`,
  ])('makes a new trace for %s', (bad) => {
    const ours = traceparentOf(bad);

    expect(ours).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(traceId(ours)).not.toBe(TRACE);
  });
});
