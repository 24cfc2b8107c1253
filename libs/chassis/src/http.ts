import { counter, histogram, type Log, type Telemetry } from '@roomwire/telemetry';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

export type Request = FastifyRequest;
export type Reply = FastifyReply;

const notes = new WeakMap<object, Record<string, unknown>>();

/** Adds fields to the one wide log line of this request. */
export function note(request: object, fields: Record<string, unknown>): void {
  notes.set(request, { ...notes.get(request), ...fields });
}

export function notesOf(request: object): Record<string, unknown> {
  return notes.get(request) ?? {};
}

export type Health = {
  draining: boolean;
  checks: Record<string, () => string | undefined>;
  /** What it waits for before it can serve all: in words, by what it is. No peer could serve it sooner, so that it stays ready. */
  waits?: () => Record<string, string>;
};

/** Asked all day long by machines: neither logged nor traced. */
export const QUIET = new Set(['/healthz', '/readyz', '/metrics']);

/** What every service serves beside its own routes. Alive = it answers at all; ready = it can serve while its peers could not. */
export function serveHealth(http: FastifyInstance, health: Health): void {
  http.get('/healthz', () => ({ status: 'ok' }));
  http.get('/readyz', (_request, reply) => {
    const problems = problemsOf(health);
    const ready = Object.keys(problems).length === 0;
    const waits = health.waits?.() ?? {};
    return reply.status(ready ? 200 : 503).send({
      ...{ status: ready ? 'ready' : 'not ready', problems },
      ...(Object.keys(waits).length > 0 ? { waits } : {}),
    });
  });
}

export function serveMetrics(http: FastifyInstance, telemetry: Telemetry): void {
  http.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await telemetry.metricsText()),
  );
}

/** Figures tell of tenants and connections: where strangers reach the service's own port, these have another, and nothing else on it. */
export async function listenForMetrics(telemetry: Telemetry, port: number, host: string): Promise<FastifyInstance> {
  const http = fastify();
  serveMetrics(http, telemetry);
  await http.listen({ port, host });
  return http;
}

export function problemsOf({ draining, checks }: Health): Record<string, string> {
  const found = Object.entries(checks).flatMap(([name, check]) => {
    const problem = check();
    return problem === undefined ? [] : [[name, problem]];
  });
  return { ...(draining ? { service: 'draining' } : {}), ...(Object.fromEntries(found) as Record<string, string>) };
}

/** One line and two measurements a request. The route is its pattern: addresses hold ids and, in queries, secrets. */
export function observeRequests(http: FastifyInstance, log: Log, telemetry: Telemetry): void {
  const answered = counter(telemetry.meter, 'roomwire_http_requests_total');
  const duration = histogram(telemetry.meter, 'roomwire_http_duration_seconds');
  http.addHook('onResponse', (request, reply, next) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'none';
    const status = reply.statusCode;
    answered.add(1, { method, route, status: String(status) });
    duration.record(reply.elapsedTime / 1000, { method, route });
    const fields = { method, route, status, duration_ms: Math.round(reply.elapsedTime * 10) / 10, ...notes.get(request) };
    if (!QUIET.has(route)) log[status >= 500 ? 'warn' : 'info'](fields, 'request');
    next();
  });
}

/** Bodies as the bytes that were sent, whatever the sender calls them, or nothing at all. */
export function takeBytes(http: FastifyInstance): void {
  const sent = new WeakMap<object, string | undefined>();
  http.removeAllContentTypeParsers();
  // A content type that cannot be parsed would be refused before any parser is asked: it is put aside until the body is there.
  http.addHook('onRequest', (request, _reply, next) => {
    sent.set(request, request.raw.headers['content-type']);
    request.raw.headers['content-type'] = 'application/octet-stream';
    next();
  });
  http.addHook('preValidation', (request, _reply, next) => {
    const type = sent.get(request);
    if (type === undefined) delete request.raw.headers['content-type'];
    else request.raw.headers['content-type'] = type;
    next();
  });
  http.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}
