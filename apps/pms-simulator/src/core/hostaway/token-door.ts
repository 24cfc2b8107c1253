import { bearerOf, formOf, type Answer, type ApiRequest } from '../request.ts';
import type { Knock, Route } from '../route.ts';
import { issueToken, ownerOf, stateOf } from '../tokens.ts';
import { accountsOf, type Account, type World } from '../world.ts';
import { fail, success } from './answer.ts';
import { jwtFor, LIFETIME_SECONDS, VALID_AFTER_MS } from './jwt.ts';
import { hostawayOf } from './own.ts';

const PATH = '/v1/accessTokens';

/** Of its token, whether good or not, or of the credentials it shows. */
export function claimant(world: World, request: ApiRequest): Account | undefined {
  if (request.path !== PATH) return ownerOf(world, bearerOf(request));
  if (request.method !== 'POST') return ownerOf(world, request.query.get('token') ?? '');
  const clientId = formOf(request).get('client_id');
  return accountsOf(world, 'hostaway').find((account) => hostawayOf(account).config.clientId === clientId);
}

export const refusal = ({ world, account, request, now }: Knock): Answer | undefined =>
  account && stateOf(world.tokens.get(bearerOf(request)), now) === 'valid' ? undefined : DENIED;

export const tokenRoutes: readonly Route[] = [
  { method: 'POST', path: PATH, open: grantToken },
  { method: 'DELETE', path: PATH, open: revokeToken },
];

/** Form-urlencoded client credentials (D:includes/_authentication.md). */
function grantToken({ world, account, request, now }: Knock): Answer {
  const form = formOf(request);
  if (form.get('grant_type') !== 'client_credentials') return problem(400, 'unsupported_grant_type');
  if (form.get('scope') !== 'general') return problem(400, 'invalid_scope');
  if (!account || account.faults.refuseCredentials) return problem(401, 'invalid_client');
  const { clientId, clientSecret } = hostawayOf(account).config;
  if (form.get('client_secret') !== clientSecret) return problem(401, 'invalid_client');
  const lifetime = account.faults.tokenLifetimeSeconds ?? LIFETIME_SECONDS;
  const expiresAt = now + lifetime * 1000;
  const text = jwtFor(world.tokenKey, { clientId, accountId: account.id, serial: ++world.tokensIssued, now, expiresAt });
  issueToken(world, account, 'access', text, { validFrom: now + VALID_AFTER_MS, expiresAt });
  return { status: 200, body: { token_type: 'Bearer', expires_in: lifetime, access_token: text } };
}

/** The answer is documented, also for a token that is not known (chosen). */
function revokeToken({ world, request }: Knock): Answer {
  const token = world.tokens.get(request.query.get('token') ?? '');
  if (token) token.revoked = true;
  return success([]);
}

/** Official text: HTTP 403, "access denied"; its body is NOT FOUND. */
const DENIED: Answer = fail(403, 'access denied');

/** NOT FOUND in official text beyond the 401; the form is RFC 6749's, §5.2. */
const problem = (status: number, error: string): Answer => ({ status, body: { error, message: 'Client authentication failed' } });
