import fc from 'fast-check';
import { SMOOBU, SmoobuSpec } from './spec-smoobu.ts';

const ME = '/api/me';

describe('the door', () => {
  it('takes a signed request, once', () => {
    const spec = new SmoobuSpec();
    const request = spec.signed(ME);

    expect([spec.ask(request).status, spec.ask(request).status]).toEqual([200, 401]);
    spec.now += 299_000;
    expect(spec.ask(request).status).toBe(401);
  });

  it('lets a nonce be used after a request with it was refused for its signature', () => {
    const spec = new SmoobuSpec();
    const nonce = '550e8400-e29b-41d4-a716-446655440000';

    expect(spec.ask(spec.signed(ME, { nonce, secret: 'wrong' })).status).toBe(401);
    expect(spec.ask(spec.signed(ME, { nonce })).status).toBe(200);
  });

  it.each([-301, 301, -300, 300])('looks at the clock of a request that is %i s off', (seconds) => {
    const spec = new SmoobuSpec();
    const timestamp = new Date(spec.now + seconds * 1_000).toISOString();

    expect(spec.ask(spec.signed(ME, { timestamp })).status).toBe(Math.abs(seconds) > 300 ? 401 : 200);
  });

  it.each([
    ['the method', { method: 'POST' }],
    ['the path', { url: '/api/apartments' }],
    ['the query', { url: '/api/rates?page=2' }],
    ['the body', { body: '{}' }],
  ])('refuses when %s is another than was signed', (_, change) => {
    const spec = new SmoobuSpec();

    expect(spec.ask(spec.signed('/api/rates')).status).toBe(200);
    expect(spec.ask({ ...spec.signed('/api/rates'), ...change }).status).toBe(401);
  });

  it.each([
    ['x-timestamp', 'today'],
    ['x-nonce', '1'],
    ['x-signature', ''],
    ['x-api-key', 'another'],
    ['x-api-key', SMOOBU.legacyKey],
  ])('refuses %s: %s', (name, value) => {
    const spec = new SmoobuSpec();
    const request = spec.signed(ME);

    expect(spec.ask({ ...request, headers: { ...request.headers, [name]: value } }).status).toBe(401);
  });

  it.each([
    [true, 200],
    [false, 401],
  ])('takes the key alone: %s', (legacyKey, status) => {
    const spec = new SmoobuSpec({ readings: { legacyKey } });

    expect(spec.ask({ url: ME, headers: { 'api-key': SMOOBU.legacyKey } }).status).toBe(status);
    expect(spec.ask({ url: ME, headers: { 'api-key': SMOOBU.apiKey } }).status).toBe(401);
  });

  it('refuses keys that were revoked', () => {
    const spec = new SmoobuSpec();
    for (const token of spec.world.tokens.values()) token.revoked = true;

    expect([spec.call(ME).status, spec.ask({ url: ME, headers: { 'api-key': SMOOBU.legacyKey } }).status]).toEqual([401, 401]);
  });

  it('lets 1000 calls through in no matter which minute, and says what is left', () => {
    const headers = { 'api-key': SMOOBU.legacyKey };
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 99, arbitrary: fc.nat(60) }, fc.constantFrom(59_999, 60_000, 60_001)), {
          minLength: 1_200,
          maxLength: 1_800,
        }),
        (waits) => {
          const spec = new SmoobuSpec({ listings: 1 });
          const taken: number[] = [];
          let first = 0;
          for (const wait of waits) {
            spec.now += wait;
            while (first < taken.length && taken[first]! < spec.now - 60_000) first++;
            const had = taken.length - first;
            const { status, headers: told } = spec.ask({ url: ME, headers });
            expect(status).toBe(had < 1_000 ? 200 : 429);
            if (status === 200) taken.push(spec.now);
            expect(told).toMatchObject({
              'x-ratelimit-limit': '1000',
              'x-ratelimit-remaining': String(1_000 - taken.length + first),
            });
          }
          expect(spec.account.meter.refused).toBe(waits.length - taken.length);
        },
      ),
      { numRuns: 8 },
    );
  });

  it.each([
    ['epoch', (now: number): number => Math.ceil((now + 60_001) / 1_000)],
    ['seconds', (): number => 61],
  ] as const)('says when to come back as %s', (retryAfter, wanted) => {
    const spec = new SmoobuSpec({ readings: { retryAfter } });
    const headers = { 'api-key': SMOOBU.legacyKey };
    for (let call = 0; call < 1_000; call++) spec.ask({ url: ME, headers });

    expect(spec.ask({ url: ME, headers })).toMatchObject({
      status: 429,
      headers: { 'x-ratelimit-retry-after': String(wanted(spec.now)) },
    });
  });
});
