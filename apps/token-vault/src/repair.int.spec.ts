import { eventually, type Spawned } from '@roomwire/testkit';
import { natsVaultClient, type ConnectionStatus, type VaultClient } from '@roomwire/vault-client';
import { START_MS, VaultFleet, type Mine } from './testing/vault-fleet.ts';

const PATIENCE_MS = 30_000;

let fleet: VaultFleet;
let worker: VaultClient;
let gateway: Spawned;
let gatewayUrl: string;

beforeAll(async () => {
  fleet = await VaultFleet.start({});
  gateway = fleet.service('ingest-gateway', 'apps/ingest-gateway/src/main.ts');
  gatewayUrl = (await gateway.line(/"event":"listening".*"url":"([^"]+)"/, START_MS))[1]!;
  const env = { ROOMWIRE_OAUTH_CALLBACK_URL: `${gatewayUrl}/oauth/callback` };
  await Promise.all([fleet.replica(env), fleet.replica(env)]);
  worker = natsVaultClient(await fleet.connectAs('sync-worker'), 'sync-worker');
}, START_MS * 2);
afterAll(() => fleet[Symbol.asyncDispose]());

/** Whose refresh token the provider has forgotten. */
async function lapsed(): Promise<Mine> {
  const mine = await fleet.account();
  fleet.provider.of(mine.account).refreshToken = 'planted-refresh-that-nobody-has';
  await expect(worker.lease(mine)).rejects.toMatchObject({ code: 'lapsed' });
  return mine;
}
const statusOf = async ({ connection }: Mine): Promise<ConnectionStatus> => {
  const { code, out } = await fleet.roomwire(['vault', 'status', connection]);
  expect({ code, out }).toMatchObject({ code: 0 });
  return (JSON.parse(out) as ConnectionStatus[])[0]!;
};
const visit = (query: URLSearchParams) => fetch(`${gatewayUrl}/oauth/callback?${query.toString()}`);

describe('a lapse, from outside', () => {
  it(
    'is shown, is ended by new credentials from standard input, and says so',
    async () => {
      const mine = await lapsed();
      expect(await statusOf(mine)).toMatchObject({
        ...{ tenant: 't1', provider: 'cloudbeds', kind: 'rotating-refresh-token', state: 'lapsed', lease: 0 },
        ...{ why: 'refused: credential-rejected', tokenUntil: null, keys: ['d1'] },
      });
      const credentials = { clientId: mine.account, clientSecret: 'planted-client-secret', refreshToken: 'planted-dead' };
      const put = (refreshToken: string) =>
        fleet.roomwire(
          ['vault', 'reauthorise', mine.connection, '--credentials', '-', '--by', 'ada'],
          JSON.stringify({ ...credentials, refreshToken }),
        );
      expect(await put('planted-dead')).toMatchObject({ code: 5, out: expect.stringContaining('"outcome":"refused"') as string });
      const { code, out } = await put('planted-refresh-that-nobody-has');
      expect({ code, out: JSON.parse(out) as unknown }).toEqual({
        code: 0,
        out: { connection: mine.connection, outcome: 'granted', code: null, lease: 1 },
      });
      expect(await fleet.status(mine)).toBe('active');
      expect(await worker.lease(mine)).toMatchObject({ lease: 1 });
      const { state, since, why, tokenUntil, refreshUntil } = await statusOf(mine);
      expect({ state, why }).toEqual({ state: 'ok', why: null });
      expect(refreshUntil! - tokenUntil!).toBeGreaterThan(300 * 86_400_000);
      expect(Math.abs(Date.now() - since!)).toBeLessThan(PATIENCE_MS);
    },
    PATIENCE_MS * 2,
  );

  it(
    'is ended by a person who agrees in a browser, through a gateway that knows no secret',
    async () => {
      const mine = await lapsed();
      const begun = await fleet.roomwire([
        'vault',
        'reauthorise',
        mine.connection,
        '--code-grant',
        '--reason',
        'signed in again',
      ]);
      expect(begun).toMatchObject({ code: 0 });
      const { url } = JSON.parse(begun.out) as { url: string };

      const denied = await visit(new URLSearchParams({ state: 't1.nowhere.'.padEnd(54, 'x'), code: 'planted-code' }));
      expect([denied.status, await denied.text()]).toEqual([400, expect.stringContaining('Refused: nobody was sent')]);

      const query = fleet.provider.agree(url);
      const done = await visit(query);
      expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('Done: the provider has given a token')]);
      expect(Object.fromEntries(done.headers)).toMatchObject({
        ...{ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'content-type': 'text/html; charset=utf-8' },
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
      expect((await visit(query)).status).toBe(400);
      expect(await fleet.status(mine)).toBe('active');
      expect(await worker.lease(mine)).toMatchObject({ lease: 1 });

      const trail = await fleet.roomwire(['vault', 'audit', '--connection', mine.connection]);
      const lines = JSON.parse(trail.out) as { operation: string; verdict: string; code?: string; reason?: string }[];
      expect(lines.map(({ operation, verdict, code }) => [operation, verdict, code ?? ''].join(' ').trim())).toEqual([
        ...['put-credentials asked', 'begin-code-grant asked', 'redeem-code asked', 'redeem-code done granted'],
        'redeem-code refused unknown-state',
      ]);
      expect(lines[1]).toMatchObject({ reason: 'signed in again' });
      const state = query.get('state')!;
      for (const secret of [
        query.get('code')!,
        state.split('.')[2]!,
        'planted-client-secret',
        ...fleet.provider.of(mine.account).given,
      ])
        expect(fleet.output().replaceAll(url, '')).not.toContain(secret);
    },
    PATIENCE_MS * 2,
  );

  it(
    'whose agreement was refused says why in the provider’s words, and lists all',
    async () => {
      const mine = await lapsed();
      const begun = await fleet.roomwire(['vault', 'reauthorise', mine.connection, '--code-grant']);
      const { url } = JSON.parse(begun.out) as { url: string };
      const state = new URL(url).searchParams.get('state')!;
      const page = await visit(new URLSearchParams({ state, error: 'access_denied', error_description: '<b>no</b>' }));
      expect([page.status, await page.text()]).toEqual([400, expect.stringContaining('access_denied: &lt;b&gt;no&lt;/b&gt;')]);
      const { out } = await fleet.roomwire(['vault', 'status', '--tenant', 't1']);
      expect((JSON.parse(out) as ConnectionStatus[]).map(({ connection }) => connection)).toContain(mine.connection);
      expect(await fleet.roomwire(['vault', 'status', 'nowhere'])).toMatchObject({ code: 3 });
      expect(await fleet.roomwire(['vault', 'reauthorise', 'nowhere', '--code-grant'])).toMatchObject({ code: 3 });
    },
    PATIENCE_MS * 2,
  );

  it(
    'keeps a stranger who guesses from the vault’s time',
    async () => {
      const guess = new URLSearchParams({ state: `t1.c1.${'x'.repeat(43)}`, code: 'planted-code' });
      const statuses = await eventually(async () => {
        const seen = await Promise.all(Array.from({ length: 100 }, async () => (await visit(guess)).status));
        expect(seen).toContain(429);
        return seen;
      });
      expect(statuses.filter((status) => status !== 429).length).toBeLessThanOrEqual(60);
    },
    PATIENCE_MS,
  );
});
