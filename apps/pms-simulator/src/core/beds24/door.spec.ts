import { Beds24Spec, BEDS24 } from './spec-beds24.ts';

type Tokens = { token: string; expiresIn: number; refreshToken: string };
const refreshed = (spec: Beds24Spec): Tokens => spec.auth('token', { refreshtoken: BEDS24.refreshToken }).body as Tokens;
const use = (spec: Beds24Spec, token: string): number => spec.ask({ url: '/api/v2/properties', headers: { token } }).status;

describe('tokens', () => {
  it('come for a refresh token, which stays the same', () => {
    const spec = new Beds24Spec();
    const [one, other] = [refreshed(spec), refreshed(spec)];

    expect(one).toEqual({ token: expect.any(String) as string, expiresIn: 86_400, refreshToken: BEDS24.refreshToken });
    expect(one.token.length).toBe(160);
    expect([use(spec, one.token), use(spec, other.token), use(spec, 'nonsense')]).toEqual([200, 200, 401]);
  });

  it('end after expiresIn', () => {
    const spec = new Beds24Spec();
    spec.account.faults.tokenLifetimeSeconds = 60;
    const { token } = refreshed(spec);

    spec.now += 59_999;
    expect(use(spec, token)).toBe(200);
    spec.now += 1;
    expect(use(spec, token)).toBe(401);
  });

  it('cannot be had with a refresh token unused for 30 days, and each use begins the 30 days anew', () => {
    const spec = new Beds24Spec();
    const day = 86_400_000;

    spec.now += 29 * day;
    expect(refreshed(spec)).toHaveProperty('token');
    spec.now += 29 * day;
    expect(refreshed(spec)).toHaveProperty('token');
    spec.now += 30 * day;
    expect(spec.auth('token', { refreshtoken: BEDS24.refreshToken }).status).toBe(401);
  });

  it('come once for an invite code, within 24 h', () => {
    const spec = new Beds24Spec();

    expect(spec.auth('setup', { code: BEDS24.inviteCode })).toMatchObject({
      status: 200,
      body: { refreshToken: BEDS24.refreshToken },
    });
    expect(spec.auth('setup', { code: BEDS24.inviteCode }).status).toBe(400);
    const late = new Beds24Spec();
    late.now += 86_400_000;
    expect(late.auth('setup', { code: BEDS24.inviteCode }).status).toBe(400);
  });

  it('are all gone once the refresh token is deleted', () => {
    const spec = new Beds24Spec();
    const { token } = refreshed(spec);

    expect(spec.auth('token', { refreshtoken: BEDS24.refreshToken }, 'DELETE').status).toBe(200);
    expect([use(spec, token), spec.auth('token', { refreshtoken: BEDS24.refreshToken }).status]).toEqual([401, 401]);
  });

  it('of long life read only', () => {
    const spec = new Beds24Spec();
    const headers = { token: BEDS24.longLifeToken };

    expect(spec.ask({ url: '/api/v2/bookings', headers }).status).toBe(200);
    expect(spec.ask({ method: 'POST', url: '/api/v2/bookings', headers, body: '[]' }).status).toBe(403);
  });

  it('are told to be bad with 200', () => {
    expect(new Beds24Spec().auth('details', { token: 'nonsense' })).toMatchObject({ status: 200, body: { validToken: false } });
  });
});
