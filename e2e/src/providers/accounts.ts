import { eventually } from '@roomwire/testkit';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ready } from '../fleet.ts';
import type { Tenant } from '../hostaway-webhook.ts';
import { roomwire } from '../outcomes.ts';
import { isLab } from '../siege/settings.ts';
import { simulate } from '../simulator.ts';
import { ledgerOf } from './ledger.ts';

export const PROVIDERS = ['hostaway', 'mews', 'cloudbeds', 'beds24', 'smoobu'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

export const ZONE = 'Europe/Berlin';
export const TENANT = 'fivefold';
const key = randomBytes(24).toString('base64url');

type Account = {
  id: number;
  /** Behind the simulator's address. */
  base: string;
  /** What the provider has the webhook's address end with, and what proves it. */
  query: string;
  webhookSecret: object;
  credentials: Record<string, string>;
  /** In the simulator's words. */
  simulated: (webhook: string) => object;
  /** What the connection calls the account, where it has to: `house` is the one property that there is. */
  account: (house: string) => string | null;
};

export const ACCOUNTS: Record<ProviderName, Account> = {
  hostaway: {
    ...{ id: 71001, base: '', query: '', webhookSecret: { login: 'lab', password: key } },
    credentials: { clientId: '71001', clientSecret: key },
    simulated: (url) => ({ clientSecret: key, webhook: { url, login: 'lab', password: key } }),
    account: () => '71001',
  },
  mews: {
    ...{ id: 71002, base: '', query: `?Token=${key}`, webhookSecret: { key } },
    credentials: { clientToken: `client-${key}`, accessToken: `access-${key}` },
    simulated: (url) => ({ clientToken: `client-${key}`, accessToken: `access-${key}`, webhook: { url } }),
    account: (house) => house,
  },
  cloudbeds: {
    ...{ id: 71003, base: '/api/v1.3', query: `?key=${key}`, webhookSecret: { key } },
    credentials: { clientId: 'lab', clientSecret: key, refreshToken: `refresh-${key}` },
    simulated: () => ({
      ...{ clientId: 'lab', clientSecret: key, redirectUri: 'http://127.0.0.1/oauth' },
      ...{ apiKey: `cbat_${key}`, refreshToken: `refresh-${key}` },
    }),
    account: (house) => house,
  },
  beds24: {
    ...{ id: 71004, base: '/api/v2', query: '', webhookSecret: { login: 'x-lab', password: key } },
    credentials: { refreshToken: `refresh-beds-${key}` },
    simulated: (url) => ({ refreshToken: `refresh-beds-${key}`, webhook: { url, customHeader: `x-lab: ${key}` } }),
    account: () => null,
  },
  smoobu: {
    ...{ id: 71005, base: '', query: `?key=${key}`, webhookSecret: { key } },
    credentials: { apiKey: `key-${key}`, apiSecret: `secret-${key}` },
    simulated: (url) => ({
      ...{ apiKey: `key-${key}`, apiSecret: `secret-${key}`, webhook: { url } },
      readings: { stampZone: ZONE },
    }),
    account: () => '71005',
  },
};

/** What the documents leave open, the other way round than the simulator has it by itself: the long form's. */
const OTHER_READINGS: Record<ProviderName, object> = {
  hostaway: {},
  mews: { readings: { batch: 3, retryAfter: false } },
  cloudbeds: { readings: { modifiedZone: 'UTC' } },
  beds24: { readings: { webhookBody: 'either', creditHeaders: 'spec', cancelTime: 'never', zeroOnCancel: true } },
  smoobu: {
    readings: {
      ...{ webhookBody: 'booking', modifiedInLists: 'modified-at', blocked: 'YES', retryAfter: 'seconds' },
      ...{ queryEncoding: 'percent', stampZone: ZONE },
    },
  },
};

export const connectionOf = (provider: ProviderName): string => `${TENANT}-${provider}`;

/** What these providers do not say of their times and amounts. */
const UNSAID: Partial<Record<ProviderName, object>> = {
  hostaway: { currency: 'EUR' },
  mews: { timeZone: ZONE },
  beds24: { timeZone: ZONE, currency: 'EUR' },
  smoobu: { timeZone: ZONE, currency: 'EUR' },
};

type Houses = { listings: number; multiUnit: { listings: number; units: number } };

/** A tenant with a connection at each of them, and their accounts at the simulator. The demo's own tenants fall silent. */
export async function openAccounts(ready: Ready, houses: Houses, providers: readonly ProviderName[] = PROVIDERS) {
  const webhook = (provider: ProviderName): string =>
    `${ready.gateway}/v1/webhooks/${provider}/${connectionOf(provider)}${ACCOUNTS[provider].query}`;
  const connections = [];
  for (const provider of providers) {
    const { id: accountId, base, simulated, credentials, webhookSecret, account } = ACCOUNTS[provider];
    await simulate(ready, 'accounts', {
      provider,
      accountId,
      timeZone: ZONE,
      ...houses,
      ...simulated(webhook(provider)),
      ...(isLab ? OTHER_READINGS[provider] : {}),
    });
    const { truth } = await ledgerOf(ready, accountId);
    connections.push({
      ...{
        id: connectionOf(provider),
        provider,
        account: account(truth.units[0]!.property),
        baseUrl: `${ready.simulator}${base}`,
      },
      ...{ credentials, webhookSecret, ...(UNSAID[provider] ? { unsaid: UNSAID[provider] } : {}) },
    });
  }
  const apiToken = `rw_${TENANT}_${randomBytes(32).toString('base64url')}`;
  const defaults = { timeZone: ZONE, checkIn: '15:00', checkOut: '11:00' };
  if (providers.includes('cloudbeds')) await subscribe(ready, webhook('cloudbeds'));
  await provision(ready, { id: TENANT, name: 'Five of a kind', defaults, apiToken, connections });
  const known = connections.map(({ id, provider }) => ({ id, provider, webhookUrl: webhook(provider), headers: {} }));
  return { tenant: TENANT, apiToken, connections: known } satisfies Tenant;
}

/** What the fleet has provisioned shares an address, and so a limit, with what is looked at here. */
async function provision(ready: Ready, tenant: object): Promise<void> {
  type Declared = { tenants: { connections: object[] }[] };
  const { tenants } = JSON.parse(readFileSync(join(ready.data, 'provision.json'), 'utf8')) as Declared;
  const silent = tenants.map((each) => ({ ...each, connections: each.connections.map((one) => ({ ...one, status: 'paused' })) }));
  const file = join(ready.data, 'five.json');
  writeFileSync(file, JSON.stringify({ tenants: [...silent, tenant] }), { mode: 0o600 });
  await roomwire(ready, 'provision', file);
}

/** Of Cloudbeds' webhooks each is about one event. Those that the simulator does not know it refuses. */
async function subscribe(ready: Ready, endpointUrl: string): Promise<void> {
  const events = ['created', 'status_changed', 'dates_changed', 'accommodation_type_changed', 'accommodation_changed', 'deleted'];
  const wanted = [...events.map((action) => ['reservation', action]), ['housekeeping', 'room_condition_changed']];
  wanted.push(...['created', 'removed', 'details_changed'].map((action) => ['roomblock', action]));
  const headers = { 'x-api-key': `cbat_${key}`, 'content-type': 'application/x-www-form-urlencoded' };
  for (const [object = '', action = ''] of wanted) {
    const body = new URLSearchParams({ object, action, endpointUrl }).toString();
    // Five calls a second, and no more.
    await eventually(
      async () => {
        const answer = await fetch(`${ready.simulator}/api/v1.3/postWebhook`, { method: 'POST', headers, body });
        expect(await answer.json()).toMatchObject({ success: true });
      },
      { withinMs: 20_000, everyMs: 250 },
    );
  }
}
