import fc from 'fast-check';
import { PMS_ERROR_CODES, PmsError, type PmsErrorCode } from '../error.ts';
import { pms } from '../pms.ts';
import type { AdapterHarness } from './harness.ts';

const TOKEN = 'conformance-access-token-0123456789';
const GUEST = 'someone@example.invalid';

export function errorCases(harness: AdapterHarness): void {
  const { adapter, failures } = harness;
  const failing = (body: string, status: number, operation: string, headers: Record<string, string> = {}) =>
    pms(adapter)
      .call(
        { operation, method: 'GET', path: '/conformance' },
        {
          baseUrl: 'http://provider.invalid',
          proof: { kind: 'token', accessToken: TOKEN },
          deadlineMs: 1_000,
          fetch: async () => new Response(body, { status, headers }),
        },
      )
      .then(
        () => undefined,
        (error: unknown) => error as PmsError,
      );

  const named = failures.map((failure) => [failure.name, failure] as const);
  if (named.length > 0)
    it.each(named)('knows %s', async (_name, { body, status, operation, code }) => {
      const error = await failing(body, status, operation, { 'retry-after': '7' });

      expect(error).toBeInstanceOf(PmsError);
      expect(error).toMatchObject({ code, provider: adapter.provider, operation, status, retryAfterMs: 7_000 });
    });

  it('leaks neither token nor guest, whatever the provider echoes', async () => {
    for (const { body, status, operation } of failures) {
      const error = await failing(`Bearer ${TOKEN} of ${GUEST}: ${body}`, status, operation);
      const shown = error ? `${error.message} ${JSON.stringify(error)} ${String(error.cause)}` : '';
      expect(shown).not.toContain(TOKEN);
      expect(shown).not.toContain(GUEST);
    }
  });

  it('has a code for every answer', () => {
    const operation = fc.constantFrom('token', ...failures.map((failure) => failure.operation));
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), operation, (status, body, name) => {
        expect(Object.keys(PMS_ERROR_CODES)).toContain(adapter.errorCode({ operation: name, status, body }));
        expect([undefined, true, false]).toContain(adapter.failed?.({ operation: name, status, body }));
      }),
      { numRuns: 300 },
    );
  });

  it('knows what every HTTP server means by 429 and 5xx', () => {
    const codeOf = (status: number): PmsErrorCode => adapter.errorCode({ operation: 'conformance', status, body: '' });

    expect(codeOf(429)).toBe('rate-limited');
    expect([500, 502, 503, 504].map(codeOf)).toEqual(Array(4).fill('provider-error'));
  });

  if (failures.length === 0) return it.skip('is never called', () => undefined);
  const given = new Set(failures.map((failure) => failure.code));
  const fromAnswers = Object.keys(PMS_ERROR_CODES).filter((code) => !['timeout', 'network', 'malformed-answer'].includes(code));
  const unproven = fromAnswers.filter((code) => !given.has(code as PmsErrorCode));
  if (unproven.length > 0) it.skip(`no failure is known for: ${unproven.join(', ')}`, () => undefined);
}
