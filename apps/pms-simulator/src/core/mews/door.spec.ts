import fc from 'fast-check';
import { MewsSpec, TOKENS } from './spec-mews.ts';

const Limitation = { Count: 1 };
const unauthorized = { status: 401, body: { Message: 'Invalid AccessToken.' } };

describe('the door', () => {
  it.each([
    [{ AccessToken: 'another' }, 401],
    [{ ClientToken: 'another' }, 401],
    [{ AccessToken: undefined }, 401],
    [{}, 200],
  ])('takes the tokens from the body: %j gives %i', (tokens, status) => {
    expect(new MewsSpec().call('services/getAll', { Limitation, ...tokens }).status).toBe(status);
  });

  it.each(['expiresAt', 'revoked'] as const)('refuses a token that has ended (%s), until another is given', (how) => {
    const spec = new MewsSpec();
    Object.assign(spec.world.tokens.get(TOKENS.AccessToken)!, how === 'revoked' ? { revoked: true } : { expiresAt: 0 });

    expect(spec.call('services/getAll', { Limitation })).toMatchObject(unauthorized);
    spec.account.config = { ...spec.account.config, accessToken: 'renewed' } as typeof spec.account.config;
    spec.account.provider.renew(spec.world, spec.account, spec.now);
    expect(spec.call('services/getAll', { Limitation, AccessToken: 'renewed' }).status).toBe(200);
  });

  it.each([
    ['GET', 'services/getAll', '{}', 404],
    ['POST', 'Services/getAll', '{}', 404],
    ['POST', 'services/getAll/', '{}', 404],
    ['POST', 'services/getAll', '{', 400],
  ])('%s %s %s gives %i', (method, operation, body, status) => {
    const answer = new MewsSpec().ask({ method, url: `/api/connector/v1/${operation}`, body });

    expect(answer).toMatchObject({ status, body: { Message: expect.any(String) as string } });
  });

  it.each([
    ['reservations/getAll/2023-06-06', {}],
    ['reservations/getAll/2023-06-06', { Limitation: { Count: 1_001 } }],
    [
      'reservations/getAll/2023-06-06',
      { Limitation, UpdatedUtc: { StartUtc: '2027-01-01T00:00:00Z', EndUtc: '2027-04-01T00:00:01Z' } },
    ],
    ['reservations/getAll/2023-06-06', { Limitation, ReservationIds: Array<string>(1_001).fill('x') }],
    ['reservations/getAll/2023-06-06', { Limitation: { Count: 1, Cursor: 'nobody' } }],
    ['messages/getAll', { Limitation }],
    ['messageThreads/getAll', { Limitation }],
    ['tasks/getAll', { DepartmentIds: ['x'] }],
  ])('%s: %j is invalid', (operation, body) => {
    expect(new MewsSpec().call(operation, body)).toMatchObject({
      status: 400,
      body: { Message: expect.stringMatching(/^Invalid /) as string },
    });
  });

  it('lets 200 calls of a token through in no matter which 30 s, says when to come back, and counts what was refused', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 30, arbitrary: fc.nat(200) }, fc.constantFrom(29_999, 30_000, 30_001)), {
          minLength: 250,
          maxLength: 500,
        }),
        (waits) => {
          const spec = new MewsSpec();
          const taken: number[] = [];
          for (const wait of waits) {
            spec.now += wait;
            const had = taken.filter((at) => at >= spec.now - 30_000).length;
            const { status, headers } = spec.call('services/getAll', { Limitation });
            expect(status).toBe(had < 200 ? 200 : 429);
            if (status === 200) taken.push(spec.now);
            else expect(spec.now + Number(headers?.['retry-after']) * 1_000).toBeGreaterThan(taken.at(-200)! + 30_000);
          }
          expect(spec.account.meter).toMatchObject({ refused: waits.length - taken.length, limit: 200 });
        },
      ),
      { numRuns: 10 },
    );
  });

  it('need not say when to come back', () => {
    const spec = new MewsSpec({ readings: { retryAfter: false } });
    spec.account.faults.respond429 = 1;

    expect(spec.call('services/getAll', { Limitation }).headers).not.toHaveProperty('retry-after');
  });
});
