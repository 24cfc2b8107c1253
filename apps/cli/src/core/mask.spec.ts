import { maskSecrets } from './mask.ts';

describe('maskSecrets', () => {
  it('masks what stands under a secret’s name, at any depth', () => {
    const deep = { a: [{ b: { c: { d: { e: { f: { clientSecret: 's', note: 'n' } } } } } }] };

    expect(JSON.stringify(maskSecrets(deep))).toBe(
      '{"a":[{"b":{"c":{"d":{"e":{"f":{"clientSecret":"[masked]","note":"n"}}}}}}]}',
    );
  });

  it.each([
    'password',
    'Authorization',
    'access_token',
    'apiKey',
    'api-key',
    'X-Signature',
    'cookie',
    'doorCode',
    'key',
    'refreshToken',
    'cardNumber',
  ])('masks %s', (name) => {
    expect(maskSecrets({ [name]: 'hunter2' })).toEqual({ [name]: '[masked]' });
  });

  it.each(['keyspace', 'guest', 'listingMapId', 'passengers'])('lets %s be read', (name) => {
    expect(maskSecrets({ [name]: 'x' })).toEqual({ [name]: 'x' });
  });

  it('shows that a secret is not there', () => {
    expect(maskSecrets({ password: null, token: '', hasSecret: true })).toEqual({ password: null, token: '', hasSecret: true });
  });

  it('masks what stands under a secret’s name although it is an object, and credentials in addresses', () => {
    expect(maskSecrets({ credentials: { id: 1 }, url: 'https://u:p@example.org/x' })).toEqual({
      credentials: '[masked]',
      url: 'https://[masked]@example.org/x',
    });
  });
});
