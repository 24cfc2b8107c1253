import type { Connection } from '@roomwire/events';
import { VaultError } from '@roomwire/vault-client';
import { grantFrom } from './provider-calls.ts';
import { hostawayConnection, vaultReplicas } from './testing/desk.ts';
import { kinds } from './testing/kinds.ts';
import { lapseRows, titleOf } from './testing/lapse-table.ts';
import { TokenProvider } from './testing/token-provider.ts';
import { TokenDesk } from './token-desk.ts';

const DEADLINE_MS = 1_500;
const HOUR_MS = 3_600_000;

type World = Awaited<ReturnType<typeof world>>;
async function world(provider: TokenProvider) {
  const vault = vaultReplicas();
  const { account, refreshToken } = provider.open();
  const connection: Connection = { ...hostawayConnection, provider: 'cloudbeds', baseUrl: provider.url };
  const desk = new TokenDesk({ ...vault.shell, grant: grantFrom(fetch, (name) => kinds[name], DEADLINE_MS) });
  await vault.secrets.putCredentials(connection, { clientId: account, clientSecret: 'placeholder-secret', refreshToken });
  const lease = (): Promise<string> =>
    desk.lease(connection).then(
      () => 'ok',
      (error: unknown) => (error instanceof VaultError ? error.code : String(error)),
    );
  return { ...vault, provider, lease, account: provider.of(account) };
}

const soon = ({ clock }: World): void => clock.set(clock.now() + 8 * HOUR_MS - 200_000);
const slow = ({ provider }: World): void => {
  provider.hold = () => new Promise(() => undefined);
};

/** How each row of the table comes about; the table says what is seen then. */
const stories: Record<string, (world: World) => Promise<void> | void> = {
  'revoked, token endpoint': ({ account }) => void (account.refreshToken = 'another'),
  'wrong scope, token endpoint': ({ provider }) => void (provider.fail = { status: 400, body: { error: 'invalid_scope' } }),
  'provider down, token endpoint': ({ provider }) => void (provider.fail = { status: 503 }),
  'provider down, the old token still good, token endpoint': async (at) => {
    await at.lease();
    soon(at);
    at.provider.fail = { status: 503 };
  },
  'provider slow, token endpoint': slow,
  'provider slow, the old token still good, token endpoint': async (at) => {
    await at.lease();
    soon(at);
    slow(at);
  },
  "a rotating token's answer is lost, token endpoint": async (at) => {
    slow(at);
    await at.lease();
    at.provider.hold = async () => undefined;
    at.clock.set(at.clock.now() + 2_000);
  },
};

const rows = lapseRows('token endpoint');

describe('docs/vault.md says what becomes of a connection that asks for a token', () => {
  it('in every case that there is', () => {
    expect(rows.map(titleOf).sort()).toEqual(Object.keys(stories).sort());
  });

  it.each(rows)('%s (%s)', async (...row) => {
    const [, , , state, notice, lease] = row;
    await using provider = await TokenProvider.start();
    const at = await world(provider);
    await stories[titleOf(row)]!(at);
    expect(`\`${await at.lease()}\``).toBe(lease);
    const { entry } = await at.store.read('c1');
    expect(entry!.state).toBe(state);
    expect(at.book.told.at(-1) ?? 'c1 active').toBe(`c1 ${state}`);
    const told = at.journal.notices.map(({ type, cause }) => [type, cause].filter(Boolean).join(', '));
    expect(told.join() || 'none').toBe(notice);
  });
});
