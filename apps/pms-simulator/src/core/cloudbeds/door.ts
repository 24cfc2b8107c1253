import { createHmac } from 'node:crypto';
import type { Door } from '../provider.ts';
import { bearerOf, formOf, type Answer } from '../request.ts';
import type { Knock, Route } from '../route.ts';
import { issueToken, ownerOf, stateOf, type Token } from '../tokens.ts';
import { accountsOf, type Account, type World } from '../world.ts';
import { failure, VERSIONS } from './answer.ts';
import { settleJobs } from './jobs.ts';
import { cloudbedsOf, KEY_UNUSED_MS, propertyIds, REFRESH_MS } from './own.ts';

/** 8 h. */
const ACCESS_SECONDS = 28_800;
const CODE_MS = 600_000;
const API_KEY = 'urn:ietf:params:oauth:grant-type:api-key';

const DENIED: Answer = {
  status: 401,
  body: { error: 'access_denied', message: 'The resource owner or authorization server denied the request.' },
};
const BAD_CODE: Answer = {
  status: 401,
  body: { error: 'server_error', error_description: 'The authorization code is invalid or has expired.' },
};
const BAD_REFRESH: Answer = { status: 400, body: { error: 'invalid_request', message: 'The refresh token is invalid.' } };

const isTokenPath = (path: string): boolean => VERSIONS.some((version) => path === `${version}/access_token`);
const shownBy = (knock: Pick<Knock, 'request'>): string => knock.request.headers['x-api-key'] ?? bearerOf(knock.request);

export const door: Omit<Door, 'routes'> = {
  serves: (path) =>
    path.startsWith('/oauth/') || path === '/userinfo' || VERSIONS.some((version) => path.startsWith(`${version}/`)),
  claimant(world, request) {
    const clientId = isTokenPath(request.path) ? formOf(request).get('client_id') : request.query.get('client_id');
    if (isTokenPath(request.path) || request.path === '/oauth/authorize')
      return accountsOf(world, 'cloudbeds').find((account) => cloudbedsOf(account).config.clientId === clientId);
    const account = ownerOf(world, shownBy({ request }));
    return account?.provider.name === 'cloudbeds' ? account : undefined;
  },
  refusal(knock) {
    const { world, account, now } = knock;
    const token = world.tokens.get(shownBy(knock));
    if (!account || token?.kind !== 'access' || stateOf(token, now) !== 'valid') return DENIED;
    if (token.text.startsWith('cbat_')) token.expiresAt = now + KEY_UNUSED_MS;
    settleJobs(knock, account);
    return undefined;
  },
  /** Undocumented: status and body are chosen. */
  tooMany: () => ({ status: 429, body: { success: false, message: 'Too many requests' } }),
  broken: { status: 500, body: { success: false, message: 'Internal server error' } },
  unknown: { status: 404, body: { success: false, message: 'Not found' } },
  failed: failure('User who approved this connection is not active anymore'),
  dress: (answer, { account, now }) => ({
    ...answer,
    headers: { ...answer.headers, 'x-request-id': `${account?.id ?? 0}-${account?.tally.calls.total ?? 0}-${now}` },
  }),
};

export const tokenRoutes: readonly Route[] = [
  ...VERSIONS.map((version): Route => ({ method: 'POST', path: `${version}/access_token`, open: grant })),
  { method: 'GET', path: '/oauth/authorize', open: authorize },
  {
    method: 'GET',
    path: '/oauth/metadata',
    answer: ({ request }) => ({
      status: 200,
      body: { success: true, data: { api: { url: `http://${request.headers['host'] ?? 'simulator'}` } } },
    }),
  },
  ...['', ...VERSIONS].map((version): Route => ({
    ...{ method: 'GET', path: `${version}/userinfo` },
    answer: ({ account }) => ({ status: 200, body: { user_id: String(account.id), email: 'someone@example.invalid' } }),
  })),
];

