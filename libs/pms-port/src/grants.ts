import type { Credentials, GrantOperations, HttpRequest, PmsAdapter, TokenGrant } from './adapter.ts';
import { parseJson } from './bytes.ts';
import { join, type Answer, type CallRequest } from './call.ts';
import { PmsError } from './error.ts';

const operation = 'token';

/** One call at the provider. `secrets`: what no error may show. */
type Ask = (request: CallRequest, secrets: string[]) => Promise<Answer>;

/** Asks for an access token with what the credentials hold. */
export async function grant(adapter: PmsAdapter, credentials: Credentials, ask: Ask): Promise<TokenGrant> {
  const token = operationsOf(adapter);
  require(adapter, credentials, token.credentialFields);
  const mayChange = token.kind === 'rotating-refresh-token' ? token.credentialFields : [];
  return answerOf(adapter, token.grantRequest(credentials), { secrets: Object.values(credentials), mayChange }, ask);
}

export type Agreement = { code: string; redirectUri: string };

/** Exchanges what a person brought back from the provider for a token, and for what the credentials lacked. */
export async function redeem(
  adapter: PmsAdapter,
  credentials: Credentials,
  { code, redirectUri }: Agreement,
  ask: Ask,
): Promise<TokenGrant> {
  const token = operationsOf(adapter);
  const codeGrant = codeGrantOf(adapter);
  require(adapter, credentials, codeGrant.applicationFields);
  const mayChange = token.credentialFields.filter((field) => !codeGrant.applicationFields.includes(field));
  const secrets = [...Object.values(credentials), code];
  const granted = await answerOf(adapter, codeGrant.codeRequest(credentials, code, redirectUri), { secrets, mayChange }, ask);
  const lacking = mayChange.filter((field) => !granted.next?.[field]);
  if (lacking.length > 0) throw failed(adapter, 'malformed-answer', `the answer has no ${lacking.join(', ')}`);
  return granted;
}

/** Where a person agrees. Absolute; `baseUrl` null: the provider's own. */
export function agreementUrl(
  adapter: PmsAdapter,
  credentials: Credentials,
  at: { state: string; redirectUri: string; baseUrl: string | null },
): string {
  const codeGrant = codeGrantOf(adapter);
  require(adapter, credentials, codeGrant.applicationFields);
  const url = join(at.baseUrl ?? adapter.baseUrl, codeGrant.agreementPath(credentials, at.state, at.redirectUri));
  if (!url) throw failed(adapter, 'invalid-request', 'the address is not relative to the provider');
  return url;
}

type Rules = { secrets: string[]; mayChange: readonly string[] };

async function answerOf(adapter: PmsAdapter, request: HttpRequest, rules: Rules, ask: Ask): Promise<TokenGrant> {
  const answer = await ask({ operation, ...request }, rules.secrets);
  const granted = operationsOf(adapter).grantAnswer(parseJson(answer.bytes));
  if (!granted.accessToken || !(granted.expiresInMs > 0))
    throw failed(adapter, 'malformed-answer', 'no usable token in the answer');
  if (Object.entries(granted.next ?? {}).some(([field, value]) => !rules.mayChange.includes(field) || !value))
    throw failed(adapter, 'malformed-answer', 'the answer changes what it may not');
  return granted;
}

function operationsOf(adapter: PmsAdapter): GrantOperations {
  const { token } = adapter;
  if (!token || !('grantRequest' in token)) throw failed(adapter, 'invalid-request', 'this provider has no access tokens');
  return token;
}

function codeGrantOf(adapter: PmsAdapter): NonNullable<GrantOperations['codeGrant']> {
  const { codeGrant } = operationsOf(adapter);
  if (!codeGrant) throw failed(adapter, 'invalid-request', 'nobody can agree to this provider in a browser');
  return codeGrant;
}

function require(adapter: PmsAdapter, credentials: Credentials, fields: readonly string[]): void {
  const missing = fields.filter((field) => !credentials[field]);
  if (missing.length > 0) throw failed(adapter, 'invalid-request', `credentials lack ${missing.join(', ')}`);
}

function failed({ provider }: PmsAdapter, code: 'invalid-request' | 'malformed-answer', detail: string): PmsError {
  return new PmsError(code, { provider, operation, detail });
}
