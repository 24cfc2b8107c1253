import { eventually } from '@roomwire/testkit';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ready } from '../fleet.ts';
import type { Tenant } from '../hostaway-webhook.ts';
import { roomwire } from '../outcomes.ts';
import { ZONE } from '../providers/accounts.ts';
import { simulate } from '../simulator.ts';
import type { TrueReservation } from '../providers/ledger.ts';

export const TENANT = 'grandhotel';
export const CONNECTION = 'grandhotel-hostaway';
export const ACCOUNT = 72001;
const [LOGIN, SECRET] = ['grandhotel', randomBytes(24).toString('base64url')];

export type Houses = { listings: number; calendar: { daysBack: number; daysAhead: number } };
export type Stay = TrueReservation & { updatedAt: string };
/** Of the list that a backfill reads; `after` names the page. */
export type PageCall = { at: number; after: string | null; status: number };

type Declared = { tenants: { connections: object[] }[] };

const webhookOf = (ready: Ready): string => `${ready.gateway}/v1/webhooks/hostaway/${CONNECTION}`;

/** The account as the provider has it: nobody has connected it yet. */
export async function openAccount(ready: Ready, houses: Houses): Promise<void> {
  const webhook = { url: webhookOf(ready), login: LOGIN, password: SECRET };
  await simulate(ready, 'accounts', { accountId: ACCOUNT, clientSecret: SECRET, timeZone: ZONE, ...houses, webhook });
}

/**
 * A tenant beside those that the fleet has already, with one connection: from here on its account is read. Theirs shall not be: they
 * share the address, and so its limit. Their webhooks are taken all the same.
 */
export async function connect(ready: Ready): Promise<Tenant> {
  const apiToken = `rw_${TENANT}_${randomBytes(32).toString('base64url')}`;
  const connection = {
    ...{ id: CONNECTION, provider: 'hostaway', account: String(ACCOUNT), baseUrl: ready.simulator },
    credentials: { clientId: String(ACCOUNT), clientSecret: SECRET },
    webhookSecret: { login: LOGIN, password: SECRET },
  };
  const defaults = { timeZone: ZONE, checkIn: '15:00', checkOut: '11:00' };
  const { tenants } = JSON.parse(readFileSync(join(ready.data, 'provision.json'), 'utf8')) as Declared;
  const silent = tenants.map((each) => ({ ...each, connections: each.connections.map((one) => ({ ...one, status: 'paused' })) }));
  const file = join(ready.data, 'grand.json');
  const added = { id: TENANT, name: 'Grand Hotel', defaults, apiToken, connections: [connection] };
  writeFileSync(file, JSON.stringify({ tenants: [...silent, added] }), { mode: 0o600 });
  await roomwire(ready, 'provision', file);
  return { tenant: TENANT, apiToken, connections: [{ id: CONNECTION, provider: 'hostaway', webhookUrl: '', headers: {} }] };
}

export async function staysOf(ready: Ready, accountId: number): Promise<Stay[]> {
  return (await look<{ reservations: Stay[] }>(ready, `truth?accountId=${accountId}`)).reservations;
}

type Called = { at: number; path: string; query: string; status: number };

export async function callsOf(ready: Ready, since = 0): Promise<Called[]> {
  return (await look<{ calls: Called[] }>(ready, `calls?accountId=${ACCOUNT}&since=${since}`)).calls;
}

/** Who is busy with fifty thousand stays closes connections that were idle meanwhile, and one of them may be the one we ask on. */
function look<T>(ready: Ready, path: string): Promise<T> {
  return eventually(async () => (await (await fetch(`${ready.simulator}/__simulator/${path}`)).json()) as T, {
    withinMs: 60_000,
  });
}

/** A backfill's pages among the calls: it alone asks for stays by their nights. */
export function pagesIn(calls: readonly Called[]): PageCall[] {
  return calls.flatMap(({ at, path, query, status }) => {
    const asked = new URLSearchParams(query);
    if (path !== '/v1/reservations' || !asked.has('departureStartDate')) return [];
    return [{ at, after: asked.get('afterId') ?? asked.get('offset'), status }];
  });
}
