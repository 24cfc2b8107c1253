import { blockedBy, scopesOf, type Call } from './scopes.ts';

const LIMITS = [
  { scope: 'egress', limit: 15, windowMs: 10_000 },
  { scope: 'account', limit: 20, windowMs: 10_000 },
] as const;
const call: Call = {
  provider: 'hostaway',
  connection: 'c1',
  account: '10450',
  egress: 'a',
  lane: 'live',
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

  it('leaves room for the higher lane', () => {
    const limits = (lane: Call['lane']) => scopesOf(LIMITS, { ...call, lane }).map(({ limit }) => limit);
    expect(limits('live')).toEqual([15, 20, 1]);
    expect(limits('poll')).toEqual([10, 14, 1]);
    expect(limits('backfill')).toEqual([6, 8, 1]);
  });

  it('makes keys that are one token of a subject', () => {
    for (const key of keys({ egress: 'eu-1.nat', entity: 'a.b/ü>*' })) expect(key).toMatch(/^[A-Za-z0-9_=-]+$/);
  });

  it('blocks the account and not the address', () => {
    const scopes = scopesOf(LIMITS, call);
    expect(blockedBy(scopes, LIMITS)).toEqual([scopes[1]]);
  });
});
