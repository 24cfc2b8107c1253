import type { PmsAdapter } from './adapter.ts';
import { join, pathSegment, type Answer, type CallOptions, type CallRequest } from './call.ts';
import { type PmsError } from './error.ts';
import { pms } from './pms.ts';

const accessToken = 'placeholder-access-token';
const proof = { kind: 'token', accessToken } as const;
const request: CallRequest = { operation: 'unit', method: 'GET', path: '/v1/units/1?all=1' };
const adapter: PmsAdapter = {
  provider: 'memory',
  mapping: 1,
  capabilities: { webhooks: false, webhookAuth: 'none', pushes: [], reads: [], token: 'none' },
  clocks: {},
  limits: [],
  baseUrl: 'https://api.provider.invalid/base/',
  admit: () => ({ kind: 'forged', reason: '' }),
  decode: () => ({ tellings: [], hints: [], rejects: [], ignored: [] }),
  errorCode: ({ status }) => (status === 429 ? 'rate-limited' : status === 404 ? 'not-found' : 'provider-error'),
};

type Seen = { url: string; headers: Headers; redirect: string | undefined; body: unknown };

function calling(
  respond: (signal: AbortSignal) => Response | Promise<Response>,
  options: Partial<CallOptions> = {},
  on: Partial<PmsAdapter> = {},
  asked = request,
) {
  const seen: Seen[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    seen.push({ url: url as string, headers: new Headers(init?.headers), redirect: init?.redirect, body: init?.body });
    return respond(init!.signal!);
  };
  const answer = pms({ ...adapter, ...on }).call(asked, { baseUrl: null, proof, deadlineMs: 1_000, fetch, ...options });
  return { answer, seen };
}
const problem = (answer: Promise<Answer>): Promise<PmsError> =>
  answer.then(
    () => Promise.reject(new Error('answered')),
    (error: unknown) => error as PmsError,
  );

