import { createHash } from 'node:crypto';
import { inSpan, isTracing, type OpenSpan } from '@roomwire/telemetry';
import type { ErrorAnswer, HttpRequest, PmsAdapter, Proof, ToSign } from './adapter.ts';
import { parseJson } from './bytes.ts';
import { callSpan } from './call-span.ts';
import { PmsError, type PmsErrorCode } from './error.ts';
import { redact, secretsIn } from './redact.ts';
import { retryAfterMs } from './retry-after.ts';
import type { Usage } from './usage.ts';

/** What is sent: a ReadPlan is one. */
export type CallRequest = {
  operation: string;
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Statuses beside 2xx that are answers. */
  answers?: readonly number[];
  /** Ids in the path, which no trace shows. */
  ids?: readonly string[];
};

export type CallOptions = {
  /** Null: the adapter's. */
  baseUrl: string | null;
  /** Null or absent: the request goes without one. */
  proof?: Proof | null;
  /** For all of it, from connecting to the last byte. */
  deadlineMs: number;
  fetch: typeof globalThis.fetch;
  /** Largest answer that is read; {@link ANSWER_BYTES_MAX} unless told. */
  bytesMax?: number;
  /** More that no error may show; what the request itself carries is known. */
  secrets?: readonly string[];
};

/** `providerDate`: the answer's `Date` in epoch ms, null where there is none. */
export type Answer = { status: number; bytes: Uint8Array; providerDate: number | null; usage: Usage };

export const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
/** An error's text is looked at so far; one that is longer is not quoted. */
const ERROR_BYTES_MAX = 16 * 1024;

/** One id as one segment of a path. `.` and `..` would climb: no provider has such ids, so nobody asks for them. */
export function pathSegment(id: string): string {
  if (id === '' || id === '.' || id === '..' || !id.isWellFormed()) throw new TypeError('not an id that can be asked for');
  return encodeURIComponent(id);
}

/**
 * One HTTP call: no retries, no redirects (they would carry the token elsewhere). Returns a 2xx answer or one of
 * `request.answers`; anything else is a PmsError that names what happened and quotes no secret.
 */
export async function call(adapter: PmsAdapter, request: CallRequest, options: CallOptions): Promise<Answer> {
  if (!isTracing()) return send(adapter, request, options);
  return inSpan(callSpan(adapter.provider, options.baseUrl ?? adapter.baseUrl, request), async (span) => {
    try {
      const answer = await send(adapter, request, options);
      span.set({ 'http.response.status_code': answer.status });
      return answer;
    } catch (error) {
      tellStatus(span, error);
      throw error;
    }
  });
}

function tellStatus(span: OpenSpan, error: unknown): void {
  if (error instanceof PmsError) span.set({ 'http.response.status_code': error.status });
}

