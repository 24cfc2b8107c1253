import { replaceSecret, SECRETS_VALID_MS_MAX, secretsInForce } from './webhook-secrets.ts';

const basic = (password: string) => ({ login: 'hook', password });

describe('webhook secrets', () => {
  it('keep the one before for the overlap, and no longer; the gateway is told how long', () => {
    const held = replaceSecret({ current: basic('a') }, basic('b'), 1_000, 90_000)!;
    expect(secretsInForce(held, 1_000)).toEqual({ secrets: [basic('b'), basic('a')], validForMs: SECRETS_VALID_MS_MAX });
    expect(secretsInForce(held, 90_000)).toEqual({ secrets: [basic('b'), basic('a')], validForMs: 1_000 });
    expect(secretsInForce(held, 91_000)).toEqual({ secrets: [basic('b')], validForMs: SECRETS_VALID_MS_MAX });
  });

  it('do not change when the current one is put again', () => {
    const held = replaceSecret({ current: basic('a') }, basic('b'), 1_000, 90_000)!;
    expect(replaceSecret(held, { password: 'b', login: 'hook' }, 2_000, 90_000)).toBeUndefined();
  });

  it('may change their kind', () => {
    expect(replaceSecret({ current: basic('a') }, { key: 'k' }, 0, 10)).toEqual({
      current: { key: 'k' },
      previous: { secret: basic('a'), until: 10 },
    });
  });
});
