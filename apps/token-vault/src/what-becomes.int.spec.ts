import type { Connection } from '@roomwire/events';
import { VaultError } from '@roomwire/vault-client';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { grantFrom } from './provider-calls.ts';
import { hostawayConnection, vaultReplicas } from './testing/desk.ts';
import { kinds } from './testing/kinds.ts';
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
  const report = async (code: string): Promise<void> => {
    const { lease } = (await vault.store.read('c1')).entry!;
    await desk.report(connection, { lease, code });
  };
  const lease = (): Promise<string> =>
    desk.lease(connection).then(
      () => 'ok',
      (error: unknown) => (error instanceof VaultError ? error.code : String(error)),
    );
  return { ...vault, provider, lease, report, account: provider.of(account) };
}

const soon = ({ clock }: World): void => clock.set(clock.now() + 8 * HOUR_MS - 200_000);
const slow = ({ provider }: World): void => {
  provider.hold = () => new Promise(() => undefined);
};

/** How each row of the table comes about; the table says what is seen then. */
const stories: Record<string, (world: World) => Promise<void> | void> = {
  'expired, a call': async (at) => {
    await at.lease();
    await at.report('credential-expired');
  },
  'revoked, token endpoint': ({ account }) => void (account.refreshToken = 'another'),
  'revoked, but tokens are granted, a call, of a fresh token too': async (at) => {
    await at.lease();
    await at.report('credential-expired');
    await at.report('credential-expired');
  },
  'wrong scope, token endpoint': ({ provider }) => void (provider.fail = { status: 400, body: { error: 'invalid_scope' } }),
  'wrong scope, a call': async (at) => void (await at.lease(), await at.report('forbidden')),
  'business refusal, a call': async (at) => void (await at.lease(), await at.report('forbidden')),
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

type Row = [name: string, where: string, answer: string, state: string, notice: string, lease: string];
const page = readFileSync(join(import.meta.dirname, '../../../docs/vault.md'), 'utf8');
const rows = page
  .slice(page.indexOf('| case | where |'))
  .split('\n\n')[0]!
  .split('\n')
  .slice(2)
  .map(
    (line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()) as Row,
  );

describe('docs/vault.md says what becomes of a connection', () => {
  it('in every case that there is', () => {
    expect(rows.map(([name, where]) => `${name}, ${where}`).sort()).toEqual(Object.keys(stories).sort());
  });

  it.each(rows)('%s (%s)', async (name, where, _answer, state, notice, lease) => {
    await using provider = await TokenProvider.start();
    const at = await world(provider);
    await stories[`${name}, ${where}`]!(at);
    expect(`\`${await at.lease()}\``).toBe(lease);
    const { entry } = await at.store.read('c1');
    expect(entry!.state).toBe(state);
    expect(at.book.told.at(-1) ?? 'c1 active').toBe(`c1 ${state}`);
    const told = at.journal.notices.map(({ type, cause }) => [type, cause].filter(Boolean).join(', '));
    expect(told.join() || 'none').toBe(notice);
  });
});
