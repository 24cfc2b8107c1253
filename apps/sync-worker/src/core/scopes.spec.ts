import { blockedBy, type Limit } from '@roomwire/pms-port';
import { scopesOf, type Call } from './scopes.ts';

const LIMITS = [
  { scope: 'egress', limit: 15, windowMs: 10_000 },
  { scope: 'account', limit: 20, windowMs: 10_000 },
] as const;
const CREDITS: Limit = { scope: 'account', limit: 100, windowMs: 300_000, unit: 'credits' };
const call: Call = {
  provider: 'hostaway',
  connection: 'c1',
  account: '10450',
  egress: 'a',
  kind: 'reservation',
  entity: '7',
};
const keys = (more: Partial<Call>) => scopesOf(LIMITS, { ...call, ...more }).map(({ key }) => key);

describe('scopesOf', () => {
  it('shares the address with all who leave by it, the account with all connections to it, and the entity with nobody', () => {
    expect(keys({ connection: 'c2', entity: '8' }).slice(0, 2)).toEqual(keys({}).slice(0, 2));
    expect(keys({ egress: 'b' })[0]).not.toBe(keys({})[0]);
    expect(keys({ account: '2' })[1]).not.toBe(keys({})[1]);
    expect(keys({ provider: 'mews' }).filter((key) => keys({}).includes(key))).toEqual([]);
    expect(keys({ connection: 'c2' })[2]).not.toBe(keys({})[2]);
  });

  it('counts a connection without an account as an account of its own', () => {
    expect(keys({ account: null })[1]).not.toBe(keys({ account: null, connection: 'c2' })[1]);
  });

  it('knows which bucket an answer’s headers speak of: that of the credits, else not the address', () => {
    const told = (limits: readonly Limit[]) => scopesOf(limits, call).map((scope) => scope.told ?? false);
    expect(told(LIMITS)).toEqual([false, true, false]);
    expect(told([{ scope: 'token', limit: 5, windowMs: 1_000 }, CREDITS])).toEqual([false, true, false]);
  });

  it('assumes a price where calls have one, and none elsewhere', () => {
    const costs = (...limits: Limit[]) => scopesOf(limits, call).map((scope) => scope.costs);
    expect(costs(...LIMITS, CREDITS)).toEqual([undefined, undefined, 2, undefined]);
    expect(costs({ ...CREDITS, dearest: 1.6 })).toEqual([1.6, undefined]);
  });

  it('makes keys that are one token of a subject', () => {
    for (const key of keys({ egress: 'eu-1.nat', entity: 'a.b/ü>*' })) expect(key).toMatch(/^[A-Za-z0-9_=-]+$/);
  });

  it('blocks the account and not the address', () => {
    const scopes = scopesOf(LIMITS, call);
    expect(blockedBy(scopes, LIMITS)).toEqual([scopes[1]]);
  });
});
