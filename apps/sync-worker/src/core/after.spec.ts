import { VAULT_ERROR_CODES } from '@roomwire/vault-client';
import { PMS_ERROR_CODES, PmsError, type PmsErrorCode } from '@roomwire/pms-port';
import { afterFailure, afterVault, isCounted, PARKED_MS } from './after.ts';

const failure = (code: PmsErrorCode, more: { status?: number; retryAfterMs?: number } = {}) =>
  new PmsError(code, { provider: 'hostaway', operation: 'reservation', ...more });

describe('afterFailure', () => {
  it('says of every code what comes next', () => {
    const next = Object.fromEntries(
      (Object.keys(PMS_ERROR_CODES) as PmsErrorCode[]).map((code) => {
        const step = afterFailure(failure(code), false);
        return [code, step.kind === 'end' ? step.decision.kind : step.kind];
      }),
    );
    expect(next).toEqual({
      'credential-expired': 'report',
      'credential-rejected': 'reject',
      'rate-limited': 'defer',
      'not-found': 'answer',
      forbidden: 'reject',
      'invalid-request': 'reject',
      'provider-error': 'retry',
      timeout: 'retry',
      network: 'retry',
      'malformed-answer': 'reject',
    });
  });

  it('repeats once with a fresh token, and no more', () => {
    expect(afterFailure(failure('credential-expired'), false)).toMatchObject({ kind: 'report', repeat: true });
    expect(afterFailure(failure('credential-expired'), true)).toMatchObject({
      kind: 'report',
      repeat: false,
      decision: { kind: 'defer' },
    });
  });

  it('waits as long as the provider asks, ten seconds where it does not say', () => {
    expect(afterFailure(failure('rate-limited', { retryAfterMs: 3_000 }), false)).toMatchObject({ decision: { afterMs: 3_000 } });
    expect(afterFailure(failure('rate-limited'), false)).toMatchObject({ decision: { afterMs: 10_000 } });
    expect(afterFailure(failure('provider-error', { retryAfterMs: 2_000 }), false)).toMatchObject({
      decision: { afterMs: 2_000 },
    });
  });

  it('keeps the status of a not-found that is an answer', () => {
    expect(afterFailure(failure('not-found', { status: 410 }), false)).toEqual({ kind: 'answer', status: 410 });
  });

  it('does not know whether a call without an answer was counted', () => {
    expect((Object.keys(PMS_ERROR_CODES) as PmsErrorCode[]).filter((code) => !isCounted(failure(code)))).toEqual([
      'timeout',
      'network',
    ]);
  });
});

describe('afterVault', () => {
  it('parks what a person must repair, and rejects only what never works', () => {
    const decisions = Object.keys(VAULT_ERROR_CODES).map((code) => [code, afterVault({ code, message: 'x' })] as const);
    expect(decisions.filter(([, { kind }]) => kind === 'reject').map(([code]) => code)).toEqual(['not-allowed']);
    expect(
      decisions.filter(([, decision]) => decision.kind === 'defer' && decision.afterMs === PARKED_MS).map(([code]) => code),
    ).toEqual(['unknown-connection', 'no-secret', 'lapsed']);
    expect(afterVault({ code: 'provider-refused', retryAfterMs: 7_000, message: 'x' })).toEqual({
      kind: 'defer',
      reason: 'vault-provider-refused',
      afterMs: 7_000,
    });
  });
});
