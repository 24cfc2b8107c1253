import { eventually } from '@roomwire/testkit';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { read } from './board.ts';
import { fleet } from './fleet.ts';
import type { Tenant } from './hostaway-webhook.ts';
import { roomwire } from './outcomes.ts';
import { book, simulate } from './simulator.ts';

type Status = { connection: string; state: string; why: string | null };
type Held = { record: { facets: Record<string, unknown> } };
const [LAPSED, HEALTHY] = [10450, 20771];

describe('a provider that refuses the credentials', () => {
  it('is shown, costs nobody else anything, and what was booked meanwhile is there once there are new ones', async () => {
    await using started = await fleet();
    const { ready } = started;
    const [tenant, other] = ready.tenants as [Tenant, Tenant];
    const connection = tenant.connections[0]!.id;
    // A webhook without its time is a hint: what it is about has to be read.
    const booked = async (accountId: number): Promise<number> => (await book(ready, accountId)).id;
    const isThere = (of: Tenant, id: number) =>
      read<Held>(ready, of, `/v1/records/reservation/${of.connections[0]!.id}/${id}`).then(
        ({ record }) => record.facets['core'] !== undefined,
        () => false,
      );
    const stateOf = async () => (await roomwire<Status[]>(ready, 'vault', 'status', connection))[0];
    await simulate(ready, 'faults', { accountId: HEALTHY, omitUpdatedOn: true });
    await simulate(ready, 'faults', { accountId: LAPSED, omitUpdatedOn: true, revokeTokens: true, refuseCredentials: true });

    const waiting = [await booked(LAPSED), await booked(LAPSED), await booked(LAPSED)];
    await eventually(
      async () => expect(await stateOf()).toMatchObject({ state: 'lapsed', why: 'refused: credential-rejected' }),
      {
        withinMs: 30_000,
      },
    );
    const theirs = await booked(HEALTHY);
    await eventually(async () => expect(await isThere(other, theirs)).toBe(true), { withinMs: 20_000 });
    expect(await Promise.all(waiting.map((id) => isThere(tenant, id)))).toEqual([false, false, false]);

    await simulate(ready, 'faults', { accountId: LAPSED, refuseCredentials: false });
    const secrets = JSON.parse(readFileSync(join(ready.data, 'secrets.json'), 'utf8')) as {
      clientSecrets: Record<string, string>;
    };
    const file = join(ready.data, 'credentials.json');
    writeFileSync(file, JSON.stringify({ clientId: `${LAPSED}`, clientSecret: secrets.clientSecrets[tenant.tenant] }));
    // Both accounts are behind one address: its limit may be used up by the other's reads, and then the command says so, with 4.
    const reauthorise = () => roomwire(ready, 'vault', 'reauthorise', connection, '--credentials', file);
    await eventually(async () => expect(await reauthorise()).toMatchObject({ outcome: 'granted' }), {
      ...{ withinMs: 40_000, everyMs: 2_000 },
    });

    expect(await stateOf()).toMatchObject({ state: 'ok', why: null });
    // Not the minute that a parked job waits by itself.
    await eventually(
      async () => expect(await Promise.all(waiting.map((id) => isThere(tenant, id)))).toEqual([true, true, true]),
      {
        withinMs: 35_000,
      },
    );
  }, 150_000);
});