async function send(adapter: PmsAdapter, request: CallRequest, options: CallOptions): Promise<Answer> {
  const fail = (code: PmsErrorCode, facts: { status?: number; retryAfterMs?: number; detail?: string; usage?: Usage } = {}) =>
    new PmsError(code, { provider: adapter.provider, operation: request.operation, ...facts });
  const url = join(options.baseUrl ?? adapter.baseUrl, request.path);
  if (!url) throw fail('invalid-request', { detail: 'the path leaves the base address' });
  const sent = proven(adapter, request, options.proof ?? null);
  if (!sent) throw fail('invalid-request', { detail: 'a body that can hold no fields' });

  const deadline = AbortSignal.timeout(options.deadlineMs);
  let response: Response;
  let bytes: Uint8Array | undefined;
  try {
    response = await options.fetch(url, {
      method: sent.method,
      headers: sent.headers,
      redirect: 'manual',
      signal: deadline,
      ...(sent.body === undefined ? {} : { body: sent.body }),
    });
    bytes = await readAtMost(response, options.bytesMax ?? ANSWER_BYTES_MAX);
  } catch (error) {
    if (deadline.aborted) throw fail('timeout', { detail: `deadline ${options.deadlineMs} ms` });
    throw fail('network', socketCode(error));
  }

  const { status } = response;
  if (!bytes) throw fail('malformed-answer', { status, detail: 'the answer is too large' });
  if (status >= 300 && status < 400) throw fail('malformed-answer', { status, detail: 'redirects are not followed' });
  const date = Date.parse(response.headers.get('date') ?? '');
  const providerDate = Number.isNaN(date) ? null : date;
  const answer: ErrorAnswer = {
    operation: request.operation,
    status,
    body: new TextDecoder().decode(bytes.subarray(0, ERROR_BYTES_MAX)),
  };
  const usage = adapter.readUsage?.((name) => response.headers.get(name)) ?? {};
  const isAnswer = request.answers?.includes(status) ?? false;
  if (isAnswer || (response.ok && !adapter.failed?.(answer))) return { status, bytes, providerDate, usage };

  const secrets = [...secretsIn(sent), ...secretsOf(options.proof ?? null), ...(options.secrets ?? [])];
  const pause = retryAfterMs(response.headers.get('retry-after'), providerDate ?? Date.now()) ?? usage.retryAfterMs;
  throw fail(adapter.errorCode(answer), {
    ...{ status, usage },
    ...(pause === undefined ? {} : { retryAfterMs: pause }),
    detail: bytes.length > ERROR_BYTES_MAX ? `an answer of ${bytes.length} bytes` : redact(answer.body, secrets),
  });
}

/** What a vault must know of a request to sign it: as it will be sent to `base`. */
export function toSign({ method, path, body = '' }: Pick<CallRequest, 'method' | 'path' | 'body'>, base: string): ToSign {
  const url = new URL(join(base, path) ?? `http://nowhere.invalid${path}`);
  const bodySha256 = createHash('sha256').update(body).digest('hex');
  return { method, path: `${url.pathname}${url.search}`, bodySha256 };
}

/** Undefined where the proof does not fit the request. */
function proven(adapter: PmsAdapter, request: CallRequest, proof: Proof | null): HttpRequest | undefined {
  const { method, path, body } = request;
  const headers = { accept: 'application/json', ...request.headers };
  const plain: HttpRequest = { method, path, headers, ...(body === undefined ? {} : { body }) };
  if (!proof) return plain;
  if (proof.kind === 'signature') return { ...plain, headers: { ...headers, ...proof.headers } };
  if (proof.kind === 'fields') return withFields(plain, proof.fields);
  const bearer = { ...plain, headers: { ...headers, authorization: `Bearer ${proof.accessToken}` } };
  return adapter.authorise?.(plain, proof.accessToken) ?? bearer;
}

function withFields(request: HttpRequest, fields: Record<string, string>): HttpRequest | undefined {
  const body = request.body === undefined ? {} : parseJson(request.body);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const headers = { 'content-type': 'application/json', ...request.headers };
  return { ...request, headers, body: JSON.stringify({ ...body, ...fields }) };
}

function secretsOf(proof: Proof | null): string[] {
  if (!proof) return [];
  if (proof.kind === 'token') return [proof.accessToken];
  return Object.values(proof.kind === 'fields' ? proof.fields : proof.headers);
}

/** `path` below `base`, or undefined where it would lead elsewhere: another host, or up and out. */
export function join(base: string, path: string): string | undefined {
  if (!URL.canParse(base) || !path.startsWith('/') || path.startsWith('//') || /[\\#\s]/.test(path)) return undefined;
  const root = new URL(`${base.replace(/\/+$/, '')}/`).href;
  const { href } = new URL(path.slice(1), root);
  return href.startsWith(root) && !/(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path.split('?')[0]!) ? href : undefined;
}

async function readAtMost(response: Response, bytesMax: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > bytesMax) return undefined; // leaving the loop cancels the stream
    parts.push(part);
  }
  return Buffer.concat(parts, length);
}

/** ECONNREFUSED and the like. Nothing else of the cause is kept: clients put whole requests into theirs. */
function socketCode(error: unknown): { detail?: string } {
  const code = (error as { cause?: { code?: unknown } } | undefined)?.cause?.code;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? { detail: code } : {};
}
