import { HEADER, socketKey, socketState, type SocketState } from '@roomwire/events';
import { KvTable, type StoredMessage } from '@roomwire/jetstream';
import { eventually } from '@roomwire/testkit';
import { SocketProvider } from '../testing/socket-provider.ts';
import { jsonOf, WorkerFleet } from '../testing/worker-fleet.ts';

const TEXT = 0x1;
const WITHIN = { withinMs: 20_000 };
/** As Mews' documents show it, with a field that is none of theirs: nobody's secret is stored. */
const message = (Id: string): string =>
  JSON.stringify({ Events: [{ Type: 'Reservation', Id, State: 'Confirmed' }], AccessToken: 'planted-secret' });

describe('the socket of a provider', () => {
  let fleet: WorkerFleet;
  let provider: SocketProvider;
  let sockets: KvTable<SocketState>;
  beforeAll(async () => {
    provider = await SocketProvider.start();
    fleet = await WorkerFleet.start(2, { status: 404, body: {} }, { POLLING: 'off', CLOSING: 'off', SOCKETS: 'on' });
    fleet.vault.fields = { ClientToken: 'placeholder-client', AccessToken: 'placeholder-access' };
    sockets = await KvTable.open(fleet.operator, 'sync', socketState, { filter: 'socket.*' });
  }, 60_000);
  afterAll(async () => {
    await sockets?.close();
    await fleet?.[Symbol.asyncDispose]();
    await provider?.[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    // Each has a socket of its own, and the next begins when it is closed.
    for (const [id, connection] of [...fleet.connections.entries()])
      await fleet.connections.put(id, { ...connection, status: 'paused' });
    provider.refusal = undefined;
    await eventually(() => expect(provider.open.size).toBe(0), WITHIN);
    provider.asked.length = 0;
  });

  const connected = (): Promise<string> => fleet.connected({ provider: 'mews', baseUrl: provider.url });
  const isOpen = (id: string) =>
    eventually(() => {
      const state = sockets.get(socketKey(id));
      expect(state).toMatchObject({ openSince: expect.any(Number) as number, closedSince: null, problem: null });
      return state!;
    }, WITHIN);
  const rawsOf = (id: string): Promise<StoredMessage[]> => fleet.stored('WORK_t1', `pms.t1.raw.live.mews.${id}`);

  it('is open once, whoever looks; what it says is stored as a webhook is, without a secret, and is heard of', async () => {
    const id = await connected();
    await isOpen(id);
    provider.send(TEXT, message('r-1'));
    const raws = await eventually(async () => {
      const stored = await rawsOf(id);
      expect(stored).toHaveLength(1);
      return stored;
    }, WITHIN);

    expect(provider.asked).toMatchObject([
      { url: '/ws/connector', headers: { cookie: 'ClientToken=placeholder-client; AccessToken=placeholder-access' } },
    ]);
    expect(jsonOf(raws[0]!)).toMatchObject({ Events: [{ Id: 'r-1' }], AccessToken: '[withheld]' });
    expect(raws[0]!.header(HEADER.via)).toBe('push');
    expect(raws[0]!.header(HEADER.hops)).toMatch(/^received=\d+,stored=\d+$/);
    await eventually(async () => expect(await fleet.bus.lastOnLeader('KV_sync', `$KV.sync.heard.${id}`)).toBeDefined(), WITHIN);
    const output = fleet.workers.map((worker) => worker.output()).join('\n');
    expect(output).not.toMatch(/placeholder-access|planted-secret/);
  }, 30_000);

  it('is opened again after it was cut, and what is said then is heard', async () => {
    const id = await connected();
    const { openSince } = await isOpen(id);
    provider.cut();
    await eventually(async () => expect((await isOpen(id)).openSince).toBeGreaterThan(openSince!), WITHIN);
    provider.send(TEXT, message('r-2'));

    await eventually(async () => expect(await rawsOf(id)).toHaveLength(1), WITHIN);
  }, 40_000);

  it('that is refused is told to the vault with its lease, as a refused call is', async () => {
    provider.refusal = 401;
    const id = await connected();

    await eventually(
      () => expect(fleet.vault.reports).toContainEqual(expect.objectContaining({ connection: id, lease: 1 })),
      WITHIN,
    );
    await eventually(() => expect(sockets.get(socketKey(id))).toMatchObject({ problem: 'credential-renewed' }), WITHIN);
    expect(sockets.get(socketKey(id))).toMatchObject({ openSince: null, closedSince: null });
    provider.refusal = undefined;
    await isOpen(id);
  }, 40_000);

  it('goes to the other process when its own stops', async () => {
    const id = await connected();
    await isOpen(id);
    const holder = fleet.workers.find(({ lines }) => lines.some((line) => line.includes('socket-open') && line.includes(id)))!;
    holder.signal('SIGTERM');
    await holder.exited;
    await eventually(() => expect(provider.open.size).toBe(1), WITHIN);
    await isOpen(id);
    provider.send(TEXT, message('r-3'));

    await eventually(async () => expect(await rawsOf(id)).toHaveLength(1), WITHIN);
  }, 40_000);
});