/** The owner agrees at once. The address of this page is NOT FOUND, chosen. */
function authorize({ world, account, request, now }: Knock): Answer {
  const redirect = request.query.get('redirect_uri');
  if (!account || redirect !== cloudbedsOf(account).config.redirectUri) return DENIED;
  const code = secret(world, 'code');
  cloudbedsOf(account).codes.set(code, now + CODE_MS);
  const location = new URL(redirect);
  location.searchParams.set('code', code);
  location.searchParams.set('state', request.query.get('state') ?? '');
  return { status: 302, body: undefined, headers: { location: location.href } };
}

function grant(knock: Knock): Answer {
  const { account, request } = knock;
  const form = formOf(request);
  if (!account || account.faults.refuseCredentials) return DENIED;
  if (form.get('client_secret') !== cloudbedsOf(account).config.clientSecret) return DENIED;
  const kind = form.get('grant_type');
  if (kind === 'authorization_code' || kind === API_KEY) return byCode(knock, account, form);
  if (kind === 'refresh_token' || kind === 'refresh_token_exchange') return byRefresh(knock, account, form);
  return { status: 400, body: { error: 'unsupported_grant_type' } };
}

/** Ten minutes, and once. */
function byCode({ world, now }: Knock, account: Account, form: URLSearchParams): Answer {
  const { codes, config } = cloudbedsOf(account);
  const code = form.get('code') ?? '';
  const until = codes.get(code);
  codes.delete(code);
  if (until === undefined || now >= until || form.get('redirect_uri') !== config.redirectUri) return BAD_CODE;
  return form.get('grant_type') === API_KEY ? keyFor(world, account, now) : { status: 200, body: tokens(world, account, now) };
}

function byRefresh({ world, now }: Knock, account: Account, form: URLSearchParams): Answer {
  const { exchanged } = cloudbedsOf(account);
  const token = world.tokens.get(form.get('refresh_token') ?? '');
  const key = world.tokens.get(exchanged.get(token?.text ?? '') ?? '');
  // Using the old refresh token after the exchange kills the new key (KEY).
  if (key) key.revoked = true;
  if (key || token?.kind !== 'grant' || token.accountId !== account.id || stateOf(token, now) !== 'valid') return BAD_REFRESH;
  if (form.get('grant_type') === 'refresh_token') return { status: 200, body: tokens(world, account, now, token) };
  const answer = keyFor(world, account, now);
  exchanged.set(token.text, (answer.body as { access_token: string }).access_token);
  return answer;
}

function keyFor(world: World, account: Account, now: number): Answer {
  const access_token = `cbat_${secret(world, 'key')}`;
  issueToken(world, account, 'access', access_token, { expiresAt: now + KEY_UNUSED_MS });
  return { status: 200, body: { access_token } };
}

/** The refresh token that comes back is the one to keep: another, or the same with its 365 days begun anew. */
function tokens(world: World, account: Account, now: number, old?: Token): object {
  const { rotates, oldRefreshDies } = cloudbedsOf(account).config.readings;
  const expires_in = account.faults.tokenLifetimeSeconds ?? ACCESS_SECONDS;
  const access_token = secret(world, 'access');
  issueToken(world, account, 'access', access_token, { expiresAt: now + expires_in * 1000 });
  const refresh_token = old && !rotates ? old.text : secret(world, 'refresh');
  if (old && rotates && oldRefreshDies) old.revoked = true;
  issueToken(world, account, 'grant', refresh_token, { expiresAt: now + REFRESH_MS });
  const resources = propertyIds(account).map((id) => ({ type: 'property', id: String(id) }));
  return { access_token, token_type: 'Bearer', expires_in, refresh_token, resources };
}

const secret = (world: World, kind: string): string =>
  createHmac('sha256', world.tokenKey).update(`cloudbeds/${kind}/${++world.tokensIssued}`).digest('base64url');
