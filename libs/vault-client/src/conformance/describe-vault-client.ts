import { VaultError, type Lease, type VaultClient, type Whose } from '../vault-client.ts';

type Put = Whose & { provider: string; credentials: Record<string, string> };

/** What a vault under test supplies. Each call of `open` is a vault of its own. */
export type VaultHarness = {
  /** Credentials that no token is asked for with: of a provider whose requests are signed, and of one with a pair in the body. */
  others?: () => Promise<{ operator: VaultClient; worker: VaultClient; signed: Put; paired: Put }>;
  open(): Promise<{
    operator: VaultClient;
    worker: VaultClient;
    /** A second worker process: it shares nothing with the first but the vault. */
    otherWorker: VaultClient;
    gateway: VaultClient;
    /** A connection that exists; `credentials` are good ones. */
    mine: Put;
  }>;
};

const code = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof VaultError ? error.code : error),
  );
const tokenIn = (lease: Lease): string | undefined => (lease.kind === 'token' ? lease.accessToken : undefined);
const basic = (password: string) => ({ login: 'hook', password });

/** What every VaultClient owes its callers. */
export function describeVaultClient(name: string, harness: VaultHarness): void {
  describe(`${name} as a VaultClient`, () => {
    it('has nothing before something was put', async () => {
      const { worker, gateway, mine } = await harness.open();
      expect(await code(worker.lease(mine))).toBe('no-secret');
      expect(await code(gateway.webhookSecrets(mine))).toBe('no-secret');
    });

    it('leases a token once credentials are there, and the same one to all who ask', async () => {
      const { operator, worker, otherWorker, mine } = await harness.open();
      await operator.putCredentials(mine);
      const [first, second] = await Promise.all([worker.lease(mine), worker.lease(mine)]);
      expect(first.lease).toBe(1);
      expect(first).toMatchObject({ kind: 'token', accessToken: expect.stringMatching(/./) as string });
      expect(first.expiresAt).toBeGreaterThan(0);
      expect(second).toEqual(first);
      expect(await otherWorker.lease(mine)).toMatchObject({ lease: 1, accessToken: tokenIn(first) });
    });

    it('renews once for a report of the current lease, however many report it', async () => {
      const { operator, worker, otherWorker, mine } = await harness.open();
      await operator.putCredentials(mine);
      const old = await worker.lease(mine);
      await otherWorker.lease(mine);
      const { tenant, connection } = mine;
      const report = { tenant, connection, lease: old.lease, code: 'credential-expired' };
      await Promise.all([worker.report(report), otherWorker.report(report), worker.report(report)]);
      const renewed = await worker.lease(mine);
      expect(renewed.lease).toBe(old.lease + 1);
      expect(tokenIn(renewed)).not.toBe(tokenIn(old));
      expect(await otherWorker.lease(mine)).toMatchObject({ accessToken: tokenIn(renewed) });
      expect(await worker.report(report)).toBe('renewed');
    });

    const asksForTokensOnly = harness.others === undefined;
    (asksForTokensOnly ? it.skip : it)('signs the request that it is shown, each anew', async () => {
      const { operator, worker, signed } = await harness.others!();
      await operator.putCredentials(signed);
      const request = { method: 'GET', path: '/x?a=b', bodySha256: '0'.repeat(64) };
      const [first, second] = [await worker.lease(signed, request), await worker.lease(signed, request)];
      expect(first).toMatchObject({ kind: 'signature', lease: 1 });
      expect(second).not.toMatchObject({ headers: (first as { headers: object }).headers });
      for (const secret of Object.values(signed.credentials).filter((value) => value.startsWith('planted-')))
        expect(JSON.stringify([first, second])).not.toContain(secret);
    });

    (asksForTokensOnly ? it.skip : it)('gives the pair of a provider that has nothing else', async () => {
      const { operator, worker, paired } = await harness.others!();
      await operator.putCredentials(paired);
      const first = await worker.lease(paired);
      expect(first).toMatchObject({ kind: 'fields', lease: 1, fields: expect.objectContaining({}) as object });
      expect(await worker.lease(paired)).toEqual(first);
    });

    it('does not renew for a code that says nothing of the token', async () => {
      const { operator, worker, mine } = await harness.open();
      await operator.putCredentials(mine);
      const { lease } = await worker.lease(mine);
      const report = { tenant: mine.tenant, connection: mine.connection, lease, code: 'forbidden' };
      expect(await worker.report(report)).toBe('unknown');
      expect((await worker.lease(mine)).lease).toBe(lease);
    });

    it('keeps a replaced webhook secret good for a while, the current one first', async () => {
      const { operator, gateway, mine } = await harness.open();
      const put = (password: string) =>
        operator.putWebhookSecret({ tenant: mine.tenant, connection: mine.connection, secret: basic(password) });
      await put('one');
      expect((await gateway.webhookSecrets(mine)).secrets).toEqual([basic('one')]);
      await put('two');
      const { secrets, validForMs } = await gateway.webhookSecrets(mine);
      expect(secrets).toEqual([basic('two'), basic('one')]);
      expect(validForMs).toBeGreaterThan(0);
    });

    it('tells an unknown connection from another tenant’s', async () => {
      const { operator, worker, gateway, mine } = await harness.open();
      await operator.putCredentials(mine);
      expect(await code(worker.lease({ tenant: mine.tenant, connection: 'nowhere' }))).toBe('unknown-connection');
      expect(await code(worker.lease({ tenant: 'stranger', connection: mine.connection }))).toBe('not-allowed');
      expect(await code(gateway.webhookSecrets({ tenant: 'stranger', connection: mine.connection }))).toBe('not-allowed');
    });
  });
}
