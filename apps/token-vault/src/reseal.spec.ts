import { randomBytes } from 'node:crypto';
import { Keeper, type Keys } from './keeper.ts';
import { reseal } from './reseal.ts';
import { SecretDesk } from './secret-desk.ts';
import { goodCredentials, hostawayConnection, vaultReplicas } from './testing/desk.ts';
import { TokenDesk } from './token-desk.ts';

describe('reseal', () => {
  it('costs no token that was granted meanwhile: the credentials are the same', async () => {
    const { shell, provider, store } = vaultReplicas();
    const bytes = new Map(['d1', 'd2'].map((id) => [id, randomBytes(32)]));
    let active = 'd1';
    const keys: Keys = {
      active: () => ({ id: active, bytes: bytes.get(active)! }),
      dataKey: (id) => bytes.get(id),
      kek: () => undefined,
    };
    const keeper = new Keeper(keys);
    const desk = new TokenDesk({ ...shell, keeper });
    await new SecretDesk({ ...shell, keeper }, 0).putCredentials(hostawayConnection, goodCredentials);
    provider.answer = async () => {
      active = 'd2';
      const walk = await reseal({ entries: (from) => store.entries(from), store, keeper }, 1, () => undefined);
      expect(walk).toMatchObject({ resealed: 1, stuck: [] });
      return provider.good();
    };
    expect(await desk.lease(hostawayConnection)).toMatchObject({ accessToken: 'token-1', lease: 1 });
    expect(provider.asked).toBe(1);
  });
});
