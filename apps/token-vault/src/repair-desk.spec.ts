import type { Connection } from '@roomwire/events';
import { Auditor } from './auditor.ts';
import { codesWith, grantFrom, probeWith } from './provider-calls.ts';
import { CodeDesk } from './code-desk.ts';
import { CODE_GRANT_MS } from './core/code-grant.ts';
import { RepairDesk } from './repair-desk.ts';
import { goodCredentials, hostawayConnection, vaultReplicas } from './testing/desk.ts';
import { kinds } from './testing/kinds.ts';
import { TokenProvider } from './testing/token-provider.ts';
import { TokenDesk } from './token-desk.ts';

const DEADLINE_MS = 20_000;
const CALLBACK = 'https://gateway.invalid/oauth/callback';
const decided = { by: 'ada', reason: 'they signed in again' };
const deadRefreshToken = 'planted-dead-refresh-token';

async function world(provider: TokenProvider) {
  const vault = vaultReplicas();
  const { account, refreshToken } = provider.open();
  const connection: Connection = { ...hostawayConnection, provider: 'cloudbeds', baseUrl: provider.url };
  const probe = probeWith(fetch, (name) => kinds[name], DEADLINE_MS, vault.shell.turn);
  const shell = { ...vault.shell, probe, grant: grantFrom(fetch, (name) => kinds[name], DEADLINE_MS) };
  const desk = new TokenDesk(shell);
  const codes = new CodeDesk(
    shell,
    codesWith(fetch, (name) => kinds[name], DEADLINE_MS, CALLBACK),
  );
  const { journal, log, now } = { ...shell, journal: vault.journal };
  const auditor = new Auditor({ journal, log, now });
  const repairs = new RepairDesk({ shell, secrets: vault.secrets, tokens: desk, codes, auditor, log });
  const application = { clientId: account, clientSecret: 'placeholder-secret' };
  const whose = { tenant: connection.tenant, connection: connection.id };
  const put = { ...whose, ...decided, provider: 'cloudbeds' };
  const reauthorise = (token: string) =>
    repairs.reauthorise('operator', connection, { ...put, credentials: { ...application, refreshToken: token } });
  const begin = () => repairs.begin('operator', connection, put);
  const back = (query: URLSearchParams, at = connection) => {
    const [state, code] = [query.get('state')!, query.get('code')];
    return repairs.redeem('ingest-gateway', at, { ...whose, state, refused: query.has('error'), ...(code ? { code } : {}) });
  };
  const lapse = async (): Promise<void> => {
    await vault.secrets.putCredentials(connection, { ...application, refreshToken: deadRefreshToken });
    await expect(desk.lease(connection)).rejects.toMatchObject({ code: 'lapsed' });
  };
  const trail = () =>
    vault.journal.audits.map(({ operation, verdict, code }) => [operation, verdict, code].filter(Boolean).join(' '));
  return {
    ...vault,
    connection,
    repairs,
    desk,
    application,
    account: provider.of(account),
    refreshToken,
    reauthorise,
    begin,
    back,
    lapse,
    trail,
  };
}

