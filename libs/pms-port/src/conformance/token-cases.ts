import { PmsError } from '../error.ts';
import { pms } from '../pms.ts';
import { withoutEachField } from './body-changes.ts';
import type { AdapterHarness } from './harness.ts';

export function tokenCases(harness: AdapterHarness): void {
  const { credentials, answer, grant } = harness.token!;
  const port = pms(harness.adapter);
  const operations = harness.adapter.token!;
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
    for (const outcome of outcomes)
      if (outcome instanceof PmsError) expect(outcome.code).toBe('malformed-answer');
      else expect(outcome).toMatchObject(grant);
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
