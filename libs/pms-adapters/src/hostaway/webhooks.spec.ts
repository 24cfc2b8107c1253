import type { Registration, WantedWebhook } from '@roomwire/pms-port';
import { hostaway } from './adapter.ts';

const registry = hostaway.webhooks!;
const account = { account: '59808' };
const login = { login: 'roomwire', password: 'placeholder-one' };
const wanted: WantedWebhook = {
  url: 'https://roomwire.invalid/v1/webhooks/hostaway/c1',
  secret: login,
  isOurs: (url) => url.startsWith('https://roomwire.invalid/'),
};
const good: Registration = { id: '2', url: wanted.url, event: null, enabled: true };
const former: Registration = { ...good, id: '3', url: 'https://roomwire.invalid/former' };

const asked = (...registered: Registration[]) =>
  registry
    .ensureRequests(registered, wanted, account)
    .map(({ method, path, body }) => [method, path, body && (JSON.parse(body) as unknown)]);
const PATH = '/v1/webhooks/unifiedWebhooks';
const body = { isEnabled: 1, url: wanted.url, ...login };

describe('the webhook at hostaway', () => {
  it('is added with the login that it is to prove itself by', () => {
    expect(asked()).toEqual([['POST', PATH, body]]);
  });

  it('is enabled again, and sent to where we are now', () => {
    expect(asked({ ...good, enabled: false })).toEqual([['PUT', `${PATH}/2`, body]]);
    expect(asked(former)).toEqual([['PUT', `${PATH}/3`, body]]);
  });

  it('is one: a second one of ours would tell everything twice', () => {
    expect(asked(former, good)).toEqual([['DELETE', `${PATH}/3`, undefined]]);
    expect(asked(former, { ...former, id: '4' })).toEqual([
      ['PUT', `${PATH}/3`, body],
      ['DELETE', `${PATH}/4`, undefined],
    ]);
  });

  it('needs a login: nothing else of it would prove itself', () => {
    for (const secret of [null, { key: 'placeholder-key' }])
      expect(() => registry.ensureRequests([], { ...wanted, secret }, account)).toThrow('invalid-request');
  });
});
