import { createHmac } from 'node:crypto';
import type { Door } from '../provider.ts';
import type { Answer } from '../request.ts';
import type { Knock, Route } from '../route.ts';
import { issueToken, ownerOf, stateOf } from '../tokens.ts';
import type { Account, World } from '../world.ts';
import { BASE, problem, utc } from './answer.ts';
import { beds24Of, creditsOf, LONG_LIFE_UNUSED_MS, REFRESH_UNUSED_MS } from './own.ts';

/** 24 h (W:API_V2.0, HC); the specification's sample says 3600. */
const ACCESS_SECONDS = 86_400;
const TOKEN_LENGTH = 160;

/** Official status and body: NOT FOUND; 401 by common practice. */
const INVALID = problem(401, 'Token not valid');

/** Measured where it was measured (HC). */
const COSTS = { read: 1, write: 1.1, bookings: 1.5, invoiceItems: 0.1 };

export const door: Omit<Door, 'routes'> = {
  serves: (path) => path.startsWith(`${BASE}/`),
  claimant(world, { headers, path }) {
    const { token, refreshtoken, code } = headers;
    const shown = path.startsWith(`${BASE}/authentication/`) ? (refreshtoken ?? code ?? token) : token;
    const account = ownerOf(world, shown);
    return account?.provider.name === 'beds24' ? account : undefined;
  },
  cost,
  refusal({ world, account, request, now }) {
    const token = world.tokens.get(request.headers['token'] ?? '');
    if (!account || token?.kind !== 'access' || stateOf(token, now) !== 'valid') return INVALID;
    if (token.text !== beds24Of(account).config.longLifeToken) return undefined;
    token.expiresAt = now + LONG_LIFE_UNUSED_MS;
    return request.method === 'GET' ? undefined : problem(403, 'Token does not have the required scope');
  },
  tooMany: () => problem(429, 'Credit limit exceeded'),
  broken: problem(500, 'Internal server error'),
  unknown: problem(404, 'Not found'),
  dress,
};

function cost({ route, request }: Knock): number {
  if (route?.method !== 'GET') return route ? COSTS.write : COSTS.read;
  if (route.path !== `${BASE}/bookings`) return COSTS.read;
  return COSTS.bookings + (request.query.get('includeInvoiceItems') === 'true' ? COSTS.invoiceItems : 0);
}

/** A call that is answered 400 carries no cost and costs nothing (HC). */
function dress(answer: Answer, knock: Knock): Answer {
  const { account, now } = knock;
  if (!account) return answer;
  const credits = creditsOf(account);
  const paid = answer.status !== 400 && answer.status !== 429;
  if (answer.status === 400) credits.giveBack(cost(knock));
  const remaining = String(credits.remaining(now));
  const resetsIn = String(credits.resetsInSeconds(now));
  const price = String(cost(knock));
  const headers =
    beds24Of(account).config.readings.creditHeaders === 'measured'
      ? {
          ...{ 'x-five-min-limit-remaining': remaining, 'x-five-min-limit-resets-in': resetsIn },
          ...(paid ? { 'x-request-cost': price } : {}),
        }
      : {
          ...{ 'x-fivemincreditlimit': String(credits.limit), 'x-fivemincreditlimit-remaining': remaining },
          ...{ 'x-fivemincreditlimit-resetsin': resetsIn, ...(paid ? { 'x-requestcost': price } : {}) },
        };
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

export const tokenRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${BASE}/authentication/setup`,
    open({ world, account, request, now }) {
      const code = world.tokens.get(request.headers['code'] ?? '');
      if (!account || code?.text !== beds24Of(account).config.inviteCode) return problem(400, 'Invite code not valid');
      if (stateOf(code, now) !== 'valid') return problem(400, 'Invite code not valid');
      code!.revoked = true;
      return { status: 200, body: { ...access(world, account, now), refreshToken: beds24Of(account).config.refreshToken } };
    },
  },
  {
    method: 'GET',
    path: `${BASE}/authentication/token`,
    open({ world, account, request, now }) {
      const grant = world.tokens.get(request.headers['refreshtoken'] ?? '');
      // A dead token and a lapsed account look the same (HC).
      const dead = !account || account.faults.refuseCredentials || !isRefreshToken(account, grant?.text);
      if (dead || stateOf(grant, now) !== 'valid') return INVALID;
      grant!.expiresAt = now + REFRESH_UNUSED_MS;
      return { status: 200, body: { ...access(world, account, now), refreshToken: grant!.text } };
    },
  },
  {
    method: 'DELETE',
    path: `${BASE}/authentication/token`,
    open({ world, account, request, now }) {
      const grant = world.tokens.get(request.headers['refreshtoken'] ?? '');
      if (!account || stateOf(grant, now) !== 'valid') return problem(400, 'Refresh token not valid');
      for (const token of world.tokens.values()) if (token.accountId === account.id) token.revoked = true;
      return { status: 200, body: { success: true } };
    },
  },
  { method: 'GET', path: `${BASE}/authentication/details`, open: details },
];

const isRefreshToken = (account: Account, text: string | undefined): boolean =>
  text !== undefined && text !== beds24Of(account).config.inviteCode;

function access(world: World, account: Account, now: number): { token: string; expiresIn: number } {
  const expiresIn = account.faults.tokenLifetimeSeconds ?? ACCESS_SECONDS;
  const serial = ++world.tokensIssued;
  const parts = [0, 1, 2, 3].map((part) => createHmac('sha256', world.tokenKey).update(`${serial}/${part}`).digest('base64'));
  const token = parts.join('').replaceAll('=', '').slice(0, TOKEN_LENGTH);
  issueToken(world, account, 'access', token, { expiresAt: now + expiresIn * 1000 });
  return { token, expiresIn };
}

/** 200 also for a bad token: `validToken` tells (third party). */
function details({ world, account, request, now }: Knock): Answer {
  const token = world.tokens.get(request.headers['token'] ?? '');
  const diagnostics = { requestIp: request.address };
  if (!account || token?.kind !== 'access' || stateOf(token, now) !== 'valid')
    return { status: 200, body: { validToken: false, diagnostics } };
  const expiresIn = Math.round((token.expiresAt - now) / 1000);
  const scopes = ['all:bookings', 'all:bookings-personal', 'all:inventory', 'all:properties'];
  const fields = { ownerId: account.id, expiresIn, created: utc(now), scopes, deviceName: '', linkedProperties: false };
  return {
    status: 200,
    body: { validToken: true, token: { ...fields, onlyPropertyId: 0, whiteListOnly: false, whiteList: [] }, diagnostics },
  };
}
