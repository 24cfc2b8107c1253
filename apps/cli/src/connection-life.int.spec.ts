import { filterOf, HEADER } from '@roomwire/events';
import { Bus, LATER_HEADER, streamOf, type NatsConnection } from '@roomwire/jetstream';
import type { NatsServer } from '@roomwire/testkit';
import type { Finding } from './core/finding.ts';
import type { Entry } from './core/audit-view.ts';
import { asAda, brokerOfUsers, connectAs } from './testing/broker.ts';
import { hostaway, makeAcme, putConnection } from './testing/acme.ts';

let nats: NatsServer;
let nc: NatsConnection;
beforeAll(async () => {
  nats = await brokerOfUsers();
  nc = await connectAs('operator', nats);
  await makeAcme(nc);
});
afterAll(async () => {
  await nc?.close();
  await nats?.[Symbol.asyncDispose]();
});

async function writerOf(service: string): Promise<Bus & AsyncDisposable> {
  const own = await connectAs(service, nats);
  return Object.assign(new Bus(own), { [Symbol.asyncDispose]: () => own.close() });
}

const roomwire = (...args: string[]) => asAda(nats, args);

describe('roomwire tenant add, ls', () => {
  it('makes a tenant with its streams and a token, once', async () => {
    const made = await roomwire('tenant', 'add', 'bell', '--time-zone', 'Europe/Berlin', '--name', 'Bell & Co');
    const again = await roomwire('tenant', 'add', 'bell', '--time-zone', 'Europe/Berlin');

    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/API token of bell, shown this once: rw_bell_/) as string });
    expect(again).toMatchObject({ code: 5, out: '', err: expect.stringMatching(/there is a tenant bell/) as string });
    expect((await roomwire('tenant', 'ls')).out).toMatch(/bell +Bell & Co +active +Europe\/Berlin +0 +1 +0 +0/);
    expect(await (await new Bus(nc).jsm()).streams.info(streamOf('STATE', 'bell'))).toBeDefined();
  });

  it.each([
    [['tenant', 'add', 'Bad_Id', '--time-zone', 'UTC'], /^ {2}id: expected a slug/m],
    [['tenant', 'add', 'good', '--time-zone', 'Berlin'], /^ {2}defaults\.timeZone: expected an IANA time zone/m],
    [['connection', 'add', 'c9', '--tenant', 'acme', '--provider', 'opera'], /^ {2}provider: /m],
    [
      ['connection', 'add', 'c9', '--tenant', 'acme', '--provider', 'mews', '--credentials', '-', '--webhook-secret', '-'],
      /only one of/,
    ],
  ])('%j is not valid', async (args, says) => {
    expect(await roomwire(...args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(says) as string });
  });
});

