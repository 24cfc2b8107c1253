import fc from 'fast-check';
import { CLOUDBEDS, CloudbedsSpec } from './spec-cloudbeds.ts';

type Tokens = { access_token: string; refresh_token: string; expires_in: number };
const DAY = 86_400_000;
const use = (spec: CloudbedsSpec, token: string): number =>
  spec.ask({ url: '/api/v1.3/userinfo', headers: { authorization: `Bearer ${token}` } }).status;
const refresh = (spec: CloudbedsSpec, refresh_token: string): { status: number; body: Tokens } =>
  spec.grant({ grant_type: 'refresh_token', refresh_token }) as unknown as { status: number; body: Tokens };
const login = (spec: CloudbedsSpec): Tokens => spec.grant({ grant_type: 'authorization_code', code: spec.code() }).body as Tokens;

describe('OAuth', () => {
  it('takes a code once, and for ten minutes', () => {
    const spec = new CloudbedsSpec();
    const [code, late] = [spec.code(), spec.code()];
    const grant = (one: string): number => spec.grant({ grant_type: 'authorization_code', code: one }).status;

    expect([grant(code), grant(code)]).toEqual([200, 401]);
    spec.now += 600_000;
    expect(grant(late)).toBe(401);
  });

  it('ends an access token after eight hours', () => {
    const spec = new CloudbedsSpec();
    const { access_token, expires_in } = login(spec);

    expect(expires_in).toBe(28_800);
    spec.now += 28_799_999;
    expect(use(spec, access_token)).toBe(200);
    spec.now += 1;
    expect(use(spec, access_token)).toBe(401);
  });

  it.each([
    [{}, 400],
    [{ oldRefreshDies: false }, 200],
    [{ rotates: false }, 200],
  ])('with %j an old refresh token gives %i', (readings, status) => {
    const spec = new CloudbedsSpec({ readings });
    const { refresh_token } = login(spec);
    const next = refresh(spec, refresh_token).body;

    expect(next.refresh_token === refresh_token).toBe('rotates' in readings);
    expect(refresh(spec, refresh_token).status).toBe(status);
    expect(refresh(spec, next.refresh_token).status).toBe(200);
    expect(use(spec, next.access_token)).toBe(200);
  });

  it('exchanges a refresh token for a key, which dies when the old token is used again', () => {
    const spec = new CloudbedsSpec();
    const { refresh_token } = login(spec);
    const { access_token: key } = spec.grant({ grant_type: 'refresh_token_exchange', refresh_token }).body as Tokens;

    expect(key).toMatch(/^cbat_/);
    expect(use(spec, key)).toBe(200);
    expect(refresh(spec, refresh_token).status).toBe(400);
    expect(use(spec, key)).toBe(401);
  });

  it.each([
    [{ client_secret: 'wrong' }, 401],
    [{ client_id: 'nobody' }, 401],
    [{ redirect_uri: 'http://elsewhere.invalid/' }, 401],
    [{ grant_type: 'password' }, 400],
  ])('refuses %j', (form, status) => {
    const spec = new CloudbedsSpec();

    expect(spec.grant({ grant_type: 'authorization_code', code: spec.code(), ...form }).status).toBe(status);
  });
});

describe('the door', () => {
  it('takes a key in either header until it has been unused for 30 days', () => {
    const spec = new CloudbedsSpec();
    for (const _ of [1, 2]) {
      spec.now += 29 * DAY;
      expect(spec.call('getHotels').status).toBe(200);
    }
    expect(use(spec, CLOUDBEDS.apiKey)).toBe(200);
    spec.now += 30 * DAY;
    expect(spec.call('getHotels').status).toBe(401);
  });

  it('fails with 200 for the property of somebody else', () => {
    const spec = new CloudbedsSpec();

    for (const path of ['getReservations', 'getRooms', 'getHousekeepingStatus', 'getRoomBlocks'])
      expect(spec.call(`${path}?propertyID=1`)).toMatchObject({
        status: 200,
        body: { success: false, message: expect.stringMatching(/^None of the/) as string },
      });
    expect(spec.read(`getRooms?propertyIDs=${spec.property}`)).toHaveLength(1);
  });

  it.each([5, 10])('lets %i calls through in no matter which second', (callsPerSecond) => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 4, arbitrary: fc.nat(150) }, fc.constantFrom(999, 1_000, 1_001)), { minLength: 100 }),
        (waits) => {
          const spec = new CloudbedsSpec({ callsPerSecond, listings: 1 });
          const taken: number[] = [];
          for (const wait of waits) {
            spec.now += wait;
            const had = taken.filter((at) => at >= spec.now - 1_000).length;
            const { status } = spec.call('getHotels');
            expect(status).toBe(had < callsPerSecond ? 200 : 429);
            if (status === 200) taken.push(spec.now);
          }
          expect(spec.account.meter).toMatchObject({ refused: waits.length - taken.length, limit: callsPerSecond });
          expect(spec.account.meter.highest).toBeLessThanOrEqual(callsPerSecond);
        },
      ),
      { numRuns: 20 },
    );
  });
});