describe('a call', () => {
  it('is one request, with the token, below the base address', async () => {
    const { answer, seen } = calling(() => new Response('{"a":1}', { headers: { date: 'Tue, 01 Jan 2030 00:00:00 GMT' } }));

    const providerDate = Date.UTC(2030, 0, 1);
    await expect(answer).resolves.toEqual({ status: 200, bytes: Buffer.from('{"a":1}'), providerDate, usage: {} });
    expect(seen.map(({ url, redirect, headers }) => [url, redirect, headers.get('authorization')])).toEqual([
      ['https://api.provider.invalid/base/v1/units/1?all=1', 'manual', `Bearer ${accessToken}`],
    ]);
  });

  it('carries the token as the adapter says, and none where there is none', async () => {
    const authorise: PmsAdapter['authorise'] = (plain, token) => ({ ...plain, headers: { ...plain.headers, token } });
    const own = calling(() => new Response(), {}, { authorise });
    const bare = calling(() => new Response(), { proof: null });
    await Promise.all([own.answer, bare.answer]);

    expect([own.seen[0]!.headers.get('token'), own.seen[0]!.headers.get('authorization')]).toEqual([accessToken, null]);
    expect(bare.seen[0]!.headers.get('authorization')).toBeNull();
  });

  it('carries a signature in its headers, and a pair in its body', async () => {
    const signed = calling(() => new Response(), { proof: { kind: 'signature', headers: { 'x-signature': 'abc' } } });
    const fields = { ClientToken: 'placeholder-one', AccessToken: 'placeholder-two' };
    const posted = { ...request, method: 'POST', body: '{"Limit":1}' };
    const paired = calling(() => new Response(), { proof: { kind: 'fields', fields } }, {}, posted);
    const odd = calling(() => new Response(), { proof: { kind: 'fields', fields } }, {}, { ...posted, body: '[]' });
    await Promise.all([signed.answer, paired.answer]);

    expect([signed.seen[0]!.headers.get('x-signature'), signed.seen[0]!.headers.get('authorization')]).toEqual(['abc', null]);
    expect(JSON.parse(paired.seen[0]!.body as string)).toEqual({ Limit: 1, ...fields });
    expect(await problem(odd.answer)).toMatchObject({ code: 'invalid-request' });
    expect(odd.seen).toEqual([]);
    const echo = calling(
      (_signal) => new Response(JSON.stringify(fields), { status: 500 }),
      { proof: { kind: 'fields', fields } },
      {},
      posted,
    );
    expect((await problem(echo.answer)).message).not.toContain('placeholder-');
  });

  it('goes to the connection’s own address where it has one', async () => {
    const { answer, seen } = calling(() => new Response(), { baseUrl: 'http://127.0.0.1:4010' });
    await answer;

    expect(seen[0]!.url).toBe('http://127.0.0.1:4010/v1/units/1?all=1');
  });

  it('has no date from a provider that sent none', async () => {
    expect((await calling(() => new Response('')).answer).providerDate).toBeNull();
  });

  it('takes a status for an answer where the plan says so', async () => {
    const { answer } = calling(() => new Response('gone', { status: 404 }), {}, {}, { ...request, answers: [404] });

    expect((await answer).status).toBe(404);
    expect(await problem(calling(() => new Response('gone', { status: 404 })).answer)).toMatchObject({
      code: 'not-found',
      status: 404,
    });
  });

  it('takes a failure under a success for a failure', async () => {
    const failed: PmsAdapter['failed'] = ({ body }) => body.includes('"success":false');

    expect(await problem(calling(() => new Response('{"success":false}'), {}, { failed }).answer)).toMatchObject({
      code: 'provider-error',
      status: 200,
    });
  });

  it('follows no redirect', async () => {
    const { answer, seen } = calling(
      () => new Response('', { status: 302, headers: { location: 'https://elsewhere.invalid/' } }),
    );

    expect(await problem(answer)).toMatchObject({ code: 'malformed-answer', status: 302 });
    expect(seen.length).toBe(1);
  });

  it('reads no answer that is too large', async () => {
    const { answer } = calling(() => new Response('x'.repeat(101)), { bytesMax: 100 });

    expect(await problem(answer)).toMatchObject({ code: 'malformed-answer' });
    expect((await calling(() => new Response('x'.repeat(100)), { bytesMax: 100 }).answer).bytes.length).toBe(100);
  });

  it('ends at its deadline, be it before the answer or in the middle of it', async () => {
    const never = (signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    const half = (signal: AbortSignal) =>
      new Response(
        new ReadableStream({ start: (stream) => signal.addEventListener('abort', () => stream.error(signal.reason)) }),
      );

    for (const respond of [never, half])
      expect(await problem(calling(respond, { deadlineMs: 5 }).answer)).toMatchObject({
        code: 'timeout',
        message: expect.stringContaining('5 ms') as string,
      });
  });

  it('knows a broken connection, and keeps nothing of its cause but the code', async () => {
    const broken = new TypeError('fetch failed', {
      cause: Object.assign(new Error(`connect ${accessToken}`), { code: 'ECONNREFUSED' }),
    });
    const error = await problem(calling(() => Promise.reject(broken)).answer);

    expect([error.code, error.message, error.cause]).toEqual(['network', 'memory unit: network, ECONNREFUSED', undefined]);
  });

  it('says how long the provider wants to be left alone', async () => {
    const retryAfter = async (header: string, date = 'Tue, 01 Jan 2030 00:00:00 GMT') =>
      (await problem(calling(() => new Response('', { status: 429, headers: { 'retry-after': header, date } })).answer))
        .retryAfterMs;

    expect(
      await Promise.all(
        ['7', '0', '0.5', 'Tue, 01 Jan 2030 00:01:00 GMT', 'Mon, 31 Dec 2029 23:59:00 GMT', '1e9', '999999999', 'soon'].map(
          (header) => retryAfter(header),
        ),
      ),
    ).toEqual([7_000, 0, 500, 60_000, 0, undefined, 86_400_000, undefined]);
  });

  it('quotes an error without secret or person, on one line, and not at length', async () => {
    const body = `wrong\n\u001b[31m token ${accessToken} of Guest <someone@example.invalid> +49 170 1234567 ${'blah '.repeat(100)}`;
    const { message } = await problem(calling(() => new Response(body, { status: 500 })).answer);

    expect(message).toMatch(
      /^memory unit: provider-error, status 500, wrong \[31m token \[redacted\] of Guest <\[redacted\]> \[redacted\] blah/,
    );
    expect(message.length).toBeLessThan(260);
    const large = await problem(calling(() => new Response('x '.repeat(20_000), { status: 500 })).answer);
    expect(large.message).toBe('memory unit: provider-error, status 500, an answer of 40000 bytes');
  });
});

describe('a path', () => {
  it('stays below its base', () => {
    expect(join('https://a.invalid/api', '/v1/x?y=https://b.invalid')).toBe('https://a.invalid/api/v1/x?y=https://b.invalid');
    for (const path of [
      'v1',
      '//b.invalid/',
      '/../x',
      '/v1/../../x',
      '/%2e%2e/x',
      '/.%2E/x',
      '/a\\..\\b',
      '/a#b',
      '/a b',
      'https://b.invalid/',
      '',
    ])
      expect([path, join('https://a.invalid/api', path)]).toEqual([path, undefined]);
  });

  it('carries an id as one segment', () => {
    expect(pathSegment('a/b?c#d é')).toBe('a%2Fb%3Fc%23d%20%C3%A9');
    for (const id of ['', '.', '..', '\ud800']) expect(() => pathSegment(id)).toThrow(TypeError);
  });

  it('that would lead elsewhere is never asked for', async () => {
    const { answer, seen } = calling(() => new Response(), {}, {}, { ...request, path: '/../admin' });

    expect(await problem(answer)).toMatchObject({ code: 'invalid-request' });
    expect(seen).toEqual([]);
  });
});
