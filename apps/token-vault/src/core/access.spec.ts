import { ACCESS, callerOf, refusalOf, type Operation } from './access.ts';

const connection = { tenant: 't1', provider: 'hostaway' };
const SERVICES = ['ingest-gateway', 'normalizer', 'registry', 'propagator', 'sync-worker', 'operator', 'token-vault', ''];

describe('access', () => {
  it('lets each operation be asked by exactly whom it is for', () => {
    const allowed = (Object.keys(ACCESS) as Operation[]).flatMap((operation) =>
      SERVICES.filter((caller) => !refusalOf(operation, caller, { tenant: 't1' }, connection)).map(
        (caller) => `${caller} ${operation}`,
      ),
    );
    expect(allowed.sort()).toEqual([
      'ingest-gateway redeem-code',
      'ingest-gateway webhook-secrets',
      'operator begin-code-grant',
      'operator put-credentials',
      'operator put-webhook-secret',
      'operator reauthorise',
      'sync-worker lease',
      'sync-worker report',
      'sync-worker webhook-secrets',
    ]);
  });

  it('tells nobody who may not ask whether a connection exists', () => {
    expect(refusalOf('lease', 'normalizer', { tenant: 't1' }, undefined)).toBe('not-allowed');
    expect(refusalOf('lease', 'sync-worker', { tenant: 't1' }, undefined)).toBe('unknown-connection');
  });

  it('refuses another tenant’s connection, and credentials for another provider', () => {
    expect(refusalOf('lease', 'sync-worker', { tenant: 't2' }, connection)).toBe('not-allowed');
    expect(refusalOf('put-credentials', 'operator', { tenant: 't1', provider: 'mews' }, connection)).toBe('not-allowed');
    expect(refusalOf('put-credentials', 'operator', { tenant: 't1', provider: 'hostaway' }, connection)).toBeUndefined();
  });

  it('takes the caller from the subject', () => {
    expect(callerOf('vault.lease.sync-worker')).toBe('sync-worker');
    expect(callerOf('vault.lease')).toBe('');
  });
});
