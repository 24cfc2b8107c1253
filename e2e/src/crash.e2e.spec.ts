import { eventually } from '@roomwire/testkit';
import { changeOf, read, watch, type Change } from './board.ts';
import { fleet, isAlive, npmStart, pidOf, type Fleet, type Ready } from './fleet.ts';
import { envelope, reservation, send, type Tenant } from './hostaway-webhook.ts';

/** Between writing a record and announcing it: long enough to be killed in. */
const PAUSE_MS = 2_500;
/** No room may be wrong for longer after a kill -9 (I6). */
const WRONG_MS_MAX = 6_000;

describe('kill -9 of the registry between write and announce', () => {
  let started!: Fleet;
  let tenant: Tenant;

  beforeAll(async () => {
    started = await fleet({ ROOMWIRE_FAULT_PAUSE_BEFORE_ANNOUNCE_MS: String(PAUSE_MS) });
    tenant = started.ready.tenants[0]!;
  }, 90_000);
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
  }, 40_000);

  it('announces the change all the same, within six seconds, and under one revision', async () => {
    await using board = await watch(started.ready, tenant, 'kind=room,reservation');
    await send(tenant, envelope(reservation(2001)));
    const path = `/v1/records/reservation/${tenant.connections[0]!.id}/2001`;
    await eventually(() => read(started.ready, tenant, path), { everyMs: 5 });
    expect(changesOf(board.events, 2001)).toEqual([]);

    process.kill(pidOf(started.ready, 'registry'), 'SIGKILL');
    const killedAt = performance.now();
    await board.next((event) => event.event === 'change' && event.data.includes('"reservation":"2001"'), WRONG_MS_MAX);
    const wrongMs = performance.now() - killedAt;
    await eventually(() => expect(changesOf(board.events, 2001).length).toBe(2));
    // A later change of another room: whatever was still under way for this one has come by then.
    await send(tenant, envelope(reservation(2002)));
    await board.next((event) => event.event === 'change' && event.data.includes('"reservation":"2002"'), 3 * WRONG_MS_MAX);

    expect(wrongMs).toBeLessThan(WRONG_MS_MAX);
    expect(
      changesOf(board.events, 2001)
        .map(({ type, revision }) => [type, revision])
        .sort(),
    ).toEqual([
      ['roomwire.reservation.changed', 1],
      ['roomwire.room.changed', 1],
    ]);
    process.stderr.write(`kill -9 between write and announce: the room was wrong for ${Math.round(wrongMs)} ms\n`);
  }, 60_000);
});

describe('the end of npm start', () => {
  it('leaves nothing running', async () => {
    const started = await fleet();
    const pids = started.ready.services.map(({ pid }) => pid);
    expect(pids.every(isAlive)).toBe(true);

    const { code } = await started.process.stop(30_000);

    expect(code).toBe(0);
    await eventually(() => expect(pids.filter(isAlive)).toEqual([]));
  }, 120_000);

  it('leaves nothing running when npm itself is told to end, and when it is killed', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await using npm = npmStart();
      const [, json] = await npm.line(/^roomwire ready (\{.*\})$/, 60_000);
      const pids = (JSON.parse(json!) as Ready).services.map(({ pid }) => pid);
      expect(pids.every(isAlive)).toBe(true);

      npm.signal(signal);

      await eventually(() => expect(pids.filter(isAlive)).toEqual([]), { withinMs: 20_000 });
    }
  }, 180_000);
});

function changesOf(events: { event: string; data: string }[], reservationId: number): Change[] {
  return events
    .filter(({ event, data }) => event === 'change' && data.includes(`"${reservationId}"`))
    .map((event) => changeOf(event as Parameters<typeof changeOf>[0]));
}
