import { memoryVaultClient, VaultError, type VaultErrorCode } from '@roomwire/vault-client';
import { patientVault } from './patient-vault.ts';

/** A vault that refuses so many times before it takes anything. */
function refusing(times: number, code: VaultErrorCode) {
  let calls = 0;
  const vault = memoryVaultClient();
  const putCredentials: typeof vault.putCredentials = async (put) => {
    calls += 1;
    if (calls <= times) throw new VaultError(code);
    await vault.putCredentials(put);
  };
  return { calls: () => calls, vault: patientVault({ ...vault, putCredentials }, async () => undefined) };
}
const put = { tenant: 't1', connection: 'c1', provider: 'mews', credentials: { accessToken: 'x' } };

describe('patientVault', () => {
  it.each(['unavailable', 'unknown-connection'] as const)('asks again while the vault says %s', async (code) => {
    const { vault, calls } = refusing(3, code);

    await vault.putCredentials(put);

    expect(calls()).toBe(4);
  });

  it('gives up in the end', async () => {
    const { vault, calls } = refusing(1_000, 'unavailable');

    await expect(vault.putCredentials(put)).rejects.toMatchObject({ code: 'unavailable' });
    expect(calls()).toBe(20);
  });

  it('takes a refusal for an answer', async () => {
    const { vault, calls } = refusing(1_000, 'not-allowed');

    await expect(vault.putCredentials(put)).rejects.toMatchObject({ code: 'not-allowed' });
    expect(calls()).toBe(1);
  });
});
