import { eventually } from '@roomwire/testkit';
import { read } from './board.ts';
import { fleet } from './fleet.ts';
import { dayFromNow, type Tenant } from './hostaway-webhook.ts';
import { book, simulate } from './simulator.ts';

const ACCOUNT = 10450;
type Standing = { accounts: { webhooks: { sent: number; registered: { url: string; enabled: boolean }[] } }[] };

describe('webhooks that the provider has disabled', () => {
  it('are registered again, and nothing that was changed meanwhile is missed', async () => {
    await using started = await fleet({ WEBHOOK_CHECK_SECONDS: '4', POLL_LEAST_SECONDS: '5', POLL_MOST_SECONDS: '10' });
    const tenant = started.ready.tenants[0] as Tenant;
    const connection = tenant.connections.find(({ provider }) => provider === 'hostaway')!;
    const webhooks = async () => {
      const answer = await fetch(`${started.ready.simulator}/__simulator/ledger?accountId=${ACCOUNT}`);
      return ((await answer.json()) as Standing).accounts[0]!.webhooks;
    };
    const booked = async (guestName: string): Promise<number> =>
      (await book(started.ready, ACCOUNT, { guestName, arrivalDate: dayFromNow(2), departureDate: dayFromNow(4) })).id;
    const isHeld = (id: number) =>
      eventually(() => read(started.ready, tenant, `/v1/records/reservation/${connection.id}/${id}`), { withinMs: 30_000 });
    await isHeld(await booked('Ada Lovelace'));
    expect((await webhooks()).registered).toEqual([expect.objectContaining({ url: connection.webhookUrl, enabled: true })]);

    const { sent } = await webhooks();
    await simulate(started.ready, 'faults', { accountId: ACCOUNT, dropRegistrations: true });
    const droppedAt = performance.now();
    const missed = await booked('Grace Hopper');
    expect((await webhooks()).registered).toEqual([expect.objectContaining({ enabled: false })]);
    await eventually(
      async () =>
        expect((await webhooks()).registered).toEqual([expect.objectContaining({ url: connection.webhookUrl, enabled: true })]),
      { withinMs: 60_000, everyMs: 50 },
    );
    const mendedMs = performance.now() - droppedAt;
    await isHeld(missed);
    await isHeld(await booked('Mary Shelley'));

    await eventually(async () => expect((await webhooks()).sent).toBeGreaterThan(sent));
    process.stderr.write(`a disabled webhook was registered again after ${Math.round(mendedMs)} ms (looked at every 4 s)\n`);
  }, 180_000);
});
