import type { AccountRequest } from './account-config.ts';
import { accountConfig } from './account-config.ts';
import { actCommand, type ActRequest } from './act-command.ts';
import { isRefused } from './act-scene.ts';
import { answer, type Answered } from './door.ts';
import { perform, type Performed } from './perform.ts';
import type { ApiRequest } from './request.ts';
import { addAccount } from './seed-account.ts';
import { emptyWorld, type Account, type World } from './world.ts';

/** For the specs of this folder: a world that stands still until a spec moves `now`. */
export const NOON = Date.UTC(2027, 0, 11, 12);
export const TODAY = '2027-01-11';

export const ACCOUNT: AccountRequest = { accountId: 10450, clientSecret: 'right', listings: 4, timeZone: 'Europe/Berlin' };
export const HOOKS = {
  webhook: { url: 'http://receiver.invalid/hostaway', login: 'roomwire', password: 'open sesame' },
  internalWebhook: { url: 'http://receiver.invalid/internal', key: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
};

export type Asked = Partial<ApiRequest> & { url: string; authorization?: string | undefined };

type Said = Record<string, unknown> & { provider?: AccountRequest['provider'] };

export class SpecWorld {
  readonly world: World;
  readonly account: Account;
  now = NOON;
  #token: string | undefined;
  #calls = 0;

  constructor(more: Said = {}, seed = 'spec') {
    this.world = emptyWorld({ seed, tokenKey: 'a key of the spec' });
    this.account = this.add(more);
  }

  add(more: Said): Account {
    const { provider = 'hostaway' } = more;
    const { clientSecret: _, ...place } = ACCOUNT as AccountRequest & { clientSecret: string };
    return addAccount(this.world, accountConfig.parse({ ...(provider === 'hostaway' ? ACCOUNT : place), ...more }), this.now);
  }

  /** Straight to the API. */
  ask(more: Asked): Answered {
    const { url, authorization, headers = {}, ...said } = more;
    const { pathname: path, searchParams: query } = new URL(url, 'http://spec');
    const request = { method: 'GET', path, query, address: 'spec', body: '', ...said, headers: { authorization, ...headers } };
    return answer(this.world, request, this.now);
  }

  /** To Hostaway's. */
  login(form: Record<string, string> = {}): Answered {
    const fields = { grant_type: 'client_credentials', client_id: '10450', client_secret: 'right', scope: 'general', ...form };
    return this.ask({ method: 'POST', url: '/v1/accessTokens', body: new URLSearchParams(fields).toString() });
  }

  /** With a token that is good, from ever new addresses and no faster than the account's limit. */
  get<T = unknown>(url: string, more: Partial<Asked> = {}): { status: number; result: T; count: number } {
    if (this.#token === undefined) {
      this.#token = (this.login().body as { access_token: string }).access_token;
      this.now += 1_000;
    }
    if (++this.#calls % 15 === 0) this.now += 10_001;
    const { status, body } = this.ask({ url, authorization: `Bearer ${this.#token}`, address: `spec ${this.#calls}`, ...more });
    return { status, ...(body as { result: T; count: number }) };
  }

  /** Performs an act that must be possible. */
  act(command: ActRequest): Performed {
    const outcome = this.tryAct(command);
    if (isRefused(outcome)) throw new Error(`${command.act}: ${outcome.refused}`);
    return outcome;
  }

  tryAct(command: ActRequest): ReturnType<typeof perform> {
    return perform(this.world, this.account, actCommand.parse(command), this.now, 'request');
  }
}
