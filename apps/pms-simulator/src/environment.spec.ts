import { parseEnvironment } from './environment.ts';

describe('parseEnvironment', () => {
  it('needs nothing', () => {
    expect(parseEnvironment({})).toMatchObject({ PORT: 4010, HOST: '127.0.0.1', SIMULATOR_RATE: 0, SIMULATOR_TIME_SCALE: 1 });
  });

  it('takes accounts as JSON, with what an account needs not say', () => {
    const SIMULATOR_ACCOUNTS = JSON.stringify([{ accountId: 10450, clientSecret: 's', listings: 3 }]);

    expect(parseEnvironment({ SIMULATOR_ACCOUNTS }).SIMULATOR_ACCOUNTS).toEqual([
      { provider: 'hostaway', accountId: 10450, clientId: '10450', clientSecret: 's', listings: 3, timeZone: 'Europe/Berlin' },
    ]);
  });

  it('says all problems at once, and where each is', () => {
    const parse = (): unknown =>
      parseEnvironment({
        ...{ PORT: 'many', SIMULATOR_RATE: '-1', SIMULATOR_ACCOUNTS_FILE: '/does/not/exist' },
        SIMULATOR_ACCOUNTS: JSON.stringify([
          {
            accountId: 1,
            clientSecret: 's',
            timeZone: 'Europe/Nowhere',
            internalWebhook: { url: 'http://x.invalid', key: 'plain' },
          },
        ]),
      });

    expect(parse).toThrow(/PORT/);
    expect(parse).toThrow(/SIMULATOR_RATE/);
    expect(parse).toThrow(/SIMULATOR_ACCOUNTS_FILE: cannot read/);
    expect(parse).toThrow(/SIMULATOR_ACCOUNTS\.0\.timeZone: expected an IANA time zone/);
    expect(parse).toThrow(/SIMULATOR_ACCOUNTS\.0\.internalWebhook\.key: expected whsec_/);
  });

  it('refuses one account twice', () => {
    const account = { accountId: 1, clientSecret: 's' };

    expect(() => parseEnvironment({ SIMULATOR_ACCOUNTS: JSON.stringify([account, account]) })).toThrow(/occurs twice/);
  });
});
