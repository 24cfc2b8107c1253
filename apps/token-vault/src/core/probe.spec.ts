import { PMS_ERROR_CODES, type PmsErrorCode } from '@roomwire/pms-port';
import { newEntry } from './entry.ts';
import { opinionOf, outcomeOf } from './probe.ts';

const codes = Object.keys(PMS_ERROR_CODES) as PmsErrorCode[];

describe('opinionOf', () => {
  it('is a refusal only where the provider has understood who asks', () => {
    const refused = codes.filter((code) => opinionOf({ code }).kind === 'refused');
    expect(refused).toEqual(['credential-expired', 'credential-rejected', 'forbidden']);
    expect(opinionOf({ code: 'rate-limited', retryAfterMs: 7_000 })).toEqual({
      ...{ kind: 'unknown', code: 'rate-limited', retryAfterMs: 7_000 },
    });
  });
});

describe('outcomeOf', () => {
  const held = { ...newEntry({ id: 'c1', tenant: 't1', provider: 'mews' }), token: 'rw1.t', lease: 5 };

  it('goes by what is stored, and by what the provider said where that is as it was', () => {
    expect(outcomeOf(undefined, 5)).toBe('unknown');
    expect(outcomeOf(held, 5)).toBe('unknown');
    expect(outcomeOf(held, 5, { kind: 'accepted' })).toBe('accepted');
    expect(outcomeOf(held, 4, { kind: 'accepted' })).toBe('renewed');
    expect(outcomeOf({ ...held, token: null }, 4)).toBe('unknown');
    expect(outcomeOf({ ...held, state: 'lapsed', token: null }, 5)).toBe('lapsed');
    // On trial there is something to be had.
    expect(outcomeOf({ ...held, state: 'lapsed' }, 4)).toBe('renewed');
  });
});
