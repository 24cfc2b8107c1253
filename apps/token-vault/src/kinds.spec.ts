import type { Connection } from '@roomwire/events';
import { describeCredentials, type AdapterHarness } from '@roomwire/pms-port/conformance';
import { hostawayConnection, vaultReplicas } from './testing/desk.ts';
import { kinds } from './testing/kinds.ts';
import { TRIAL_MS } from './core/trial.ts';

const harness = (provider: string, token: NonNullable<AdapterHarness['token']>) => ({ adapter: kinds[provider]!, token });
const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** Known to be accepted: providers/examples/smoobu/hmac_test_vector.json. */
const vector = {
  request: { method: 'GET', path: '/api/reservations?from=2026-04-01&to=2026-04-10', bodySha256: nothing },
  moment: { at: '2026-04-01T12:00:00.000Z', nonce: '550e8400-e29b-41d4-a716-446655440000' },
  headers: {
    'x-api-key': 'usr_live_abc123',
    'x-timestamp': '2026-04-01T12:00:00.000Z',
    'x-nonce': '550e8400-e29b-41d4-a716-446655440000',
    'x-signature': 'DKdyfeh4OxCZPtPizGB704fw5WC812SgVDpzpn1SIxE=',
  },
};
const signer = { apiKey: 'usr_live_abc123', apiSecret: 'test_secret' };
const pair = { clientToken: 'placeholder-client', accessToken: 'placeholder-access' };
const rotating = { clientId: 'placeholder-id', clientSecret: 'placeholder-secret', refreshToken: 'placeholder-refresh' };

describeCredentials(
  'a provider with a kept refresh token',
  harness('beds24', {
    credentials: { refreshToken: 'placeholder-refresh' },
    answer: { token: 'placeholder-token', expiresIn: 86_400 },
    grant: { expiresInMs: 86_400_000, usableAfterMs: 0 },
  }),
);
describeCredentials(
  'a provider with a rotating refresh token',
  harness('cloudbeds', {
    credentials: rotating,
    answer: { access_token: 'placeholder-token', expires_in: 28_800 },
    grant: { expiresInMs: 28_800_000, usableAfterMs: 0 },
  }),
);
describeCredentials('a provider whose requests are signed', harness('smoobu', { credentials: signer, signing: vector }));
describeCredentials(
  'a provider with a pair in the body',
  harness('mews', {
    credentials: pair,
    fields: { ClientToken: 'placeholder-client', AccessToken: 'placeholder-access' },
  }),
);

const at = (provider: Connection['provider']): Connection => ({ ...hostawayConnection, provider });
const request = { method: 'GET', path: '/x', bodySha256: nothing };
const expired = (lease: number) => ({ lease, code: 'credential-expired' });

describe('a lease of credentials that no token is asked for with', () => {
  it('is a signature over the request that is named, and each is another', async () => {
    const { desk, secrets, provider } = vaultReplicas();
    await secrets.putCredentials(at('smoobu'), signer);
    const [first, second] = [
      await desk.lease(at('smoobu'), { toSign: request }),
      await desk.lease(at('smoobu'), { toSign: request }),
    ];
    expect(first).toMatchObject({ kind: 'signature', lease: 1, headers: { 'x-api-key': 'usr_live_abc123' } });
    expect(second).not.toEqual(first);
    expect(JSON.stringify([first, second])).not.toContain('test_secret');
    await expect(desk.lease(at('smoobu'))).rejects.toMatchObject({ code: 'not-allowed' });
    expect(provider.asked).toBe(0);
  });

  it('is a pair for the body, under one number until other credentials are put', async () => {
    const { desk, secrets } = vaultReplicas();
    await secrets.putCredentials(at('mews'), pair);
    const fields = { ClientToken: 'placeholder-client', AccessToken: 'placeholder-access' };
    expect(await desk.lease(at('mews'))).toMatchObject({ kind: 'fields', lease: 1, fields });
    expect(await desk.lease(at('mews'))).toMatchObject({ lease: 1 });
    await secrets.putCredentials(at('mews'), { ...pair, accessToken: 'placeholder-next' });
    expect(await desk.lease(at('mews'))).toMatchObject({ lease: 2, fields: { AccessToken: 'placeholder-next' } });
  });

  it('lapses by its first report, and is over only when a lease on trial was not reported', async () => {
    const { desk, secrets, journal, clock } = vaultReplicas();
    await secrets.putCredentials(at('mews'), pair);
    await desk.lease(at('mews'));
    await desk.report(at('mews'), expired(1));
    await expect(desk.lease(at('mews'))).rejects.toMatchObject({ code: 'lapsed' });
    expect(journal.notices).toMatchObject([{ type: 'token-lapsed', cause: 'lease-refused' }]);

    clock.set(clock.now() + 66_000);
    expect(await desk.lease(at('mews'))).toMatchObject({ lease: 2 });
    await desk.report(at('mews'), expired(2));
    await expect(desk.lease(at('mews'))).rejects.toMatchObject({ code: 'lapsed' });
    clock.set(clock.now() + 66_000); // the second pause is longer
    await expect(desk.lease(at('mews'))).rejects.toMatchObject({ code: 'lapsed' });

    clock.set(clock.now() + 66_000);
    expect(await desk.lease(at('mews'))).toMatchObject({ lease: 3 });
    expect(journal.notices).toHaveLength(1);
    clock.set(clock.now() + TRIAL_MS);
    expect(await desk.lease(at('mews'))).toMatchObject({ lease: 3 });
    expect(journal.notices.map(({ type }) => type)).toEqual(['token-lapsed', 'token-restored']);
  });
});
