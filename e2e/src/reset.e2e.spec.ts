import { eventually } from '@roomwire/testkit';
import { read } from './board.ts';
import { fleet } from './fleet.ts';
import { envelope, reservation, send, stamp, type Tenant } from './hostaway-webhook.ts';
import { roomwire } from './outcomes.ts';
import { book } from './simulator.ts';

type Held = { record: { facets: Record<string, { content: Record<string, unknown>; version: { epoch: number } }> } };

describe('a provider that was restored from a backup', () => {
  it('is read again as a whole after `roomwire registry reset`, and what it holds is shown', async () => {
    await using started = await fleet();
    const tenant = started.ready.tenants[0] as Tenant;
    const connection = tenant.connections[0]!.id;
    const { id } = await book(started.ready, 10450);
    const guest = async () => {
      const address = `/v1/records/reservation/${connection}/${id}`;
      const { content, version } = (await read<Held>(started.ready, tenant, address)).record.facets['guest']!;
      return [content['name'], version.epoch];
    };
    await eventually(async () => expect(await guest()).toEqual(['Grace Hopper', 0]), { withinMs: 10_000 });
    // What the provider said once, and has forgotten: it will never say anything as new as that of this reservation.
    await send(tenant, envelope(reservation(id, { guestName: 'Ada Lovelace', updatedOn: stamp(Date.now() + 60_000) })));
    await eventually(async () => expect(await guest()).toEqual(['Ada Lovelace', 0]), { withinMs: 10_000 });

    await roomwire(started.ready, 'registry', 'reset', '--tenant', tenant.tenant, '--connection', connection);

    await eventually(async () => expect(await guest()).toEqual(['Grace Hopper', 1]), { withinMs: 60_000 });
  }, 150_000);
});
