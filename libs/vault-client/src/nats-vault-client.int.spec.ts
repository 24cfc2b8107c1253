import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { natsServer, type NatsServer } from '@roomwire/testkit';
import { natsVaultClient } from './nats-vault-client.ts';
import { VaultError } from './vault-client.ts';

const whose = { tenant: 't1', connection: 'c1' };
const credentials = { clientSecret: 'planted-secret-value' };
type Request = { pattern: string; data: unknown; id: string };

describe('natsVaultClient', () => {
  let server: NatsServer;
  let nc: NatsConnection;

  beforeAll(async () => {
    server = await natsServer();
    nc = await connect({ servers: server.url });
  });
  afterAll(async () => {
    await nc.close();
    await server[Symbol.asyncDispose]();
  });

  /** Answers as Nest's transport does: the request's id, the value under `response`. */
  function vault(subject: string, answer: (request: Request) => unknown) {
    const seen: Request[] = [];
    const subscription = nc.subscribe(subject, {
      callback: (_error, message) => {
        const request = message.json<Request>();
        seen.push(request);
        message.respond(JSON.stringify(answer(request)));
      },
    });
    return { seen, [Symbol.dispose]: () => subscription.unsubscribe() };
  }

  it('speaks Nest’s wire format under its own name, and reckons the expiry by its own clock', async () => {
    using fake = vault('vault.lease.sync-worker', ({ id }) => ({
      id,
      response: { value: { kind: 'token', accessToken: 'a1', validForMs: 90_000, lease: 7 } },
      isDisposed: true,
    }));
    const client = natsVaultClient(nc, 'sync-worker', { now: () => 1_000 });
    expect(await client.lease(whose)).toEqual({ kind: 'token', accessToken: 'a1', expiresAt: 91_000, lease: 7 });
    expect(fake.seen).toEqual([
      { pattern: 'vault.lease.sync-worker', data: { ...whose, after: 0 }, id: expect.any(String) as string },
    ]);
  });

  it('asks for each signature anew', async () => {
    using fake = vault('vault.lease.sync-worker', ({ id }) => ({
      response: { value: { kind: 'signature', headers: { 'x-nonce': id }, validForMs: 60_000, lease: 1 } },
    }));
    const client = natsVaultClient(nc, 'sync-worker');
    const toSign = { method: 'GET', path: '/x', bodySha256: '0'.repeat(64) };
    const [first, second] = [await client.lease(whose, toSign), await client.lease(whose, toSign)];
    expect(second).not.toEqual(first);
    expect(fake.seen.map(({ data }) => data)).toEqual([
      { ...whose, after: 0, toSign },
      { ...whose, after: 0, toSign },
    ]);
  });

  it('says which lease it has reported, so that whoever answers knows what is of no use', async () => {
    using fake = vault('vault.*.sync-worker', ({ pattern }) => ({
      response: { value: pattern.startsWith('vault.report') ? {} : { kind: 'token', accessToken: 'a', validForMs: 1, lease: 8 } },
    }));
    const client = natsVaultClient(nc, 'sync-worker');
    await client.report({ ...whose, lease: 7, code: 'credential-expired' });
    await client.report({ ...whose, lease: 3, code: 'credential-expired' });
    await client.lease(whose);
    await client.lease({ ...whose, connection: 'c2' });
    expect(fake.seen.slice(2).map(({ data }) => data)).toEqual([
      { ...whose, after: 7 },
      { ...whose, connection: 'c2', after: 0 },
    ]);
  });

  it('hands on a refusal with its code and its pause', async () => {
    using _fake = vault('vault.lease.sync-worker', ({ id }) => ({
      id,
      response: { error: { code: 'provider-refused', retryAfterMs: 4_000 } },
      isDisposed: true,
    }));
    const error = await natsVaultClient(nc, 'sync-worker')
      .lease(whose)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(VaultError);
    expect(error).toMatchObject({ code: 'provider-refused', retryAfterMs: 4_000 });
  });

  it.each([
    ['no vault', undefined],
    ['an answer of somebody else', { hello: 'there' }],
    ['an exception inside the vault', { err: { status: 'error', message: 'Internal server error' }, isDisposed: true }],
    [
      'a lease that brings more than it is for',
      { response: { value: { kind: 'token', accessToken: 'a', validForMs: 1, lease: 1, refreshToken: 'r' } } },
    ],
    ['a value of another form', { response: { value: { accessToken: 5 } }, isDisposed: true }],
    ['a refusal that is not in the table', { response: { error: { code: 'because' } }, isDisposed: true }],
  ])('is unavailable with %s', async (_name, answer) => {
    using _fake = answer ? vault('vault.lease.sync-worker', () => answer) : { [Symbol.dispose]: () => undefined };
    await expect(natsVaultClient(nc, 'sync-worker').lease(whose)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is unavailable when nobody answers in time, and no error holds what was sent', async () => {
    const silent = nc.subscribe('vault.put-credentials.operator', { callback: () => undefined });
    const put = natsVaultClient(nc, 'operator', { patienceMs: { all: 50, each: 50 } }).putCredentials({
      ...whose,
      provider: 'hostaway',
      credentials,
    });
    const error = (await put.catch((thrown: unknown) => thrown)) as VaultError;
    silent.unsubscribe();
    expect(error.code).toBe('unavailable');
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('planted');
  });

  it('asks again when a replica was killed with the request in its hands', async () => {
    const answers = [
      () => undefined,
      ({ id }: Request) => ({ id, response: { value: { kind: 'token', accessToken: 'a2', validForMs: 1, lease: 2 } } }),
    ];
    let asked = 0;
    const subscription = nc.subscribe('vault.lease.sync-worker', {
      callback: (_error, message) => {
        const answer = answers[asked++]!(message.json<Request>());
        if (answer) message.respond(JSON.stringify(answer));
      },
    });
    const client = natsVaultClient(nc, 'sync-worker', { patienceMs: { all: 5_000, each: 50 } });
    expect(await client.lease(whose)).toMatchObject({ accessToken: 'a2' });
    subscription.unsubscribe();
    expect(asked).toBe(2);
  });

  it('is not allowed where the broker says so', async () => {
    const config =
      'authorization { users: [{ user: w, password: w, permissions: { publish: "vault.lease.w", subscribe: "_INBOX.>" } }] }';
    await using guarded = await natsServer({ config });
    const own = await connect({ servers: guarded.url, user: 'w', pass: 'w' });
    const outcome = await natsVaultClient(own, 'operator')
      .lease(whose)
      .catch((error: unknown) => error);
    await own.close();
    expect(outcome).toMatchObject({ code: 'not-allowed' });
  });
});
