import type { HttpSink } from '@roomwire/testkit';

/** A span as OTLP/HTTP sends it in JSON, and who sent it. */
export type Span = {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: { stringValue?: string; intValue?: number | string; boolValue?: boolean } }[];
  links?: { traceId: string }[];
  service: string;
};
type Export = {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: Omit<Span, 'service'>[] }[];
  }[];
};

export function spansOf(collector: HttpSink): Span[] {
  return collector.requests.flatMap((request) =>
    (request.json() as Export).resourceSpans.flatMap(({ resource, scopeSpans }) => {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ ...span, service })));
    }),
  );
}

export function attribute(span: Span, key: string): string | number | boolean | undefined {
  const value = span.attributes.find((each) => each.key === key)?.value;
  return value?.stringValue ?? value?.boolValue ?? (value?.intValue === undefined ? undefined : Number(value.intValue));
}

/** From the trace's first span to this one: each the parent of the next. Ends where a parent has not been exported. */
export function wayTo(span: Span, spans: readonly Span[]): Span[] {
  const parent = spans.find(({ traceId, spanId }) => traceId === span.traceId && spanId === span.parentSpanId);
  return [...(parent ? wayTo(parent, spans) : []), span];
}

export const told = ({ service, name }: Span): string => `${service}: ${name}`;

/** Milliseconds since the epoch, with fractions. */
export const startOf = (span: Span): number => Number(BigInt(span.startTimeUnixNano) / 1_000n) / 1_000;
const endOf = (span: Span): number => Number(BigInt(span.endTimeUnixNano) / 1_000n) / 1_000;

/** A trace as a tree, with begin and length of each span in ms since its first one. */
export function picture(trace: readonly Span[]): string {
  const spans = trace.toSorted((a, b) => startOf(a) - startOf(b));
  const zero = Math.min(...spans.map(startOf));
  const line = (span: Span, depth: number): string => {
    const [at, ms] = [startOf(span) - zero, endOf(span) - startOf(span)];
    return `${at.toFixed(1).padStart(8)} ${ms.toFixed(1).padStart(7)}  ${'· '.repeat(depth)}${told(span)}`;
  };
  const below = (parent: string | undefined, depth: number): string[] =>
    spans
      .filter((span) => (spans.some(({ spanId }) => spanId === span.parentSpanId) ? span.parentSpanId : undefined) === parent)
      .flatMap((span) => [line(span, depth), ...below(span.spanId, depth + 1)]);
  return [`trace ${spans[0]?.traceId}: ${spans.length} spans`, ' from ms  for ms', ...below(undefined, 0)].join('\n');
}
