import { fail, TOO_MANY, type Answer, type ApiRequest } from './answer.ts';
import { admitCall } from './limits.ts';
import { listingRoutes } from './listing-routes.ts';
import { reservationRoutes } from './reservation-routes.ts';
import type { Route } from './route.ts';
import { countCall } from './tally.ts';
import { bearerOf, claimant, DENIED, grantToken, revokeToken, TOKEN_PATH } from './token-door.ts';
import { stateOf } from './tokens.ts';
import { webhookRoutes } from './webhook-routes.ts';
import { addressWindow, type Account, type World } from './world.ts';

const ROUTES: readonly Route[] = [...reservationRoutes, ...listingRoutes, ...webhookRoutes];
const patterns = ROUTES.map((route) => ({ route, pattern: new RegExp(`^${route.path.replaceAll(':id', '(\\d{1,15})')}$`) }));

/**
 * The door of the API. The limits come first: a refused token costs a call as much as a good one. Then what an operator wants to go
 * wrong, then the token, then the answer. `slowMs`: how long the shell is to hold it back.
 */
export function answer(world: World, request: ApiRequest, now: number): Answer & { slowMs: number } {
  const account = accountOf(world, request);
  const windows = [addressWindow(world, request.address), ...(account ? [account.window] : [])];
  const { name, respond } = find(request);
  const given = !admitCall(windows, now)
    ? TOO_MANY
    : ((account && plannedFailure(account)) ?? respond(world, account, request, now));
  if (account) countCall(account.tally, name, given.status);
  return { ...given, slowMs: account?.faults.slowMs ?? 0 };
}

/** Whose window the call is in: of its token, whether good or not, or of the credentials it shows. */
function accountOf(world: World, request: ApiRequest): Account | undefined {
  if (request.path === TOKEN_PATH && request.method === 'POST') return claimant(world, request);
  const text = request.path === TOKEN_PATH ? (request.query.get('token') ?? '') : bearerOf(request);
  return world.accounts.get(world.tokens.get(text)?.accountId ?? NaN);
}

function plannedFailure({ faults }: Account): Answer | undefined {
  if (faults.respond429 > 0) return (faults.respond429--, TOO_MANY);
  if (faults.respond500 > 0) return (faults.respond500--, fail(500, 'Internal server error'));
  return undefined;
}

type Respond = (world: World, account: Account | undefined, request: ApiRequest, now: number) => Answer;

/** `name` is the route's, under which the call is counted. */
function find(request: ApiRequest): { name: string; respond: Respond } {
  const { method, path } = request;
  if (path === TOKEN_PATH && method === 'POST') return { name: `POST ${TOKEN_PATH}`, respond: grantToken };
  if (path === TOKEN_PATH && method === 'DELETE')
    return { name: `DELETE ${TOKEN_PATH}`, respond: (world, _, asked) => revokeToken(world, asked) };
  const match = patterns.find(({ route, pattern }) => route.method === method && pattern.test(path));
  if (!match) return { name: 'unknown', respond: () => fail(404, 'Resource not found') };
  const ids = match.pattern.exec(path)!.slice(1).map(Number);
  return { name: `${method} ${match.route.path}`, respond: behindToken(match.route, ids) };
}

const behindToken =
  (route: Route, ids: number[]): Respond =>
  (world, account, request, now) => {
    const allowed = account && stateOf(world.tokens.get(bearerOf(request)), now) === 'valid';
    return allowed ? route.answer({ world, account, request, ids, now }) : DENIED;
  };
