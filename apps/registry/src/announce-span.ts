import type { Cause } from '@roomwire/events';
import { activeTraceparent, inSpan, isTracing, traceId, type SpanStart } from '@roomwire/telemetry';

/**
 * An announcement belongs to the trace of the event that brought it about, also when it is made later, by a sweep or by the event
 * after: then it is linked to what it was made in. One that no event is remembered for belongs to whatever makes it.
 */
export function inAnnouncement<T>(kind: string, cause: Cause, revision: number, fn: () => Promise<T>): Promise<T> {
  if (!isTracing()) return fn();
  return inSpan(announcement(kind, cause, revision, activeTraceparent()), fn);
}

/** `active`: the traceparent of what it is made in, if anything is traced. */
export function announcement(kind: string, cause: Cause, revision: number, active: string | undefined): SpanStart {
  const { tenant, receipt, lane, traceparent } = cause;
  const isOurs = traceId(traceparent) === undefined || traceId(traceparent) === traceId(active);
  return {
    name: `announce ${kind}`,
    kind: 'internal',
    attributes: { 'roomwire.tenant': tenant, 'roomwire.receipt': receipt, 'roomwire.lane': lane, 'roomwire.revision': revision },
    ...(isOurs ? {} : { parent: traceparent, links: [active] }),
  };
}
