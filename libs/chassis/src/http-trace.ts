import { isTracing, startSpan, type OpenSpan, type SpanAttributes } from '@roomwire/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { notesOf, QUIET } from './http.ts';

/** Of what handlers note of a request, these are for its span too: ids and words of ours. */
const TOLD = ['tenant', 'provider', 'connection', 'receipt', 'verdict', 'code'] as const;

/**
 * One SERVER span a request. Whoever asks is a stranger: a traceparent of theirs is linked and never continued, or anybody could join
 * two tenants' requests in one trace, have every request sampled, or have none. Addresses, queries, headers and peers are left out:
 * they hold ids, tickets and people.
 */
export function traceRequests(http: FastifyInstance): void {
  if (!isTracing()) return;
  const open = new WeakMap<FastifyRequest, OpenSpan>();
  http.addHook('onRequest', (request, _reply, next) => {
    const { method } = request;
    const route = request.routeOptions.url;
    if (route === undefined || !QUIET.has(route)) open.set(request, begun(method, route, request.headers['traceparent']));
    next();
  });
  // Not before: reading a body loses the asynchronous context.
  http.addHook('preHandler', (request, _reply, next) => {
    const span = open.get(request);
    if (span) span.run(next);
    else next();
  });
  http.addHook('onResponse', (request, reply, next) => {
    const span = open.get(request);
    span?.set({ 'http.response.status_code': reply.statusCode, ...told(notesOf(request)) });
    if (reply.statusCode >= 500) span?.fail(String(reply.statusCode));
    span?.end();
    next();
  });
}

function begun(method: string, route: string | undefined, theirs: string | string[] | undefined): OpenSpan {
  return startSpan({
    name: route === undefined ? method : `${method} ${route}`,
    kind: 'server',
    parent: undefined,
    links: [theirs].flat(),
    attributes: { 'http.request.method': method, 'http.route': route },
  });
}

function told(notes: Record<string, unknown>): SpanAttributes {
  return Object.fromEntries(
    TOLD.flatMap((name) => (typeof notes[name] === 'string' ? [[`roomwire.${name}`, notes[name]] as const] : [])),
  );
}
