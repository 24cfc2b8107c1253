import type { FieldOperations, GrantOperations, SigningOperations } from '../adapter.ts';
import { PmsError } from '../error.ts';
import { pms } from '../pms.ts';
import { withoutEachField } from './body-changes.ts';
import type { AdapterHarness, TokenCase } from './harness.ts';

export function tokenCases(harness: Pick<AdapterHarness, 'adapter' | 'token'>): void {
  const told = harness.token!;
  if ('signing' in told) signingCases(harness.adapter.token as SigningOperations, told);
  else if ('fields' in told) fieldCases(harness.adapter.token as FieldOperations, told);
  else grantCases(harness, harness.adapter.token as GrantOperations, told);
}

function signingCases(operations: SigningOperations, { credentials, signing }: Extract<TokenCase, { signing: unknown }>): void {
  const { request, moment, headers } = signing;

  it('signs as the provider does', () => {
    expect(operations.sign(credentials, request, moment)).toEqual(headers);
  });

  it('signs everything of a request, and never twice the same', () => {
    const signed = (...[more, later]: [Partial<typeof request>?, Partial<typeof moment>?]) =>
      JSON.stringify(operations.sign(credentials, { ...request, ...more }, { ...moment, ...later }));
    const others = [
      ...[signed({ method: 'DELETE' }), signed({ path: `${request.path}1` }), signed({ bodySha256: '0'.repeat(64) })],
      ...[signed({}, { nonce: 'another' }), signed({}, { at: '2031-01-01T00:00:00.000Z' })],
    ];
    expect(new Set([signed(), ...others]).size).toBe(6);
  });
}

function fieldCases(operations: FieldOperations, { credentials, fields }: Extract<TokenCase, { fields: unknown }>): void {
  it('puts the pair under the provider’s own names', () => {
    expect(operations.fields(credentials)).toEqual(fields);
  });
}

function grantCases(
  harness: Pick<AdapterHarness, 'adapter'>,
  operations: GrantOperations,
  { credentials, answer, grant }: Extract<TokenCase, { grant: unknown }>,
): void {
  const port = pms(harness.adapter);
  const granted = (response: () => Response, from = credentials) =>
    port.grant(from, { baseUrl: 'http://provider.invalid', deadlineMs: 1_000, fetch: async () => response() });

  it('asks for a token and reads the answer', async () => {
    await expect(granted(() => Response.json(answer))).resolves.toEqual({ accessToken: expect.any(String) as string, ...grant });
  });

  it('names the credential that is missing, before it asks', async () => {
    for (const field of operations.credentialFields) {
      const { [field]: _missing, ...rest } = credentials;
      const error = await granted(() => Response.json(answer), rest).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'invalid-request', message: expect.stringContaining(field) as string });
    }
  });

  it('refuses an answer that holds no token', async () => {
    const lacking = withoutEachField(answer).filter(({ body }) => JSON.stringify(body) !== JSON.stringify(answer));
    const bodies = ['', 'null', '[]', '{}', ...lacking.map(({ body }) => JSON.stringify(body))];
    const outcomes = await Promise.all(
      bodies.map((body) => granted(() => new Response(body)).catch((caught: unknown) => caught)),
    );

    expect(
      outcomes.filter((outcome) => outcome instanceof PmsError && outcome.code === 'malformed-answer').length,
    ).toBeGreaterThanOrEqual(5);
    // A rotating refresh token that does not come back is not changed.
    const { next: _next, ...always } = grant;
    for (const outcome of outcomes)
      if (outcome instanceof PmsError) expect(outcome.code).toBe('malformed-answer');
      else expect(outcome).toMatchObject(always);
  });

  it('shows no credential, whatever the provider echoes', async () => {
    const request = operations.grantRequest(credentials);
    const echo = `${JSON.stringify(request)} ${request.body ?? ''} ${JSON.stringify(credentials)}`;
    for (const status of [400, 401, 403, 500]) {
      const error = (await granted(() => new Response(echo, { status })).catch((caught: unknown) => caught)) as PmsError;
      expect(error).toBeInstanceOf(PmsError);
      for (const field of operations.credentialFields.filter((name) => credentials[name]!.length >= 6))
        expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(credentials[field]);
    }
  });
}