describe('reauthorise', () => {
  it('ends a lapse at once, tells so, and says by whose decision', async () => {
    await using provider = await TokenProvider.start();
    const { lapse, reauthorise, refreshToken, book, journal, desk, connection, trail } = await world(provider);
    await lapse();
    expect(await reauthorise(refreshToken)).toEqual({ outcome: 'granted', code: null, lease: 1 });
    expect(book.told.at(-1)).toBe('c1 active');
    expect(journal.notices.map(({ type }) => type)).toEqual(['token-lapsed', 'token-restored']);
    expect(await desk.lease(connection)).toMatchObject({ kind: 'token', lease: 1 });
    expect(trail()).toEqual(['reauthorise asked', 'reauthorise done granted']);
    expect(journal.audits[0]).toMatchObject({ ...decided, tenant: 't1', connection: 'c1', caller: 'operator' });
    expect(JSON.stringify(journal.audits)).not.toMatch(/planted|placeholder/);
  });

  it('says what the provider thinks of them, and what it does not say', async () => {
    await using provider = await TokenProvider.start();
    const { lapse, reauthorise, refreshToken, trail } = await world(provider);
    await lapse();
    expect(await reauthorise('another-dead-one')).toEqual({ outcome: 'refused', code: 'credential-rejected', lease: 0 });
    provider.fail = { status: 503 };
    expect(await reauthorise(refreshToken)).toEqual({ outcome: 'unknown', code: 'provider-error', lease: 0 });
    expect(trail().filter((line) => !line.endsWith('asked'))).toEqual([
      'reauthorise refused refused',
      'reauthorise refused unknown',
    ]);
  });

  it('leaves alone what is the same and in order', async () => {
    await using provider = await TokenProvider.start();
    const { reauthorise, refreshToken, account } = await world(provider);
    await reauthorise(refreshToken);
    expect(await reauthorise(refreshToken)).toEqual({ outcome: 'unchanged', code: null, lease: 1 });
    expect(account.asked).toBe(1);
  });

  it('has credentials tried that no token is asked for with', async () => {
    await using provider = await TokenProvider.start();
    const { repairs, connection, book, journal, desk, trail } = await world(provider);
    const paired = { ...connection, id: 'c2', provider: 'mews' as const };
    const put = { tenant: 't1', connection: 'c2', ...decided, provider: 'mews' };
    const reauthorise = (accessToken: string) =>
      repairs.reauthorise('operator', paired, { ...put, credentials: { clientToken: 'placeholder', accessToken } });
    provider.thinks = { status: 401, body: { Message: 'Invalid AccessToken.' } };
    expect(await reauthorise('dead')).toEqual({ outcome: 'refused', code: 'credential-expired', lease: 0 });
    await expect(desk.lease(paired)).rejects.toMatchObject({ code: 'lapsed' });
    provider.thinks = { status: 200, body: {} };
    expect(await reauthorise('good')).toEqual({ outcome: 'accepted', code: null, lease: 1 });
    expect(book.told).toEqual(['c2 lapsed', 'c2 active']);
    expect(journal.notices).toMatchObject([{ type: 'token-lapsed', cause: 'refused' }, { type: 'token-restored' }]);
    provider.thinks = { status: 503 };
    expect(await reauthorise('who knows')).toMatchObject({ outcome: 'stored', lease: 2 });
    expect(trail().filter((line) => !line.endsWith('asked'))).toEqual([
      ...['probe refused credential-expired', 'reauthorise refused refused'],
      ...['reauthorise done accepted', 'reauthorise done stored'],
    ]);
  });

  it('says that a provider that is asked for nothing was asked for nothing', async () => {
    await using provider = await TokenProvider.start();
    const { repairs, connection } = await world(provider);
    const signed = { ...connection, id: 'c2', provider: 'smoobu' as const };
    const request = {
      tenant: 't1',
      connection: 'c2',
      ...decided,
      provider: 'smoobu',
      credentials: { apiKey: 'k', apiSecret: 's' },
    };
    expect(await repairs.reauthorise('operator', signed, request)).toMatchObject({ outcome: 'stored', lease: 1 });
  });
});