describe('roomwire connection add, check, rm', () => {
  it('adds one without secrets, and says what is to be set where', async () => {
    const added = await roomwire(
      'connection',
      'add',
      'c2',
      '--tenant',
      'acme',
      '--provider',
      'mews',
      '--time-zone',
      'UTC',
      '--gateway',
      'https://in.example',
    );

    expect(added.code).toBe(0);
    expect(added.out).toMatch(/webhook address: https:\/\/in\.example\/v1\/webhooks\/mews\/c2/);
    expect(added.out).toMatch(/c2\?Token=/);
    expect(added.out).toMatch(/every webhook is answered 401/);
    expect(added.out).toMatch(/roomwire vault reauthorise c2/);
    expect(await roomwire('connection', 'add', 'c2', '--tenant', 'acme', '--provider', 'mews')).toMatchObject({ code: 5 });
  });

  it('checks one that has lapsed, whose reads wait, and of whom nothing is heard', async () => {
    await putConnection(nc, { ...hostaway, status: 'lapsed' });
    await new Bus(nc).publish({ tenant: 'acme', family: 'later', stage: 'fetch-hostaway-live', n: '1' }, '{}', {
      id: 'parked',
      headers: {
        [HEADER.receipt]: 'receipt-1',
        [LATER_HEADER.due]: '1',
        [LATER_HEADER.parkedFor]: 'c1',
        [LATER_HEADER.subject]: 'x',
      },
    });

    const { code, out } = await roomwire('connection', 'check', 'c1', '--json');
    const { findings } = JSON.parse(out) as { findings: Finding[] };
    const of = (about: string) => findings.find((each) => each.about === about);

    expect(code).toBe(7);
    expect(of('status')).toMatchObject({ level: 'danger', todo: expect.stringContaining('vault reauthorise c1') as string });
    expect(of('credentials')).toMatchObject({ level: 'not-seen' });
    expect(of('last webhook')).toMatchObject({ level: 'warning' });
    expect(of('parked')).toMatchObject({ level: 'warning', seen: '1 read waits until it is active' });
    await putConnection(nc, hostaway);
  });

  it('tells when a webhook came last, and that they have fallen silent', async () => {
    const now = Date.parse('2026-11-21T06:00:00Z');
    const hook = { tenant: 'acme', provider: 'hostaway', connection: 'c1', since: now, dueAt: now, mendedAt: null } as const;
    // As the gateway and the sync-worker write them: an operator may not.
    await using worker = await writerOf('sync-worker');
    await using gateway = await writerOf('ingest-gateway');
    await gateway.publish('$KV.sync.heard.c1', { at: now - 120_000 }, { id: 'heard' });
    await worker.publish('$KV.sync.hook.c1', { ...hook, goodAt: now - 300_000, problem: null, silentSince: null }, { id: 'h1' });
    const well = (await roomwire('connection', 'check', 'c1')).out;
    await worker.publish(
      '$KV.sync.hook.c1',
      { ...hook, goodAt: null, problem: 'forbidden', silentSince: now - 600_000 },
      { id: 'h2' },
    );
    const ill = (await roomwire('connection', 'check', 'c1')).out;

    expect(well).toMatch(/^ok +last webhook +2m ago/m);
    expect(well).toMatch(/^ok +registration +as it should be 5m ago/m);
    expect(ill).toMatch(/^warning +last webhook +2m ago; the provider has changed things that none told, for 10m/m);
    expect(ill).toMatch(/^warning +registration +forbidden/m);
  });

  it('tells whether its provider’s socket is listened to, where somebody has tried', async () => {
    const now = Date.parse('2026-11-21T06:00:00Z');
    const state = {
      tenant: 'acme',
      provider: 'hostaway',
      connection: 'c1',
      holder: 'worker',
      renewedAt: now,
      problem: null,
    } as const;
    await using worker = await writerOf('sync-worker');
    const none = (await roomwire('connection', 'check', 'c1')).out;
    await worker.publish('$KV.sync.socket.c1', { ...state, openSince: now - 300_000, closedSince: null }, { id: 's1' });
    const well = (await roomwire('connection', 'check', 'c1')).out;
    const closed = { ...state, openSince: null, closedSince: now - 120_000, problem: 'broken-off' };
    await worker.publish('$KV.sync.socket.c1', closed, { id: 's2' });
    const ill = (await roomwire('connection', 'check', 'c1')).out;

    expect(none).not.toMatch(/socket/);
    expect(well).toMatch(/^ok +socket +open for 5m/m);
    expect(ill).toMatch(/^warning +socket +closed for 2m: broken-off/m);
  });

  it('removes what is paused, with what was to be read for it, and says so in the audit', async () => {
    const bus = new Bus(nc);
    await bus.publish('pms.acme.fetch.live.hostaway.c1.reservation.9', '{}', { id: 'f1' });
    const active = await roomwire('connection', 'rm', 'c1', '--confirm', 'c1', '--reason', 'gone');
    const unsure = await roomwire('connection', 'rm', 'c1', '--confirm', 'c2', '--reason', 'gone');
    await roomwire('connection', 'pause', 'c1');
    const removed = await roomwire('connection', 'rm', 'c1', '--confirm', 'c1', '--reason', 'they left');

    expect(active).toMatchObject({ code: 5, err: expect.stringContaining('roomwire connection pause c1') as string });
    expect(unsure).toMatchObject({ code: 2 });
    expect(removed).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^c1 is removed, with its secrets and 1 read that/) as string,
    });
    expect(await bus.nextOn(streamOf('FETCH', 'acme'), filterOf('acme', 'fetch'), 1)).toBeUndefined();
    expect((await roomwire('connection', 'ls')).out).not.toMatch(/c1/);
    const { entries } = JSON.parse((await roomwire('audit', '--tenant', 'acme', '--json')).out) as { entries: Entry[] };
    expect(entries.at(-1)).toMatchObject({
      action: 'connection rm',
      about: 'c1',
      by: 'ada',
      reason: 'they left',
      trail: 'operator',
    });
  });
});
