import { sseClient, type SseClient, type SseEvent } from '@roomwire/testkit';
import type { Ready } from './fleet.ts';
import type { Tenant } from './hostaway-webhook.ts';

/** A room as a screen sees it. */
export type Room = {
  unit: string;
  property: string;
  name: string;
  occupancy: { state: string; basis: string };
  current: { reservation: string; guest: string | null; departsAt: string } | null;
  housekeeping: { status: string };
};
export type Change = {
  id: string;
  type: string;
  revision: number;
  receivedat: string;
  receipt?: string;
  tenant: string;
  data: Room;
};

export const changeOf = (event: SseEvent): Change => event.json() as Change;

/** A screen that shows a tenant's rooms, from the moment at which its snapshot was complete. */
export async function watch(ready: Ready, tenant: Tenant, query = 'kind=room', lastEventId?: string): Promise<SseClient> {
  const client = await sseClient(`${ready.propagator}/v1/stream?${query}`, {
    headers: { authorization: `Bearer ${tenant.apiToken}` },
    ...(lastEventId === undefined ? {} : { lastEventId }),
  });
  await client.next(({ event }) => event === 'live');
  return client;
}

/** The next change that shows a reservation in a room. */
export const shows = (reservation: number) => (event: SseEvent) =>
  event.event === 'change' && changeOf(event).data.current?.reservation === String(reservation);

export async function read<T>(ready: Ready, tenant: Tenant, path: string): Promise<T> {
  const answer = await fetch(`${ready.registry}${path}`, { headers: { authorization: `Bearer ${tenant.apiToken}` } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
