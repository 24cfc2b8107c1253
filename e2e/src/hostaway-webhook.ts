import type { Ready } from './fleet.ts';

/** A reservation as Hostaway documents it; the story's own ids begin elsewhere. */
export type Reservation = Record<string, unknown> & { id: number };

const pad = (value: number): string => String(value).padStart(2, '0');

/** Hostaway's stamp, `YYYY-MM-DD HH:MM:SS` in UTC. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

export function dayFromNow(days: number): string {
  const day = new Date(Date.now() + days * 86_400_000);
  return `${day.getUTCFullYear()}-${pad(day.getUTCMonth() + 1)}-${pad(day.getUTCDate())}`;
}

/** Someone who has been in the room for three days and stays on: whatever the hour, the room is occupied. */
export function reservation(id: number, more: Record<string, unknown> = {}): Reservation {
  return {
    ...{ id, listingMapId: 800_000 + id, channelId: 2000, channelName: 'direct', status: 'new', reservationId: `10450-${id}` },
    ...{
      arrivalDate: dayFromNow(-3),
      departureDate: dayFromNow(4),
      isDatesUnspecified: 0,
      nights: 7,
      checkInTime: 15,
      checkOutTime: 11,
    },
    ...{
      guestName: 'Ada Lovelace',
      guestFirstName: 'Ada',
      guestLastName: 'Lovelace',
      numberOfGuests: 1,
      adults: 1,
      children: null,
    },
    ...{ totalPrice: 420, currency: 'EUR', doorCode: 'door-secret-4711', updatedOn: stamp(Date.now() - 60_000) },
    ...more,
  };
}

export function envelope(data: Reservation, accountId = 10450): string {
  return JSON.stringify({ object: 'reservation', event: 'reservation.updated', accountId, data });
}

export type Tenant = Ready['tenants'][number];
export type Answer = { status: number; headers: Headers; body: Record<string, unknown> };

/** Sends bytes to a connection's webhook address as its provider would, or with other headers. */
export async function send(
  tenant: Tenant,
  body: string,
  headers?: Record<string, string>,
  provider = 'hostaway',
): Promise<Answer> {
  const connection = tenant.connections.find((each) => each.provider === provider)!;
  return post(connection.webhookUrl, body, headers ?? connection.headers);
}

export async function post(url: string, body: string, headers: Record<string, string>): Promise<Answer> {
  const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text },
  };
}
