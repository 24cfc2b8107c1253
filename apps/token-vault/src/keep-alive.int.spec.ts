import { eventually } from '@roomwire/testkit';
import { START_MS, VaultFleet } from './testing/vault-fleet.ts';

const PATIENCE_MS = 30_000;

it(
  'a refresh token that nobody needs is used in time, by one of three replicas, and so is the next one',
  async () => {
    await using fleet = await VaultFleet.start({});
    const env = { SPEC_IDLE_LIFE_MS: '3000' };
    await Promise.all([fleet.replica(env), fleet.replica(env), fleet.replica(env)]);
    const [strict, kept] = [await fleet.account(), fleet.provider.open()];
    const beds24 = await fleet.connection('c-kept', 'beds24', { refreshToken: kept.refreshToken });
    await fleet.put(beds24);

    await eventually(() => expect(fleet.provider.of(strict.account).rotated).toBeGreaterThanOrEqual(3), {
      withinMs: PATIENCE_MS,
    });
    await eventually(() => expect(fleet.provider.of(kept.account).asked).toBeGreaterThanOrEqual(3), { withinMs: PATIENCE_MS });

    // Of a strict provider: had two replicas used one of them, the second would have been refused.
    expect(fleet.provider.of(strict.account)).toMatchObject({ refused: 0 });
    expect(await fleet.status(strict)).toBe('active');
    expect(await fleet.notices(strict)).toEqual([]);
  },
  PATIENCE_MS * 2 + START_MS,
);
