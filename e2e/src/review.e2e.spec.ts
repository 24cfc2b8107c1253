import { fileURLToPath } from 'node:url';
import { eventually, spawned } from '@roomwire/testkit';
import { read, type Room } from './board.ts';
import { fleet, type Fleet } from './fleet.ts';
import { dayFromNow, type Tenant } from './hostaway-webhook.ts';
import { book } from './simulator.ts';

type Conflict = {
  id: string;
  kind: string;
  status: string;
  unit: string;
  sides: { what: string; connection: string; reservation: string }[];
  chosen?: { entity: string };
};
type List<T> = { items: T[] };
type Heard = { type: string; changed: string[] | null };

const ACCOUNT = 10450;
const roomwire = fileURLToPath(new URL('../../apps/cli/bin/roomwire.mjs', import.meta.url));

describe('two bookings of one room, and somebody who looks into it', () => {
  let started!: Fleet;
  let tenant: Tenant;

  beforeAll(async () => {
    // What the account held before is not in this story.
    started = await fleet({ POLLING: 'off' });
    tenant = started.ready.tenants[0]!;
  }, 90_000);
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
  }, 40_000);

  const booked = (more: Record<string, unknown>) =>
    book(started.ready, ACCOUNT, { arrivalDate: dayFromNow(-3), departureDate: dayFromNow(4), ...more });
  async function review(...args: string[]): Promise<Record<string, unknown>> {
    const env = { NATS_URL: started.ready.nats, USER: 'ada' };
    await using command = spawned({ command: process.execPath, args: [roomwire, 'review', ...args, '--json'], env });
    const { code } = await command.exited;
    expect({ code, said: command.output() }).toMatchObject({ code: 0 });
    return JSON.parse(command.lines.find((line) => line.startsWith('{'))!) as Record<string, unknown>;
  }
  const conflicts = async (query: string) =>
    (await read<List<Conflict>>(started.ready, tenant, `/v1/conflicts?kind=overlap&${query}`)).items;

  it('is read again, opened, decided and doubted, and the room is who was chosen', async () => {
    const first = await booked({ guestName: 'Ada Lovelace' });
    const second = await booked({ guestName: 'Grace Hopper', listing: first.listings[0] });
    const ids = [first, second].map(({ id }) => String(id));
    const conflict = await eventually(
      async () => {
        const found = (await conflicts('status=open')).find(({ sides }) =>
          ids.every((id) => sides.some((side) => side.reservation === id)),
        );
        return found ?? Promise.reject(new Error('not open yet'));
      },
      { withinMs: 20_000 },
    );
    const name = `${tenant.tenant}:${conflict.id}`;
    const room = () => read<Room>(started.ready, tenant, `/v1/rooms/${conflict.unit}`);
    const { reservation: shown } = (await room()).current!;
    const loser = ids.find((id) => id !== shown)!;

    await review('choose', name, `${conflict.sides[0]!.connection}/${loser}`, '--reason', 'paid first');
    await eventually(async () => expect((await room()).current?.reservation).toBe(loser), { withinMs: 10_000 });
    expect(await conflicts('')).not.toContainEqual(expect.objectContaining({ id: conflict.id }));
    expect(await conflicts('status=chosen')).toMatchObject([{ id: conflict.id, chosen: { entity: loser } }]);

    await review('reopen', name, '--reason', 'paid nothing');
    await eventually(async () => expect((await room()).current?.reservation).toBe(shown), { withinMs: 10_000 });
    const { reads, status } = await review('reread', name, '--wait', '--reason', 'what does the provider say');
    expect([(reads as string[]).map((each) => each.split('/')[1]).sort(), status]).toEqual([ids.sort(), 'open']);

    const { items } = await read<List<Heard>>(started.ready, tenant, `/v1/conflicts/${conflict.id}/history`);
    expect(items.map(({ type }) => type.split('.').at(-1))).toEqual(['open', 'checking', 'open', 'chosen', 'open', 'checking']);
    expect(items.map(({ changed }) => changed).slice(0, 3)).toEqual([['status'], ['reread', 'status'], ['chosen', 'status']]);
  }, 90_000);
});
