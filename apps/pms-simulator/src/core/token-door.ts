import { fail, success, type Answer, type ApiRequest } from './answer.ts';
import { issueToken } from './tokens.ts';
import type { Account, World } from './world.ts';

export const TOKEN_PATH = '/v1/accessTokens';

/** Whose credentials are shown, right or wrong. */
export function claimant(world: World, request: ApiRequest): Account | undefined {
  const clientId = new URLSearchParams(request.body).get('client_id');
  return [...world.accounts.values()].find(({ config }) => config.clientId === clientId);
}

/** `POST /v1/accessTokens`, form-urlencoded client credentials (D:includes/_authentication.md). */
export function grantToken(world: World, account: Account | undefined, request: ApiRequest, now: number): Answer {
  const form = new URLSearchParams(request.body);
  if (form.get('grant_type') !== 'client_credentials') return refusal(400, 'unsupported_grant_type');
  if (form.get('scope') !== 'general') return refusal(400, 'invalid_scope');
  const right = account?.config.clientSecret === form.get('client_secret') && !account.faults.refuseCredentials;
  if (!account || !right) return refusal(401, 'invalid_client');
  const lifetime = account.faults.tokenLifetimeSeconds;
  const token = issueToken(world.tokenKey, account.config.clientId, account.id, ++world.tokensIssued, now, lifetime);
  world.tokens.set(token.text, token);
  return { status: 200, body: { token_type: 'Bearer', expires_in: lifetime, access_token: token.text } };
}

/** `DELETE /v1/accessTokens?token=`: the answer is documented, also for a token that is not known (chosen). */
export function revokeToken(world: World, request: ApiRequest): Answer {
  const token = world.tokens.get(request.query.get('token') ?? '');
  if (token) token.revoked = true;
  return success([]);
}

export const bearerOf = ({ authorization }: ApiRequest): string => /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';

/** Official text: HTTP 403, "access denied"; its body is NOT FOUND. */
export const DENIED: Answer = fail(403, 'access denied');

/** NOT FOUND in official text beyond the 401; the form is RFC 6749's, §5.2. */
const refusal = (status: number, error: string): Answer => ({ status, body: { error, message: 'Client authentication failed' } });
