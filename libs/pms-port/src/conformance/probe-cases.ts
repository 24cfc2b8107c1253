import type { PmsAdapter, Proof, ToSign } from '../adapter.ts';
import { pms } from '../pms.ts';
import type { AdapterHarness } from './harness.ts';

const TOKEN = 'conformance-access-token-0123456789';
const BASE = 'http://provider.invalid/base';

export function probeCases({ adapter, token, probe }: AdapterHarness): void {
  const { credentials } = token!;
  const { accepted, refused } = probe!;
  const asked: { url: URL; init: RequestInit }[] = [];
  const ask = (status: number, body: unknown) =>
    pms(adapter).probe((toSign) => proofOf(adapter, credentials, toSign), {
      ...{ baseUrl: BASE, deadlineMs: 1_000 },
      fetch: async (url, init) => {
        asked.push({ url: new URL(url as string), init: init! });
        return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
      },
    });

  it('asks one thing of the provider, with the credentials, and of every connection the same', async () => {
    await ask(200, accepted);
    const [{ url, init }] = asked.splice(0) as [(typeof asked)[0]];
    expect(url.href.startsWith(`${BASE}/`)).toBe(true);
    expect(init.method).toBe(adapter.probe!.method);
    const proof = proofOf(adapter, credentials, undefined);
    const shown = proof.kind === 'token' ? [proof.accessToken] : Object.values(proof.kind === 'fields' ? proof.fields : {});
    for (const secret of shown) expect(JSON.stringify([init.headers, init.body])).toContain(secret);
    if (proof.kind === 'signature')
      expect(Object.keys(init.headers!)).toEqual(expect.arrayContaining(Object.keys(proof.headers)));
  });

  it('takes the provider’s yes for one', async () => {
    await expect(ask(200, accepted)).resolves.toBe(true);
  });

  it('knows the provider’s no, and takes nothing else for one', async () => {
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, body } of refused)
      await expect(ask(status, body)).rejects.toMatchObject({ operation: 'probe', code: 'credential-expired' });
    for (const status of [429, 500, 503]) await expect(ask(status, '')).rejects.not.toMatchObject({ code: 'credential-expired' });
  });
}

function proofOf({ token }: PmsAdapter, credentials: Record<string, string>, toSign: ToSign | undefined): Proof {
  if (token!.kind === 'static-fields') return { kind: 'fields', fields: token!.fields(credentials) };
  if (token!.kind !== 'request-signing') return { kind: 'token', accessToken: TOKEN };
  const moment = { at: '2030-01-01T00:00:00.000Z', nonce: '7f1c2a44-0c5e-4d59-9f6d-2f8a5b1f0c11' };
  const request = toSign ?? { method: 'GET', path: '/', bodySha256: '0'.repeat(64) };
  return { kind: 'signature', headers: token!.sign(credentials, request, moment) };
}
