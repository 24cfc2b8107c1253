import { filterOf } from '@roomwire/events';
import { Bus } from '@roomwire/jetstream';
import { eventually, spawnedSource } from '@roomwire/testkit';
import { audited } from './testing/audited.ts';
import { passwordOf } from './testing/broker.ts';
import { bodyOf, ReplayWorld } from './testing/replay-world.ts';

type Report = { counts: Record<string, number>; letters: { id: string; fate: string; detail: string }[] };
const WAIT = { withinMs: 20_000 };

describe('roomwire dlq replay', () => {
  let world: ReplayWorld;
  beforeAll(async () => {
    world = await ReplayWorld.open(['acme', 'canary', 'cut', 'stop', 'slow', 'pace', 'old', 'drop']);
  }, 60_000);
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  });
  const replay = async (...args: string[]) => {
    const { code, out, err } = await world.roomwire('dlq', 'replay', '--json', ...args);
    return { code, err, ...(JSON.parse(out || '{}') as Report) };
  };
  const fates = ({ letters }: Report) => Object.fromEntries(letters.map(({ id, fate }) => [id, fate]));

  it('tells beforehand, and then, what becomes of each: news, what is known better, and what fails again', async () => {
    await world.bury('acme', { entity: 'held', name: 'New', modifiedAt: '2026-11-20T12:00:00Z' });
    await replay('--tenant', 'acme', '--all');
    expect(await world.told('acme', 'held')).toEqual({ revision: 1, name: 'New' });

    await world.bury('acme', { entity: 'held', name: 'Old', modifiedAt: '2026-11-20T11:00:00Z' });
    await world.bury('acme', { entity: 'fresh' });
    await world.bury('acme', { entity: 'bad', body: JSON.stringify({ account: 'a1', entities: [{ id: 'bad' }] }) });
    await world.bury('acme', { entity: 'worse', body: 'no JSON' });
    await world.bury('acme', { entity: 'lost', connection: 'nobody' });
    const before = await world.letters('acme');
    const foretold = await replay('--tenant', 'acme', '--all', '--dry-run');
    expect(await world.letters('acme')).toEqual(before);
    expect(await world.told('acme', 'fresh')).toBeUndefined();

    const told = await replay('--tenant', 'acme', '--all', '--reason', 'mapping fixed');

    expect(told.letters.map(({ fate }) => fate).sort()).toEqual([
      ...Array<string>(3).fill('failed-again'),
      'replayed',
      'superseded',
    ]);
    expect(fates(foretold)).toEqual(fates(told));
    expect(foretold.counts).toEqual(told.counts);
    expect(told.code).toBe(6);
    expect(await world.told('acme', 'held')).toEqual({ revision: 1, name: 'New' });
    expect(await world.told('acme', 'fresh')).toMatchObject({ revision: 1 });
    const after = await world.letters('acme');
    expect(after.map(({ reason }) => reason).sort()).toEqual(['not-json', 'schema', 'unknown-connection']);
    expect(after.filter(({ id }) => before.some((each) => each.id === id))).toEqual([]);
  });

  it('shows what a replay would change, beside what is held', async () => {
    await world.bury('acme', { entity: 'held', name: 'Newest', modifiedAt: '2026-11-20T13:00:00Z', reason: 'shown' });
    const { letters } = JSON.parse((await world.roomwire('dlq', 'ls', '--reason', 'shown', '--json')).out) as Report;

    const { out } = await world.roomwire('dlq', 'show', letters[0]!.id);

    expect(out).toMatch(/replayed now, it would be replayed: applied/);
    expect(out).toMatch(/now +core .*"name":"New"/);
    expect(out).toMatch(/after +core .*"name":"Newest"/);
    expect(out).toMatch(/stored +1970-01-01T00:00:00.002Z +\+1 ms/);
  });

  it('sends the first ones alone, and no more where one of them fails', async () => {
    for (let i = 0; i < 3; i++) await world.bury('canary', { entity: `u${i}` });
    await world.bury('canary', { entity: 'bad', body: 'no JSON' });
    for (let i = 3; i < 9; i++) await world.bury('canary', { entity: `u${i}` });
    const heard = world.heard('canary');

    const stopped = await replay('--tenant', 'canary', '--all', '--canary', '4');

    expect(stopped).toMatchObject({ code: 6, counts: { replayed: 3, 'failed-again': 1 } });
    expect(heard).toHaveLength(4);
    expect(stopped.err).toMatch(/go on all the same: roomwire dlq replay --tenant canary --resume r/);

    const resumed = await replay('--tenant', 'canary', '--resume', /--resume (r[0-9a-f]{8})/.exec(stopped.err)![1]!);

    expect(resumed).toMatchObject({ code: 6, counts: { replayed: 9, 'failed-again': 1 } });
    expect(resumed.letters).toHaveLength(6);
    expect(await world.letters('canary')).toMatchObject([{ reason: 'not-json' }]);
    expect(await replay('--tenant', 'canary', '--cause', 'none')).toMatchObject({ code: 0, letters: [] });
    expect(await replay('--tenant', 'canary', '--resume', 'r00000000')).toMatchObject({ code: 3 });
  });

  it('stops at the first that fails again where that is asked for', async () => {
    await world.roomwire('dlq', 'drop', '--tenant', 'canary', '--all', '--yes', '--reason', 'a fresh start');
    await world.bury('canary', { entity: 'bad', body: 'no JSON' });
    for (let i = 0; i < 40; i++) await world.bury('canary', { entity: `v${i}` });

    const stopped = await replay('--tenant', 'canary', '--all', '--stop-on-failure', '--rate', '5');

    expect(stopped).toMatchObject({ code: 6, counts: { 'failed-again': 1 } });
    expect(stopped.letters.length).toBeLessThan(40);
  });

  it('killed at any point and gone on with, gives each letter’s effect once, and few copies', async () => {
    const letters = 150;
    await Promise.all(Array.from({ length: letters }, (_, i) => world.bury('cut', { entity: `u${i}` })));
    const heard = world.heard('cut');
    const env = { NATS_URL: world.nats.url, NATS_USER: 'operator', NATS_PASSWORD: passwordOf('operator') };
    const args = ['dlq', 'replay', '--tenant', 'cut', '--all', '--rate', '300'];
    // Not through its starter, of which the command would be left over.
    const cut = spawnedSource('apps/cli/src/main.ts', { args, env, name: 'roomwire' });
    const [line] = await cut.line(/replay r[0-9a-f]{8}/, 60_000);
    const at = 10 + Math.floor(Math.random() * 100);
    await eventually(() => expect(heard.length).toBeGreaterThan(at), WAIT);
    await cut.kill();
    const left = (await world.letters('cut')).length;
    // Last: what it had written when it died the broker may read a little later.
    await world.nc.flush();
    const underWay = heard.length - (letters - left);

    const job = /r[0-9a-f]{8}/.exec(line)![0];
    const rest = await replay('--tenant', 'cut', '--resume', job, '--rate', '300');

    expect({ at, ...rest }).toMatchObject({ code: 0 });
    expect(await world.letters('cut')).toEqual([]);
    await world.nc.flush();
    expect(heard.length).toBeLessThanOrEqual(letters + underWay);
    for (let i = 0; i < letters; i++) expect(await world.told('cut', `u${i}`)).toMatchObject({ revision: 1 });
  });

  it('stops where somebody wants it to, and says how to go on', async () => {
    for (let i = 0; i < 30; i++) await world.bury('stop', { entity: `u${i}` });
    const heard = world.heard('stop');
    const { terminal, ended } = world.begin('dlq', 'replay', '--tenant', 'stop', '--all', '--rate', '10');
    await eventually(() => expect(heard.length).toBeGreaterThan(2), WAIT);
    terminal.stop();

    expect(await ended).toBe(6);
    expect(terminal.written.err).toMatch(/stopped before the end\n +go on: roomwire dlq replay --tenant stop --resume r/);
    const left = await world.letters('stop');
    expect(left.length).toBeGreaterThan(0);
    expect(left.length + heard.length).toBe(30);
  });

  it('where nobody comes to an end with them, has few at work, since what comes live stands behind them', async () => {
    for (let i = 0; i < 30; i++) await world.bury('slow', { entity: `u${i}`, subject: 'pms.slow.command.nobody.takes' });
    const heard = world.heard('slow', 'command');
    const { terminal, ended } = world.begin('dlq', 'replay', '--tenant', 'slow', '--all', '--rate', '300');
    await eventually(() => expect(heard.length).toBeGreaterThan(16), WAIT);
    terminal.stop();

    expect(await ended).toBe(6);
    expect(heard[16]!.at - heard[0]!.at).toBeGreaterThan(1_900);
    expect(terminal.written.out).toMatch(/slow:1 {2}kept {2}nobody has said yet what became of it/);
    expect(await world.letters('slow')).toHaveLength(30);
  });

  it('never sends faster than it was told to', async () => {
    await Promise.all(Array.from({ length: 150 }, (_, i) => world.bury('pace', { entity: `u${i}` })));
    const heard = world.heard('pace');

    expect(await replay('--tenant', 'pace', '--all', '--rate', '100', '--max', '120')).toMatchObject({
      counts: { replayed: 120 },
    });

    expect(heard).toHaveLength(120);
    // 119 intervals of 10 ms, less the moment that may be made good.
    expect(heard.at(-1)!.at - heard[0]!.at).toBeGreaterThan(1_190 - 110);
    expect(await world.letters('pace')).toHaveLength(30);
  });

  it('applies no read of long ago: it has it read again', async () => {
    const receivedAt = new Date(Date.now() - 2 * 86_400_000).toISOString();
    const read = { kind: 'unit' as const, ids: ['far'], operation: 'read-unit', status: 200, observedAt: 1, providerDate: null };
    const body = bodyOf('far', 'Long ago', '2026-01-01T00:00:00Z');
    await world.bury('old', { entity: 'far', body, context: { via: 'read', receivedAt, read } });

    const { letters } = await replay('--tenant', 'old', '--all');

    expect(letters).toMatchObject([{ fate: 'reread' }]);
    const job = await new Bus(world.nc).lastOnLeader('FETCH_old', filterOf('old', 'fetch', 'poll', 'memory', 'old-c1', 'unit'));
    expect(JSON.parse(new TextDecoder().decode(job!.data))).toMatchObject({ kind: 'unit', entity: 'far', reason: 'operator' });
    expect(await world.told('old', 'far')).toBeUndefined();
    expect(await world.letters('old')).toEqual([]);
  });

  it('drops letters only for a reason and when it is sure, and says so in the audit', async () => {
    for (let i = 0; i < 3; i++) await world.bury('drop', { entity: `u${i}` });
    const drop = (...args: string[]) => world.roomwire('dlq', 'drop', '--tenant', 'drop', '--all', ...args);

    expect(await drop()).toMatchObject({ code: 2 });
    expect(await drop('--reason', 'a test')).toMatchObject({ code: 2, err: expect.stringMatching(/--yes/) as string });
    expect(await world.letters('drop')).toHaveLength(3);
    expect(await drop('--reason', 'a test', '--yes')).toMatchObject({ code: 0, out: '3 letters of drop dropped\n' });

    expect(await world.letters('drop')).toEqual([]);
    const entry = (await audited(world.nc, 'drop')).at(-1)!;
    expect(entry).toMatchObject({ operation: 'dlq drop', by: 'ada', reason: 'a test' });
    const { letters } = entry.details as { letters: { receipt: string }[] };
    expect(new Set(letters.map(({ receipt }) => receipt)).size).toBe(3);
  });

  it.each([
    ['replay', '--all'],
    ['replay', '--all', '--dry-run'],
    ['drop', '--all', '--yes', '--reason', 'a test'],
    ['stats'],
    ['watch'],
  ])('%s says that a tenant is not there', async (...args) => {
    const { code, err } = await world.roomwire('dlq', ...args, '--tenant', 'nobody');
    expect({ code, err }).toEqual({ code: 3, err: expect.stringMatching(/no such tenant/) as string });
  });

  it.each([[[]], [['acme:1', '--all']], [['acme:1', 'cut:1']], [['nonsense']]])('%j is wrong usage', async (args) => {
    expect((await world.roomwire('dlq', 'replay', '--tenant', 'acme', ...args)).code).toBe(2);
  });
});
