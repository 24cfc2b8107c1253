import { goodCredentials, hostawayConnection as connection, vaultReplicas } from './testing/desk.ts';

describe('SecretDesk', () => {
  it.each([
    ['a field is missing', { clientId: '1' }],
    ['there is one too many', { ...goodCredentials, extra: 'planted' }],
  ])('refuses credentials of which %s, and shows none', async (_name, credentials) => {
    const { secrets } = vaultReplicas();
    const error = await secrets.putCredentials(connection, credentials as never).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({
      code: 'not-allowed',
      message: 'vault: not-allowed: expected the credentials clientId, clientSecret',
    });
  });

  it('refuses credentials where the provider has none', async () => {
    const { secrets } = vaultReplicas();
    await expect(secrets.putCredentials({ ...connection, provider: 'internal' }, goodCredentials)).rejects.toMatchObject({
      code: 'not-allowed',
    });
  });

  it('keeps the token when the same credentials are put again, in any order of fields', async () => {
    const { secrets, desk, provider } = vaultReplicas();
    await secrets.putCredentials(connection, goodCredentials);
    await desk.lease(connection);
    await secrets.putCredentials(connection, { clientSecret: goodCredentials.clientSecret, clientId: goodCredentials.clientId });
    expect(await desk.lease(connection)).toMatchObject({ lease: 1 });
    await secrets.putCredentials(connection, { ...goodCredentials, clientSecret: 'other' });
    expect(await desk.lease(connection)).toMatchObject({ lease: 2 });
    expect(provider.asked).toBe(2);
  });

  it('stores nothing that can be read', async () => {
    const { secrets, desk, store, provider } = vaultReplicas();
    provider.answer = () => provider.good({ accessToken: 'planted-token' });
    await secrets.putCredentials(connection, goodCredentials);
    await secrets.putWebhookSecret(connection, { login: 'planted-login', password: 'planted-password' });
    await desk.lease(connection);
    const { entry } = await store.read('c1');
    expect(entry).toMatchObject({ tenant: 't1', lease: 1 });
    expect(JSON.stringify(entry)).not.toContain('planted');
  });
});
