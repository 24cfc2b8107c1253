import type { SpanContext } from '@opentelemetry/api';
import { randomUUID } from 'node:crypto';

/** Version 00 of https://www.w3.org/TR/trace-context/: a longer header of a later version starts the same way. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** Continues the caller's trace under a span id of our own; makes a new, sampled one where there is none or it is not legal. */
export function traceparentOf(incoming?: string): string {
  const [, trace, , flags] = TRACEPARENT.exec(incoming ?? '') ?? [];
  return `00-${trace ?? idOf(16)}-${idOf(8)}-${flags ?? '01'}`;
}

/** The trace id of a traceparent, for logs; undefined where it is not legal. */
export function traceId(traceparent: string | undefined): string | undefined {
  return TRACEPARENT.exec(traceparent ?? '')?.[1];
}

/** The same header as OpenTelemetry has it; undefined where it is not legal. */
export function spanContextOf(traceparent: string | undefined): SpanContext | undefined {
  const [, trace, span, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  return trace && span && flags
    ? { traceId: trace, spanId: span, traceFlags: parseInt(flags, 16) & 1, isRemote: true }
    : undefined;
}

export function traceparentFrom({ traceId: trace, spanId, traceFlags }: SpanContext): string {
  return `00-${trace}-${spanId}-0${traceFlags & 1}`;
}

/** From what Node has drawn ahead: bytes of one's own cost the gateway a twentieth of a webhook. A UUID is never all zeros, nor is its end. */
function idOf(bytes: 8 | 16): string {
  return randomUUID()
    .replaceAll('-', '')
    .slice(-2 * bytes);
}
