import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context, type Span, type Tracer } from '@opentelemetry/api';
import { spanContextOf, traceparentFrom } from './trace.ts';

const KINDS = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

/** No secret, and nothing that a guest or a provider wrote: ids, our own words, numbers. Undefined ones are left out. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export type SpanStart = {
  /** Few and known: a template, never an id. */
  name: string;
  kind: keyof typeof KINDS;
  attributes?: SpanAttributes;
  /**
   * The traceparent that it continues; given as undefined, '' or nonsense it begins a trace of its own. Not given at all: it belongs to
   * whatever is under way in this asynchronous context.
   */
  parent?: string | undefined;
  /** Traceparents that have to do with it and are not its parent. What is no traceparent is passed over. */
  links?: readonly (string | undefined)[];
};

export interface OpenSpan {
  /** What a message or request carries on; undefined where nothing is traced: then what came in goes on as it is. */
  readonly traceparent: string | undefined;
  set(attributes: SpanAttributes): void;
  /** One word, for `error.type`: a code or a class, never a message (they quote what was sent). */
  fail(type: string): void;
  /** Whatever `fn` begins, also later, belongs to this span. */
  run<T>(fn: () => T): T;
  end(): void;
}

/** What everybody holds where no SDK is registered. */
const NO_SPAN: OpenSpan = {
  traceparent: undefined,
  set: () => undefined,
  fail: () => undefined,
  run: (fn) => fn(),
  end: () => undefined,
};

let tracer: Tracer | undefined;

/** Only for `startSdk`. */
export function traceWith(next: Tracer | undefined): void {
  tracer = next;
}

/** Asked on hot paths before anything is put together for a span. */
export function isTracing(): boolean {
  return tracer !== undefined;
}

/** The traceparent of what is under way here; undefined where nothing is, or nothing is traced. */
export function activeTraceparent(): string | undefined {
  const active = tracer && trace.getSpanContext(context.active());
  return active && traceparentFrom(active);
}

/** For what ends elsewhere or is not asynchronous; {@link inSpan} for the rest. The caller ends it. */
export function startSpan(start: SpanStart): OpenSpan {
  if (!tracer) return NO_SPAN;
  const within = 'parent' in start ? contextOf(start.parent) : context.active();
  const links = (start.links ?? []).flatMap((link) => {
    const linked = spanContextOf(link);
    return linked ? [{ context: linked }] : [];
  });
  const span = tracer.startSpan(start.name, { kind: KINDS[start.kind], attributes: { ...start.attributes }, links }, within);
  return new Started(span, trace.setSpan(within, span));
}

/** Around one piece of work: fails with it, ends with it, and is the parent of all that it begins. Throws what `fn` throws. */
export async function inSpan<T>(start: SpanStart, fn: (span: OpenSpan) => Promise<T>): Promise<T> {
  if (!tracer) return fn(NO_SPAN);
  const span = startSpan(start);
  try {
    return await span.run(() => fn(span));
  } catch (error) {
    span.fail(errorType(error));
    throw error;
  } finally {
    span.end();
  }
}

class Started implements OpenSpan {
  constructor(
    private readonly span: Span,
    private readonly context: Context,
  ) {}

  get traceparent(): string {
    return traceparentFrom(this.span.spanContext());
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes({ ...attributes });
  }

  fail(type: string): void {
    this.span.setAttribute('error.type', wordOf(type));
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  run<T>(fn: () => T): T {
    return context.with(this.context, fn);
  }

  end(): void {
    this.span.end();
  }
}

function contextOf(traceparent: string | undefined): Context {
  const parent = spanContextOf(traceparent);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

/** Our errors have closed codes; of the others the class will do. */
function errorType(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

/** The leading word of a reason: `handler-threw: TypeError: …` may go on with anything. */
export function wordOf(text: string): string {
  return /^[A-Za-z0-9_.-]{1,64}(?=$|[:\s])/.exec(text)?.[0] ?? 'other';
}
