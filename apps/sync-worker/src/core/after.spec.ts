import { REPORT_OUTCOMES, VAULT_ERROR_CODES, type ReportOutcome } from '@roomwire/vault-client';
import { isCounted, PMS_ERROR_CODES, PmsError, type PmsErrorCode } from '@roomwire/pms-port';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterFailure, afterReport, afterVault, PARKED_MS, type Decision } from './after.ts';

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
    expect(afterFailure(failure('credential-expired'), false)).toEqual({ kind: 'report', repeat: true });
    expect(afterFailure(failure('credential-expired'), true)).toEqual({ kind: 'report', repeat: false });
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

describe('afterReport', () => {
  it('parks what a person must repair, and counts all else: no job asks for what is refused for ever', () => {
    const decisions = Object.keys(REPORT_OUTCOMES).map((outcome) => [outcome, afterReport(outcome as ReportOutcome)]);
    expect(Object.fromEntries(decisions)).toEqual({
      renewed: { kind: 'retry', reason: 'credential-expired' },
      accepted: { kind: 'retry', reason: 'operation-refused' },
      lapsed: { kind: 'defer', reason: 'vault-lapsed', afterMs: PARKED_MS, parked: true },
      unknown: { kind: 'retry', reason: 'credential-expired' },
    });
  });
});

/** Columns of the table in docs/vault.md: `[code, lease, jobs, where]`, the codes as they are written there. */
function cases(): string[][] {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/vault.md'), 'utf8');
  const table = page.slice(page.indexOf('| case | where |')).split('\n\n')[0]!;
  const cells = table
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return cells.map((row) => [row[3]!, row[6]!, row[7]!, row[2]!]);
}

describe('docs/vault.md', () => {
  const textOf = (decision: Decision): string => {
    if (decision.kind === 'reject') return 'dead letter';
    if (decision.kind === 'retry') return `tried again as often as after a failure, then dead letter: \`${decision.reason}\``;
    const isParked = decision.kind === 'defer' && decision.parked && decision.afterMs === PARKED_MS;
    return isParked ? 'parked: go on when it is active, and look again each minute' : 'wait for the pause that the vault names';
  };
  const jobsOf = (code: string, lease: string, where: string): string => {
    if (lease !== '`ok`') return textOf(afterVault({ code: lease.slice(1, -1), retryAfterMs: 7_000, message: '' }));
    if (where.includes('fresh token')) return textOf(afterReport(where.endsWith('but not the probe') ? 'accepted' : 'unknown'));
    const next = afterFailure(failure(code.slice(1, -1) as PmsErrorCode), false);
    if (next.kind === 'report' && next.repeat) return 'repeated at once, with the next token';
    return next.kind === 'end' && next.decision.kind === 'reject' ? 'dead letter' : 'go on';
  };

  it('says what becomes of jobs', () => {
    expect(cases().length).toBeGreaterThanOrEqual(10);
    for (const [code, lease, jobs, where] of cases())
      expect([code, lease, jobsOf(code!, lease!, where!)]).toEqual([code, lease, jobs]);
    expect(afterVault({ code: 'provider-refused', retryAfterMs: 7_000, message: '' })).toMatchObject({ afterMs: 7_000 });
  });
});

describe('afterVault', () => {
  it('parks what a person must repair, and rejects only what never works', () => {
    const decisions = Object.keys(VAULT_ERROR_CODES).map((code) => [code, afterVault({ code, message: 'x' })] as const);
    expect(decisions.filter(([, { kind }]) => kind === 'reject').map(([code]) => code)).toEqual(['not-allowed']);
    expect(
      decisions.filter(([, decision]) => decision.kind === 'defer' && decision.afterMs === PARKED_MS).map(([code]) => code),
    ).toEqual(['unknown-connection', 'no-secret', 'lapsed']);
    expect(decisions.filter(([, decision]) => decision.kind === 'defer' && decision.parked).map(([code]) => code)).toEqual([
      'lapsed',
    ]);
    expect(afterVault({ code: 'provider-refused', retryAfterMs: 7_000, message: 'x' })).toEqual({
      kind: 'defer',
      reason: 'vault-provider-refused',
      afterMs: 7_000,
    });
  });
});
