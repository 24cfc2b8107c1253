import { connect } from '@nats-io/transport-node';
import { eventually, httpSink, spawnedSource, type HttpSink } from '@roomwire/testkit';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { changeOf, shows, watch } from './board.ts';
import { fleet, pidOf, type Fleet } from './fleet.ts';
import { envelope, reservation, send, type Tenant } from './hostaway-webhook.ts';
import { filesUnder, leaksIn, type Haystack, type Leak } from './haystack.ts';
import { deadLetterOf } from './outcomes.ts';
import { book, simulate } from './simulator.ts';

const planted = {
  'the door code of a stay': 'planted-door-code-81f2',
  'the door code in a body that is not right': 'planted-bad-door-c07d',
  'a card’s number': '4929-7777-3141-5926',
  'a door code that was read': 'planted-read-door-5e3a',
  'a forger’s password': 'planted-forged-password-3b',
  'credentials in a wrong field': 'planted-wrong-field-77aa',
  'a code that somebody came back with': 'planted-code-c41f',
  'the state that came with it': 'planted-state-9d07'.padEnd(43, 'x'),
  'a stranger’s bearer': 'rw_seaside_planted-bearer-0123456789abcdef',
};

describe('no secret is in clear anywhere', () => {
  let collector!: HttpSink;
  let started!: Fleet;
  let tenant: Tenant;
  let other: Tenant;
  let secrets!: Map<string, string>;
  const said: Haystack[] = [];

  beforeAll(async () => {
    collector = await httpSink();
    const tracing = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '200' };
    started = await fleet({ ...tracing, LOG_LEVEL: 'debug' });
    [tenant, other] = started.ready.tenants as [Tenant, Tenant];
  }, 90_000);
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
    await collector?.[Symbol.asyncDispose]();
  }, 40_000);

  async function roomwire(...args: string[]): Promise<void> {
    const env = { NATS_URL: started.ready.nats, NATS_USER: undefined, NATS_PASSWORD: undefined, NODE_OPTIONS: undefined };
    const run = spawnedSource('apps/cli/src/main.ts', { args, env, name: `roomwire ${args.join(' ')}` });
    await run.exited;
    said.push({ name: run.name, bytes: Buffer.from(run.output()) });
  }
  async function asking(url: string, init: RequestInit = {}): Promise<number> {
    const answer = await fetch(url, init);
    said.push({ name: url.split('?')[0]!, bytes: Buffer.from(`${await answer.text()} ${JSON.stringify([...answer.headers])}`) });
    return answer.status;
  }

  const vaultSays = (pattern: RegExp) =>
    eventually(() => expect(pattern.test(readFileSync(join(started.ready.data, 'logs/token-vault.log'), 'utf8'))).toBe(true), {
      withinMs: 20_000,
    });

  /** Everything that was ever told to somebody, or written down, but the two files that the secrets come from. */
  async function everything(): Promise<Haystack[]> {
    const { data } = started.ready;
    const files = filesUnder(data).filter(({ name }) => !['secrets.json', 'provision.json', 'wrong.json'].includes(name));
    const urls = files.flatMap(({ name, bytes }) =>
      name.startsWith('logs/')
        ? [...bytes.toString().matchAll(/"event":"listening".*?"url":"([^"]+)"/g)].map(([, url]) => url!)
        : [],
    );
    const metrics = await Promise.all(
      urls.map(async (url) => {
        const answer = await fetch(`${url}/metrics`).catch(() => undefined);
        return { name: `${url}/metrics`, bytes: Buffer.from((await answer?.text()) ?? '') };
      }),
    );
    const traces = { name: 'traces', bytes: Buffer.concat(collector.requests.map(({ body }) => body)) };
    return [...files, ...metrics, traces, ...said];
  }

  async function needles(): Promise<Map<string, string>> {
    const made = JSON.parse(readFileSync(join(started.ready.data, 'secrets.json'), 'utf8')) as object;
    const leaves = (value: unknown, path: string): [string, string][] =>
      typeof value === 'string' ? [[path, value.replace(/^k1:/, '')]] : Object.entries(value as object).flatMap(([name, inner]) => leaves(inner, `${path} ${name}`)); // prettier-ignore
    // A token of its own, of which the beginning is that of every token of the account.
    const { clientSecrets } = made as { clientSecrets: Record<string, string> };
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'general',
      client_id: '10450',
      client_secret: clientSecrets['seaside']!,
    });
    // The fleet has the same address, and its calls count.
    const token = await eventually(
      async () => {
        const granted = await fetch(`${started.ready.simulator}/v1/accessTokens`, { method: 'POST', body: form });
        expect(granted.status).toBe(200);
        return ((await granted.json()) as { access_token: string }).access_token;
      },
      { withinMs: 30_000, everyMs: 500 },
    );
    return new Map([
      ...Object.entries(planted),
      ...leaves(made, 'secret'),
      ['an access token', token.slice(0, token.indexOf('.') + 9)],
    ]);
  }

  it('goes wrong at every hop, and works all the same', async () => {
    await using board = await watch(started.ready, tenant);
    const forged = { authorization: `Basic ${btoa(`hostaway-seaside:${planted['a forger’s password']}`)}` };
    const card = { ccNumber: planted['a card’s number'], cvc: '123' };
    const good = reservation(7001, { doorCode: planted['the door code of a stay'], ...card });
    const bad = reservation(7002, { doorCode: planted['the door code in a body that is not right'], arrivalDate: 'soon' });
    const bearer = { headers: { authorization: `Bearer ${planted['a stranger’s bearer']}` } };

    expect((await send(tenant, envelope(good), forged)).status).toBe(401);
    expect((await send(tenant, `{"doorCode":"${planted['the door code of a stay']}`)).status).toBe(400);
    expect((await send(tenant, envelope(good))).status).toBe(202);
    await board.next(shows(7001));
    const letter = await deadLetterOf(
      started.ready,
      tenant.tenant,
      (await send(tenant, envelope(bad))).body['receipt'] as string,
    );
    expect(await asking(`${started.ready.registry}/v1/rooms`, bearer)).toBe(401);
    expect(await asking(`${started.ready.propagator}/v1/stream`, bearer)).toBe(401);
    const back = `state=${tenant.tenant}.${tenant.connections[0]!.id}.${planted['the state that came with it']}`;
    expect(
      await asking(`${started.ready.gateway}/oauth/callback?${back}&code=${planted['a code that somebody came back with']}`),
    ).toBe(400);
    expect(await asking(`${started.ready.propagator}/v1/stream?ticket=${planted['a stranger’s bearer']}`)).toBe(401);
    expect(await asking(`${started.ready.registry}/v1/records/reservation/${tenant.connections[0]!.id}/7001`, { headers: { authorization: `Bearer ${tenant.apiToken}` } })).toBe(200); // prettier-ignore

    // The provider fails, forgets its tokens, and then refuses the credentials of the other tenant.
    await simulate(started.ready, 'faults', { accountId: 10450, omitUpdatedOn: true, respond500: 1, expireTokens: true });
    await book(started.ready, 10450);
    const booked = await board.next(({ event, data }) => event === 'change' && data.includes('Grace Hopper'), 20_000);
    const grace = changeOf(booked).data.current!.reservation;
    const door = { act: 'doorCode', accountId: 10450, reservation: Number(grace), code: planted['a door code that was read'] };
    expect(await simulate(started.ready, 'act', door)).toMatchObject({ act: 'doorCode' });
    await simulate(started.ready, 'faults', {
      accountId: 20771,
      omitUpdatedOn: true,
      revokeTokens: true,
      refuseCredentials: true,
    });
    await book(started.ready, 20771, { guestName: 'Nobody' });
    await vaultSays(/token-lapsed/);
    process.kill(pidOf(started.ready, 'token-vault'), 'SIGKILL');

    const wrong = {
      id: other.connections[0]!.id,
      provider: 'hostaway',
      account: '20771',
      baseUrl: started.ready.simulator,
      credentials: { clientSecrt: planted['credentials in a wrong field'] },
    };
    const file = join(started.ready.data, 'wrong.json');
    const defaults = { timeZone: 'UTC', checkIn: '15:00', checkOut: '11:00' };
    writeFileSync(file, JSON.stringify({ tenants: [{ id: other.tenant, name: 'Other', defaults, connections: [wrong] }] }));
    await roomwire('provision', file);
    await Promise.all([roomwire('dlq', 'show', letter.id), roomwire('dlq', 'show', letter.id, '--raw')]);
    await Promise.all([roomwire('vault', 'audit', '--json'), roomwire('vault', 'status'), roomwire('vault', 'keys', 'rotate')]);
    await vaultSays(/sealed anew/);
  }, 90_000);

  it('and a search of all that was written down and told finds none of it', async () => {
    secrets = await needles();
    const hay = await everything();
    expect(secrets.size).toBeGreaterThan(20);
    // What is not secret is found in each place: the search does look there.
    const known = (where: RegExp, text: string) =>
      eventually(async () => {
        const found = (await everything()).filter(({ name, bytes }) => where.test(name) && bytes.includes(text));
        expect([where, found.length > 0]).toEqual([where, true]);
      });
    await known(/^nats\/.*STATE_seaside.*\.blk$/, 'Ada Lovelace');
    await known(/^nats\/.*DEAD_seaside.*\.blk$/, '[withheld]');
    await known(/^nats\/.*KV_vault.*\.blk$/, 'rw2.d2.');
    await known(/^nats\/.*AUDIT.*\.blk$/, 'put-credentials');
    await known(/^redis\//, 'Ada Lovelace');
    await known(/^logs\/ingest-gateway.log$/, '"status":401');
    await known(/^traces$/, 'vault.lease');
    await known(/metrics$/, 'roomwire_vault_requests_total');
    await known(/^roomwire dlq show/, 'arrivalDate');

    expect(shown(leaksIn([...hay, ...(await everything())], secrets))).toEqual([]);
  }, 60_000);

  it('and one that is planted is found, wherever it is, and in whatever form', async () => {
    const secret = planted['the door code of a stay'];
    const { data, nats, redis } = started.ready;
    const url = new URL(nats);
    const nc = await connect({
      servers: url.host,
      user: url.username,
      pass: decodeURIComponent(url.password),
      inboxPrefix: '_INBOX.operator',
    });
    nc.publish(`pms.${tenant.tenant}.notice.planted`, JSON.stringify({ said: secret }));
    await nc.flush();
    await nc.close();
    await intoRedis(redis, Buffer.from(`a ${secret}`).toString('base64'));
    appendFileSync(join(data, 'logs/planted.log'), `${encodeURIComponent(secret)} ${Buffer.from(secret).toString('hex')}\n`);
    await eventually(async () => {
      const places = shown(leaksIn(await everything(), secrets)).map((leak) =>
        leak.replace(/^nats.*LOG_seaside.*\.blk/, 'LOG').replace(/^redis[^:]*/, 'redis'),
      );
      expect(places).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^LOG: the door code of a stay, clear/),
          expect.stringMatching(/^redis: the door code of a stay, base64/),
          'logs/planted.log: the door code of a stay, clear',
          'logs/planted.log: the door code of a stay, hex',
        ]) as string[],
      );
    });
  }, 30_000);
});

const shown = (leaks: readonly Leak[]): string[] => [...new Set(leaks.map(({ where, what, as }) => `${where}: ${what}, ${as}`))];

/** By hand: the only thing that this test says to Redis. */
async function intoRedis(address: string, value: string): Promise<void> {
  const { hostname, port, password } = new URL(address);
  const socket = createConnection(Number(port), hostname);
  socket.write(`AUTH ${decodeURIComponent(password)}\r\nSET planted ${value}\r\nQUIT\r\n`);
  for await (const _ of socket);
}
