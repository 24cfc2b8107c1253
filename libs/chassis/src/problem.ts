import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Log } from '@roomwire/telemetry';
import { ZodError } from 'zod';
import { note, type Reply, type Request } from './http.ts';

/** An answer that says no, by RFC 9457. `code` is closed and acted upon; `detail` is for people and holds no secret. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** More members of the document. */
    readonly extras: Record<string, unknown> = {},
    readonly headers: Record<string, string> = {},
  ) {
    super(detail);
  }
}

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Unauthorised',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Content too large',
  415: 'Unsupported media type',
  422: 'Unprocessable content',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Unavailable',
};
const CODES: Record<number, string> = {
  401: 'unauthorised',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  409: 'conflict',
  413: 'body-too-large',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
  503: 'unavailable',
};

/** What is told of an error: ours in full, the framework's by its status, of anything else nothing. */
export function problemOf(error: unknown, request: { method: string; bodyLimit?: number }): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ZodError) return invalid(error, request.method === 'GET' ? 400 : 422);
  const status = statusOf(error);
  if (status === undefined || status >= 500)
    return new Problem(500, 'internal', 'something failed on our side; the log has more');
  if (status === 413 && request.bodyLimit)
    return new Problem(413, CODES[413]!, `expected at most ${request.bodyLimit} bytes of body`, { limit: request.bodyLimit });
  return new Problem(status, CODES[status] ?? 'bad-request', TITLES[status] ?? 'Bad request');
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : undefined;
}

function invalid(error: ZodError, status: 400 | 422): Problem {
  const errors = error.issues.map(({ path, message }) => ({ field: path.map(String).join('.'), message }));
  const detail = errors.map(({ field, message }) => `${field || 'all of it'}: ${message}`).join('; ');
  return new Problem(status, 'invalid', detail.slice(0, 1000), { errors });
}

export function documentOf(problem: Problem): Record<string, unknown> {
  const { status, code, detail, extras } = problem;
  return { type: `urn:roomwire:problem:${code}`, title: TITLES[status] ?? 'Problem', status, detail, code, ...extras };
}

export function answerProblem(reply: Reply, problem: Problem): void {
  const { status, headers } = problem;
  void reply
    .status(status)
    .headers(headers)
    .type('application/problem+json')
    .send(JSON.stringify(documentOf(problem)));
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const reply = http.getResponse<Reply>();
    const problem = problemOf(error, { method: request.method, bodyLimit: request.routeOptions.bodyLimit });
    note(request, { code: problem.code });
    if (problem.code === 'internal') this.log.error({ err: error, route: request.routeOptions.url }, 'request failed');
    // A stream that broke has sent its headers long ago: there is nobody to tell.
    if (reply.sent || reply.raw.headersSent) return;
    answerProblem(reply, problem);
  }
}