describe('a code grant', () => {
  it('sends a person to the provider with a state, and makes what they bring back the credentials', async () => {
    await using provider = await TokenProvider.start();
    const { lapse, begin, back, account, desk, connection, book, store, trail, application } = await world(provider);
    await lapse();
    const { url, validForMs } = await begin();
    const asked = new URL(url);
    expect(url).toMatch(new RegExp(`^${provider.url}/oauth\\?`));
    expect(asked.searchParams.get('redirect_uri')).toBe(CALLBACK);
    expect(asked.searchParams.get('state')).toMatch(/^t1\.c1\.[A-Za-z0-9_-]{43}$/);
    expect(url).not.toContain(application.clientSecret);
    expect(validForMs).toBe(CODE_GRANT_MS);

    expect(await back(provider.agree(url))).toEqual({ outcome: 'granted', code: null, lease: 1 });
    expect(book.told.at(-1)).toBe('c1 active');
    expect(account.rotated).toBe(1);
    expect((await store.read('c1')).entry).toMatchObject({ state: 'active', codeGrant: null, owes: null });
    expect(await desk.lease(connection)).toMatchObject({ lease: 1 });
    await desk.report(connection, { lease: 1, code: 'credential-expired' });
    expect(await desk.lease(connection)).toMatchObject({ lease: 2 }); // with the refresh token that came of it
    expect(trail()).toEqual(['begin-code-grant asked', 'redeem-code asked', 'redeem-code done granted']);
  });

  it('keeps nothing of the state that somebody could come back with', async () => {
    await using provider = await TokenProvider.start();
    const { lapse, begin, store, journal } = await world(provider);
    await lapse();
    const state = new URL((await begin()).url).searchParams.get('state')!;
    expect(JSON.stringify([(await store.read('c1')).entry, journal])).not.toContain(state.split('.')[2]);
  });

  it('takes a state once, of two who come at one time too', async () => {
    await using provider = await TokenProvider.start();
    const { lapse, begin, back, account } = await world(provider);
    await lapse();
    const query = provider.agree((await begin()).url);
    const refused = account.refused;
    const both = await Promise.all([back(query), back(query)]);
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['granted', 'unknown-state']);
    expect(await back(query)).toEqual({ outcome: 'unknown-state', code: null, lease: 0 });
    expect(account.refused).toBe(refused);
    expect(account.asked).toBe(2); // the lapse, and one exchange
  });

  it('knows no state but the last that it gave out, and not for long', async () => {
    await using provider = await TokenProvider.start();
    const { lapse, begin, back, clock, account, trail } = await world(provider);
    await lapse();
    const first = provider.agree((await begin()).url);
    const second = provider.agree((await begin()).url);
    expect(await back(first)).toMatchObject({ outcome: 'unknown-state' });
    clock.set(clock.now() + CODE_GRANT_MS);
    expect(await back(second)).toMatchObject({ outcome: 'expired-state' });
    expect(account.asked).toBe(1);
    expect(trail()).toContain('redeem-code refused expired-state');
  });

  it('is of its tenant and connection: a state of one is none of another', async () => {
    await using provider = await TokenProvider.start();
    const { lapse, begin, back, connection, account } = await world(provider);
    await lapse();
    const query = provider.agree((await begin()).url);
    expect(await back(query, { ...connection, id: 'c2' })).toMatchObject({ outcome: 'unknown-state' });
    query.set('state', query.get('state')!.replace(/^t1/, 't2'));
    expect(await back(query)).toMatchObject({ outcome: 'unknown-state' });
    expect(account.asked).toBe(1);
  });

  it('that was not agreed to uses the state up and leaves the lapse', async () => {
    await using provider = await TokenProvider.start();
    const { lapse, begin, back, account, store, trail } = await world(provider);
    await lapse();
    const query = provider.agree((await begin()).url);
    const denied = new URLSearchParams({ error: 'access_denied', state: query.get('state')! });
    expect(await back(denied)).toEqual({ outcome: 'not-agreed', code: null, lease: 0 });
    expect(await back(query)).toMatchObject({ outcome: 'unknown-state' });
    expect(account.asked).toBe(1);
    expect((await store.read('c1')).entry).toMatchObject({ state: 'lapsed' });
    expect(trail()).toContain('redeem-code refused not-agreed');
  });

  it('whose code the provider refuses says so, and one that it does not answer', async () => {
    await using provider = await TokenProvider.start();
    const { lapse, begin, back } = await world(provider);
    await lapse();
    const query = provider.agree((await begin()).url);
    query.set('code', 'made-up');
    expect(await back(query)).toMatchObject({ outcome: 'refused', code: 'credential-rejected' });
    const other = provider.agree((await begin()).url);
    provider.fail = { status: 503 };
    expect(await back(other)).toMatchObject({ outcome: 'unknown', code: 'provider-error' });
  });

  it('is refused where nobody can agree, or nobody can come back', async () => {
    await using provider = await TokenProvider.start();
    const { repairs, shell, connection } = await world(provider);
    const request = { tenant: 't1', connection: 'c1', ...decided, provider: 'hostaway', credentials: goodCredentials };
    const hostaway = { ...connection, provider: 'hostaway' as const };
    await expect(repairs.begin('operator', hostaway, request)).rejects.toMatchObject({ code: 'not-allowed' });
    const nowhere = new CodeDesk(
      shell,
      codesWith(fetch, (name) => kinds[name], DEADLINE_MS, undefined),
    );
    await expect(nowhere.begin(connection, { clientId: 'a', clientSecret: 'b' })).rejects.toThrow(/no address/);
  });
});
