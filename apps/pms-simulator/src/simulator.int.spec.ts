import { createHmac } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { eventually, httpSink, testClock, type HttpSink, type SinkRequest, type TestClock } from '@roomwire/testkit';
import { startSimulator, type Simulator, type SimulatorOptions } from './simulator.ts';

type Json = Record<string, unknown>;
type Ledger = {
  sequence: number;
  violations: { total: number };
  accounts: { webhooks: Json; reservations: Json[]; listings: Json[] }[];
};

const KEY = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

describe('the simulator over HTTP', () => {
  let clock: TestClock;
  let simulator: Simulator;
  let receiver: HttpSink;

  const start = async (more: SimulatorOptions = {}): Promise<void> => {
    const hooks = { webhook: { url: `${receiver.url}/hostaway`, login: 'roomwire', password: 'open' } };
    const internalWebhook = { url: `${receiver.url}/internal`, key: KEY };
    const account = { accountId: 10450, clientSecret: 'right', listings: 3, ...hooks, internalWebhook };
    simulator = await startSimulator({ clock, accounts: [account], ...more });
  };
  const call = async (path: string, init: RequestInit = {}): Promise<{ status: number; date: string | null; body: Json }> => {
    const response = await fetch(`${simulator.url}${path}`, init);
    return { status: response.status, date: response.headers.get('date'), body: (await response.json()) as Json };
  };
  const post = (path: string, body: unknown): ReturnType<typeof call> =>
    call(path, { method: 'POST', body: JSON.stringify(body) });
  const act = async (command: Json): Promise<Json> => (await post('/__simulator/act', command)).body;
  const ledger = async (): Promise<Ledger> => (await call('/__simulator/ledger')).body as Ledger;
  const token = async (): Promise<string> => {
    const form = { grant_type: 'client_credentials', client_id: '10450', client_secret: 'right', scope: 'general' };
    return (await call('/v1/accessTokens', { method: 'POST', body: new URLSearchParams(form) })).body['access_token'] as string;
  };

  beforeEach(async () => {
    clock = testClock();
    receiver = await httpSink();
  });
  afterEach(async () => {
    await simulator.stop();
    await receiver[Symbol.asyncDispose]();
  });

  it('takes a token one second after its issue, and dates its answers by its own clock', async () => {
    await start();
    const headers = { authorization: `Bearer ${await token()}` };

    expect(await call('/v1/listings', { headers })).toMatchObject({
      status: 403,
      body: { status: 'fail', result: 'access denied' },
    });
    await clock.advance(1_000);
    expect(await call('/v1/listings', { headers })).toMatchObject({ status: 200, date: new Date(clock.now()).toUTCString() });
  });

  it('counts calls by the egress they name, and violations in the ledger', async () => {
    await start();
    const from = (egress: string): Promise<number> =>
      call('/v1/listings', { headers: { 'x-simulated-egress': egress } }).then(({ status }) => status);

    const statuses: number[] = [];
    for (let calls = 0; calls < 16; calls++) statuses.push(await from('one'));

    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    expect(await from('two')).toBe(403);
    expect((await ledger()).violations.total).toBe(1);
    await clock.advance(10_001);
    expect(await from('one')).toBe(403);
  });

  it('sends what an act did, with Basic auth, and answers with what it sends', async () => {
    await start();

    const { object, webhooks } = await act({ act: 'book', arrivalDate: '2027-05-01', guestName: 'Ada Becker', status: 'new' });

    const request = await receiver.next();
    expect(request).toMatchObject({ method: 'POST', path: '/hostaway', headers: { 'content-type': 'application/json' } });
    expect(request.headers.authorization).toBe(`Basic ${btoa('roomwire:open')}`);
    expect(request.body.toString()).toBe((webhooks as Json[])[0]?.['body']);
    expect(request.json()).toMatchObject({
      event: 'reservation.created',
      data: { guestName: 'Ada Becker', id: (object as Json)['id'] },
    });
    expect((await ledger()).accounts[0]!.reservations).toContainEqual(object);
  });

  it('signs what the housekeeping app sends', async () => {
    await start();
    await act({ act: 'unitStatus', status: 'dirty' });

    const { path, headers, body } = await receiver.next();

    const signed = `${String(headers['webhook-id'])}.${Math.floor(clock.now() / 1000)}.${body.toString()}`;
    const signature = createHmac('sha256', Buffer.from(KEY.slice(6), 'base64'))
      .update(signed)
      .digest('base64');
    expect(path).toBe('/internal');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  });

  /** Answers of the receiver, and how many requests it gets within Hostaway's hour. */
  const triesWhere = async (fault: Parameters<HttpSink['answer']>[0], more: SimulatorOptions = {}): Promise<SinkRequest[]> => {
    receiver.otherwise = fault;
    await start(more);
    await act({ act: 'resend' });
    const settled = (tries: number): Promise<void> =>
      eventually(async () => {
        const { webhooks } = (await ledger()).accounts[0]!;
        expect(webhooks['sent']).toBe(tries);
        expect(clock.sleepers.length > 0 || webhooks['pending'] === 0).toBe(true);
      });
    await settled(1);
    for (const [tries, wait] of [60_000, 360_000, 2_160_000].entries()) {
      if (clock.sleepers.length === 0) break;
      await clock.advance(wait - 1);
      expect(receiver.requests).toHaveLength(tries + 1);
      await clock.advance(1);
      await settled(tries + 2);
    }
    return receiver.requests;
  };

  it.each([{ status: 500 }, { status: 429 }, { fault: 'cut' as const }])(
    'tries four times where it gets %j',
    async (answering) => {
      const requests = await triesWhere(answering);

      expect(requests).toHaveLength(4);
      expect(new Set(requests.map(({ body }) => body.toString())).size).toBe(1);
      expect((await ledger()).accounts[0]!.webhooks).toMatchObject({ sent: 4, retried: 3, givenUp: 1, pending: 0 });
    },
  );

  it.each([400, 401, 404, 410])('tries once where it gets %i', async (status) => {
    expect(await triesWhere({ status })).toHaveLength(1);
    expect((await ledger()).accounts[0]!.webhooks).toMatchObject({ answered: { [status]: 1 }, givenUp: 1 });
  });

  it('takes an answer that is late for none', async () => {
    const requests = await triesWhere({ fault: 'hang' }, { answerWithinMs: 25 });

    expect(requests).toHaveLength(4);
    expect((await ledger()).accounts[0]!.webhooks).toMatchObject({ failed: { timeout: 4, network: 0 } });
  });

  it('is done when a later try is answered', async () => {
    await start();
    receiver.answer({ status: 503 });
    await act({ act: 'resend' });
    await receiver.next();
    await eventually(() => expect(clock.sleepers).toEqual([60_000]));

    await clock.advance(60_000);

    await receiver.next();
    await eventually(async () =>
      expect((await ledger()).accounts[0]!.webhooks).toMatchObject({
        answered: { 200: 1, 503: 1 },
        retried: 1,
        givenUp: 0,
        pending: 0,
      }),
    );
  });

  it('tells its story at the rate it is given, and stops at 0', async () => {
    await start({ rate: 4 });
    await clock.advance(5_000);
    expect((await ledger()).sequence).toBe(20);

    await post('/__simulator/rate', { perSecond: 0 });
    await clock.advance(5_000);
    expect((await ledger()).sequence).toBe(20);

    await post('/__simulator/rate', { perSecond: 2 });
    await clock.advance(5_000);
    expect((await ledger()).sequence).toBe(30);
  });

  it('is slow on demand', async () => {
    await start();
    const headers = { authorization: `Bearer ${await token()}` };
    await clock.advance(1_000);
    await post('/__simulator/faults', { slowMs: 700 });

    const answer = call('/v1/listings', { headers });

    await eventually(() => expect(clock.sleepers).toEqual([700]));
    await clock.advance(700);
    expect((await answer).status).toBe(200);
  });

  it('expires and revokes tokens on demand, and refuses new ones', async () => {
    await start();
    const headers = { authorization: `Bearer ${await token()}` };
    await clock.advance(1_000);
    expect((await call('/v1/listings', { headers })).status).toBe(200);

    await post('/__simulator/faults', { expireTokens: true, refuseCredentials: true });

    expect((await call('/v1/listings', { headers })).status).toBe(403);
    expect(await token()).toBeUndefined();
    expect((await call('/__simulator/faults')).body).toMatchObject({ 10450: { refuseCredentials: true, slowMs: 0 } });
    expect((await call('/__simulator/faults', { method: 'DELETE' })).body).toMatchObject({ 10450: { refuseCredentials: false } });
    expect(await token()).toMatch(/^eyJ/);
  });

  it('takes another account while it runs, and new credentials for a known one', async () => {
    await start();

    const added = await post('/__simulator/accounts', {
      accountId: 7,
      clientSecret: 'a',
      listings: 2,
      timeZone: 'America/New_York',
    });
    expect(added).toMatchObject({ status: 200, body: { accountId: 7, listings: [{ units: [] }, {}] } });
    await post('/__simulator/accounts', { accountId: 10450, clientSecret: 'renewed' });
    expect(await token()).toBeUndefined();
    expect((await ledger()).accounts.map(({ listings }) => listings.length)).toEqual([3, 2]);
  });

  it.each([
    ['/__simulator/act', { act: 'dance' }, 400],
    ['/__simulator/act', { act: 'book', accountId: 1 }, 404],
    ['/__simulator/act', { act: 'extend', reservation: 1, accountId: 10450 }, 409],
    ['/__simulator/faults', { speed: 1 }, 400],
    ['/__simulator/rate', { perSecond: -1 }, 400],
    ['/__simulator/nothing', {}, 404],
  ])('says what is wrong with %s %j', async (path, body, status) => {
    await start();

    expect(await post(path, body)).toMatchObject({ status, body: { error: expect.any(String) as string } });
  });

  const elsewhere = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

  (elsewhere ? it : it.skip)('hides its admin API from other machines (needs a second address of this one)', async () => {
    await start({ host: '0.0.0.0' });
    const url = simulator.url.replace('127.0.0.1', elsewhere!);

    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/__simulator/ledger`)).status).toBe(404);
    expect((await call('/__simulator/ledger')).status).toBe(200);
  });
});
