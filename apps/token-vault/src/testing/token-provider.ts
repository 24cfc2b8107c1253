import { httpSink, type HttpSink, type SinkAnswer, type SinkRequest } from '@roomwire/testkit';

type Account = {
  refreshToken: string;
  /** Still good where there is a grace. */
  previous: string | undefined;
  grace: boolean;
  /** What is told of an access token's life, seconds. */
  lifeSeconds: number;
  /** Requests for a token that arrived, and those that rotated. */
  asked: number;
  rotated: number;
  refused: number;
  /** Codes that a person was sent back with, each good once: where to. */
  codes: Map<string, string>;
  /** Every refresh token that it ever gave. */
  given: string[];
};
export type Rotating = { account: string; refreshToken: string };

const refusal: SinkAnswer = { status: 401, body: { error: 'invalid_request', message: 'The refresh token is invalid.' } };

const deadCode: SinkAnswer = {
  status: 401,
  body: { error: 'server_error', error_description: 'The authorization code is invalid or has expired.' },
};

/** Where Cloudbeds, Smoobu and Mews are asked. */
const PROBES = ['/userinfo', '/api/me', '/configuration/get'];

/** Token endpoints over HTTP: rotating refresh tokens, strict or with a grace for the one before, and kept ones. */
export class TokenProvider implements AsyncDisposable {
  private readonly accounts = new Map<string, Account>();
  private made = 0;
  /** Holds an answer back after what it does was done. */
  hold: (account: string) => Promise<void> = async () => undefined;
  /** In place of an answer; before anything is done. */
  fail: SinkAnswer | undefined;
  /** What it thinks of whatever lease it is asked about, of which it knows nothing. */
  thinks: SinkAnswer = { status: 200, body: {} };

  private constructor(private readonly sink: HttpSink) {}

  static async start(): Promise<TokenProvider> {
    const sink = await httpSink();
    const provider = new TokenProvider(sink);
    sink.otherwise = (request) => provider.answer(request);
    return provider;
  }

  get url(): string {
    return this.sink.url;
  }

  /** A new account, and its first refresh token. */
  open({ grace = false, lifeSeconds = 28_800 } = {}): Rotating {
    const account = `account-${++this.made}`;
    const refreshToken = `planted-refresh-${account}-0`;
    const nothing = { asked: 0, rotated: 0, refused: 0, previous: undefined };
    this.accounts.set(account, { refreshToken, grace, lifeSeconds, given: [refreshToken], codes: new Map(), ...nothing });
    return { account, refreshToken };
  }

  /** A person follows the address that they were given, agrees, and is sent back: with what query. */
  agree(url: string): URLSearchParams {
    const asked = new URL(url).searchParams;
    const account = this.accounts.get(asked.get('client_id') ?? '')!;
    const code = `planted-code-${++this.made}`;
    account.codes.set(code, asked.get('redirect_uri')!);
    return new URLSearchParams({ code, state: asked.get('state')! });
  }

  of(account: string): Account {
    return this.accounts.get(account)!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sink[Symbol.asyncDispose]();
  }

  private async answer(request: SinkRequest): Promise<SinkAnswer> {
    if (request.path === '/authentication/token') return this.kept(String(request.headers['refreshtoken']));
    if (PROBES.some((path) => request.path.endsWith(path))) return this.thinks;
    const form = new URLSearchParams(request.body.toString());
    const name = form.get('client_id') ?? '';
    const account = this.accounts.get(name);
    if (request.path !== '/access_token' || !account) return refusal;
    account.asked++;
    const answer = this.fail ?? this.granted(name, account, form);
    await this.hold(name);
    return answer;
  }

  private granted(name: string, account: Account, form: URLSearchParams): SinkAnswer {
    if (form.get('grant_type') !== 'authorization_code') return rotate(name, account, form.get('refresh_token') ?? '');
    const code = form.get('code') ?? '';
    const redirectUri = account.codes.get(code);
    account.codes.delete(code);
    if (redirectUri === undefined || redirectUri !== form.get('redirect_uri')) return deadCode;
    return rotate(name, account, account.refreshToken);
  }

  private kept(refreshToken: string): SinkAnswer {
    const [name, account] = [...this.accounts].find(([, each]) => each.refreshToken === refreshToken) ?? [];
    if (!name || !account) return { status: 401, body: { success: false } };
    account.asked++;
    return this.fail ?? { status: 200, body: { token: `access-${name}-${account.asked}`, expiresIn: account.lifeSeconds } };
  }
}

function rotate(name: string, account: Account, shown: string): SinkAnswer {
  if (shown !== account.refreshToken && !(account.grace && shown === account.previous)) {
    account.refused++;
    return refusal;
  }
  account.previous = account.refreshToken;
  account.refreshToken = `planted-refresh-${name}-${++account.rotated}`;
  account.given.push(account.refreshToken);
  const access_token = `access-${name}-${account.rotated}`;
  const body = { access_token, token_type: 'Bearer', expires_in: account.lifeSeconds, refresh_token: account.refreshToken };
  return { status: 200, body };
}
