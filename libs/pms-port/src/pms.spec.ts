import type { GrantOperations, PmsAdapter } from './adapter.ts';
import { PmsError } from './error.ts';
import { pms } from './pms.ts';

const adapter: PmsAdapter = {
  provider: 'memory',
  mapping: 1,
  capabilities: { webhooks: true, webhookAuth: 'basic', pushes: [], reads: ['unit'], token: 'client-credentials' },
  clocks: {},
  limits: [],
  baseUrl: 'http://provider.invalid',
  admit: ({ body }) => ({ kind: 'genuine', body }),
  decode: () => ({ tellings: [], hints: [], rejects: [], ignored: ['all of it'] }),
  readRequest: ({ entities }) => ({ operation: 'unit', method: 'GET', path: entities[0]!, ids: [...entities] }),
  token: {
    kind: 'client-credentials',
    credentialFields: ['user', 'word'],
    grantRequest: (credentials) => ({ method: 'POST', path: '/token', headers: {}, body: JSON.stringify(credentials) }),
    grantAnswer: (body) => ({ accessToken: (body as { token: string }).token, expiresInMs: 60_000, usableAfterMs: 0 }),
  },
  errorCode: () => 'credential-rejected',
};
const request = { headers: {}, query: {}, body: new Uint8Array([1]) };
const secret = { login: 'a', password: 'b' };

describe('the portable PMS', () => {
  it('admits nobody where there is no secret, or no webhook', () => {
    const silent: PmsAdapter = { ...adapter, capabilities: { ...adapter.capabilities, webhooks: false } };
    const open: PmsAdapter = { ...adapter, capabilities: { ...adapter.capabilities, webhookAuth: 'none' } };

    expect(pms(adapter).admit(request, [secret], 0).kind).toBe('genuine');
    expect(pms(adapter).admit(request, [], 0).kind).toBe('forged');
    expect(pms(silent).admit(request, [secret], 0).kind).toBe('forged');
    expect(pms(open).admit(request, [], 0).kind).toBe('genuine');
  });

  it('plans no read that leaves the provider, or of a kind that is not read', () => {
    const plan = (kind: 'unit' | 'task', entity: string) => () =>
      pms(adapter).readRequest({ kind, entities: [entity] }, { account: null });

    expect(plan('unit', '/units/1')().path).toBe('/units/1');
    for (const refused of [plan('task', '/units/1'), plan('unit', 'https://elsewhere.invalid/'), plan('unit', '/../x')])
      expect(refused).toThrow(PmsError);
  });

  it('makes an error of what an adapter throws while planning', () => {
    const throwing: PmsAdapter = {
      ...adapter,
      readRequest: () => {
        throw new RangeError('a secret');
      },
    };

    expect(() => pms(throwing).readRequest({ kind: 'unit', entities: ['1'] }, { account: null })).toThrow(
      /^memory read-unit: invalid-request, RangeError in \S+$/,
    );
  });

  it('asks for a token in one call', async () => {
    const granted = (fetch: typeof globalThis.fetch, credentials: Record<string, string>) =>
      pms(adapter).grant(credentials, { baseUrl: null, deadlineMs: 1_000, fetch });
    const credentials = { user: 'placeholder-user', word: 'placeholder-word' };

    await expect(granted(async () => Response.json({ token: 't' }), credentials)).resolves.toMatchObject({ accessToken: 't' });
    await expect(granted(async () => Response.json({ token: '' }), credentials)).rejects.toMatchObject({
      code: 'malformed-answer',
    });
    await expect(granted(async () => Response.json({}), { user: 'u' })).rejects.toThrow(
      'memory token: invalid-request, credentials lack word',
    );
    const echo: typeof globalThis.fetch = async (_url, init) => new Response(init!.body, { status: 401 });
    const error: unknown = await granted(echo, credentials).catch((caught: unknown) => caught);
    expect(String(error)).toMatch(/credential-rejected/);
    expect(String(error)).not.toContain('placeholder-');
  });

  it('lets an answer change a rotating refresh token, and nothing else of what is stored', async () => {
    const granted = (kind: GrantOperations['kind'], next: Record<string, string>) => {
      const token = { ...(adapter.token as GrantOperations), kind };
      const grantAnswer = () => ({ accessToken: 't', expiresInMs: 1, usableAfterMs: 0, next });
      const fetch = async () => Response.json({});
      return pms({ ...adapter, token: { ...token, grantAnswer } })
        .grant({ user: 'u', word: 'w' }, { baseUrl: null, deadlineMs: 1_000, fetch })
        .catch((error: PmsError) => error.code);
    };

    expect(await granted('rotating-refresh-token', { word: 'w2' })).toMatchObject({ next: { word: 'w2' } });
    for (const next of [{ word: '' }, { other: 'x' }])
      expect(await granted('rotating-refresh-token', next)).toBe('malformed-answer');
    for (const kind of ['client-credentials', 'kept-refresh-token'] as const)
      expect(await granted(kind, { word: 'w2' })).toBe('malformed-answer');
  });

  it('says what is to be signed only of requests that are signed, with the whole path', () => {
    const signing: PmsAdapter = {
      ...adapter,
      token: { kind: 'request-signing', credentialFields: [], sign: () => ({}) },
    };
    const read = { operation: 'unit', method: 'GET', path: '/units/1?a=b' };
    const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

    expect(pms(adapter).toSign(read, null)).toBeUndefined();
    expect(pms(signing).toSign(read, 'http://provider.invalid/base')).toEqual({
      ...{ method: 'GET', path: '/base/units/1?a=b', bodySha256: nothing },
    });
    expect(pms(signing).toSign({ ...read, body: 'x' }, null)?.bodySha256).not.toBe(nothing);
  });
});
