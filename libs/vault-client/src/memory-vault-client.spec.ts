import { describeVaultClient } from './conformance/describe-vault-client.ts';
import { memoryVaultClient } from './memory-vault-client.ts';

const mine = { tenant: 't1', connection: 'c1', provider: 'hostaway', credentials: { accountId: '1', clientSecret: 's' } };

const signed = { tenant: 't1', connection: 'c2', provider: 'smoobu', credentials: { apiSecret: 'planted-secret' } };
const paired = { tenant: 't1', connection: 'c3', provider: 'mews', credentials: { clientToken: 'placeholder' } };

describeVaultClient('memoryVaultClient', {
  others: async () => {
    let nonce = 0;
    const vault = memoryVaultClient({
      grant: ({ connection, credentials }) =>
        connection === signed.connection
          ? { kind: 'signature', headers: { 'x-nonce': String(++nonce) } }
          : { kind: 'fields', fields: credentials },
    });
    return { operator: vault, worker: vault, signed, paired };
  },
  open: async () => {
    const vault = memoryVaultClient({ connections: [mine] });
    return { operator: vault, worker: vault, otherWorker: vault, gateway: vault, mine };
  },
});

describe('memoryVaultClient', () => {
  it('lets whatever is put exist, where no connections are named', async () => {
    const vault = memoryVaultClient();
    await vault.putCredentials(mine);
    expect(await vault.lease(mine)).toMatchObject({ accessToken: 'token-c1-1' });
  });

  it('drops a replaced webhook secret when its overlap is over', async () => {
    let now = 1_000;
    const vault = memoryVaultClient({ now: () => now, overlapMs: 500 });
    await vault.putWebhookSecret({ tenant: 't1', connection: 'c1', secret: { key: 'old' } });
    await vault.putWebhookSecret({ tenant: 't1', connection: 'c1', secret: { key: 'new' } });
    now += 500;
    expect((await vault.webhookSecrets(mine)).secrets).toEqual([{ key: 'new' }]);
  });
});
