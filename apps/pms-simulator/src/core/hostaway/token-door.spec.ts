import { SpecWorld } from '../spec-world.ts';

const tokenOf = (spec: SpecWorld): string => (spec.login().body as { access_token: string }).access_token;
const use = (spec: SpecWorld, token: string) => spec.ask({ url: '/v1/listings', authorization: `Bearer ${token}` });
const denied = { status: 403, body: { status: 'fail', result: 'access denied' } };

describe('access tokens', () => {
  it('are granted for client credentials, with the documented answer', () => {
    const { status, body } = new SpecWorld().login();

    expect({ status, body }).toEqual({
      status: 200,
      body: {
        token_type: 'Bearer',
        expires_in: 15_897_600,
        access_token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/) as string,
      },
    });
  });

  it.each([
    [401, { client_secret: 'wrong' }],
    [401, { client_id: '999' }],
    [400, { grant_type: 'password' }],
    [400, { scope: 'everything' }],
  ])('are refused with %i for %j', (status, form) => {
    expect(new SpecWorld().login(form).status).toBe(status);
  });

  it('are not valid before one second has passed', () => {
    const spec = new SpecWorld();
    const token = tokenOf(spec);

    expect(use(spec, token)).toMatchObject(denied);
    spec.now += 999;
    expect(use(spec, token)).toMatchObject(denied);
    spec.now += 1;
    expect(use(spec, token).status).toBe(200);
  });

  it('end when expires_in says, as the claims of the JWT do', () => {
    const spec = new SpecWorld();
    spec.account.faults.tokenLifetimeSeconds = 60;
    const token = tokenOf(spec);
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { iat: number; exp: number };

    expect(claims.exp - claims.iat).toBe(60);
    spec.now += 59_999;
    expect(use(spec, token).status).toBe(200);
    spec.now += 1;
    expect(use(spec, token)).toMatchObject(denied);
  });

  it('end when they are revoked; others go on', () => {
    const spec = new SpecWorld();
    const [one, other] = [tokenOf(spec), tokenOf(spec)];
    spec.now += 1_000;

    const revoked = spec.ask({ method: 'DELETE', url: `/v1/accessTokens?token=${one}` });

    expect(revoked).toMatchObject({ status: 200, body: { status: 'success', result: [] } });
    expect(use(spec, one)).toMatchObject(denied);
    expect(use(spec, other).status).toBe(200);
  });

  it.each([undefined, 'Bearer ', 'Bearer nonsense', 'Basic eDp5'])('are wanted by every other path (%s)', (authorization) => {
    expect(new SpecWorld().ask({ url: '/v1/reservations', authorization })).toMatchObject(denied);
  });
});
