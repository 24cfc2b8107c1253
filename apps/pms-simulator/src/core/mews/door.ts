import type { Door } from '../provider.ts';
import { jsonOf, type Answer, type ApiRequest } from '../request.ts';
import { ownerOf, stateOf } from '../tokens.ts';
import type { Account, World } from '../world.ts';
import { problem } from './answer.ts';
import { guid } from './ids.ts';
import { BASE } from './operation.ts';
import { mewsOf } from './own.ts';

type Tokens = { ClientToken?: unknown; AccessToken?: unknown };

/** The tokens are in the body of every request (M:guidelines/authentication.md). */
const tokensOf = (request: ApiRequest): Tokens => {
  const body = jsonOf(request);
  return typeof body === 'object' && body !== null ? body : {};
};

/** Also for an expired or disabled token, a disabled enterprise or integration. */
const UNAUTHORIZED = problem(401, 'Invalid AccessToken.');

export const door: Omit<Door, 'routes'> = {
  serves: (path) => path.startsWith(`${BASE}/`),
  claimant: (world, request) => {
    const account = ownerOf(world, String(tokensOf(request).AccessToken));
    return account?.provider.name === 'mews' ? account : undefined;
  },
  refusal({ world, account, request, now }) {
    if (jsonOf(request) === undefined) return problem(400, 'Invalid JSON.');
    const { ClientToken, AccessToken } = tokensOf(request);
    return account && mayPass(world, account, { ClientToken, AccessToken }, now) ? undefined : UNAUTHORIZED;
  },
  tooMany(account, now): Answer {
    const answer = problem(429, 'Too many requests.');
    if (!account || !mewsOf(account).config.readings.retryAfter) return answer;
    const seconds = Math.max(1, Math.ceil((account.meter.freeAt(now) - now) / 1000));
    return { ...answer, headers: { 'retry-after': String(seconds) } };
  },
  broken: problem(500, 'Unexpected error.'),
  unknown: problem(404, 'Not found.'),
  dress(answer, { account, world }) {
    const id = guid(account ?? { id: 0 }, 'request', account ? account.tally.calls.total + 1 : world.tokensIssued);
    return { ...answer, headers: { ...answer.headers, 'request-id': id } };
  },
  /** Cookies `ClientToken=…; AccessToken=…`, no blanks around "=" (M:events/websockets.md). */
  socket(world, { path, headers }, now) {
    if (path !== '/ws/connector') return undefined;
    const cookies = new Map((headers['cookie'] ?? '').split(/; */).map((pair) => pair.split('=', 2) as [string, string]));
    const [ClientToken, AccessToken] = [cookies.get('ClientToken'), cookies.get('AccessToken')];
    const account = ownerOf(world, AccessToken);
    const known = account?.provider.name === 'mews' && mayPass(world, account, { ClientToken, AccessToken }, now);
    return known ? account : 'refused';
  },
};

const mayPass = (world: World, account: Account, { ClientToken, AccessToken }: Tokens, now: number): boolean =>
  ClientToken === mewsOf(account).config.clientToken &&
  stateOf(world.tokens.get(String(AccessToken)), now) === 'valid' &&
  !account.faults.refuseCredentials;
