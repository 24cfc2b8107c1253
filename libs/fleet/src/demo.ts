import type { Secrets } from './secrets.ts';

/** Two tenants, so that isolation is something one can see. */
const TENANTS = [
  { id: 'seaside', name: 'Seaside Apartments', account: '10450', timeZone: 'Europe/Berlin' },
  { id: 'midtown', name: 'Midtown Suites', account: '20771', timeZone: 'America/New_York' },
] as const;
export const TENANT_IDS: readonly string[] = TENANTS.map(({ id }) => id);

const LISTINGS = 12;
const DEFAULT_HOURS = { checkIn: '15:00', checkOut: '11:00' };
/** Hostaway's webhooks authenticate with a login and a password of the receiver's choosing. */
const login = (tenant: string): string => `hostaway-${tenant}`;
const connectionsOf = (tenant: string) => ({ hostaway: `${tenant}-hostaway`, internal: `${tenant}-internal` });

/** Our own signed webhook's key, in the form of Standard Webhooks. */
const signingKey = (secrets: Secrets, tenant: string): string =>
  `whsec_${Buffer.from(secrets.webhookPasswords[tenant]!, 'base64url').toString('base64')}`;

/** What `roomwire provision` is given: a file that a platform team would keep under version control (secrets by name). */
export function provisionFile(secrets: Secrets, simulatorUrl: string) {
  return {
    tenants: TENANTS.map(({ id, name, account, timeZone }) => ({
      id,
      name,
      defaults: { timeZone, ...DEFAULT_HOURS },
      apiToken: secrets.apiTokens[id],
      connections: [
        {
          id: connectionsOf(id).hostaway,
          provider: 'hostaway',
          account,
          baseUrl: simulatorUrl,
          credentials: { clientId: account, clientSecret: secrets.clientSecrets[id] },
          webhookSecret: { login: login(id), password: secrets.webhookPasswords[id] },
        },
        {
          id: connectionsOf(id).internal,
          provider: 'internal',
          unitsOf: connectionsOf(id).hostaway,
          webhookSecret: { key: signingKey(secrets, id) },
        },
      ],
    })),
  };
}

/** The simulator's side of the same accounts. */
export function simulatorAccounts(secrets: Secrets, gatewayUrl: string) {
  return TENANTS.map(({ id, account, timeZone }) => ({
    accountId: Number(account),
    clientId: account,
    clientSecret: secrets.clientSecrets[id],
    listings: LISTINGS,
    timeZone,
    internalWebhook: { url: webhookUrl(gatewayUrl, 'internal', connectionsOf(id).internal), key: signingKey(secrets, id) },
    webhook: {
      url: webhookUrl(gatewayUrl, 'hostaway', connectionsOf(id).hostaway),
      login: login(id),
      password: secrets.webhookPasswords[id],
    },
  }));
}

/** What `roomwire ready` tells of a tenant: enough to act as its provider and as its client. */
export function tenantsForReadyLine(secrets: Secrets, gatewayUrl: string) {
  return TENANTS.map(({ id }) => {
    const basic = Buffer.from(`${login(id)}:${secrets.webhookPasswords[id]}`).toString('base64');
    const { hostaway, internal } = connectionsOf(id);
    return {
      tenant: id,
      apiToken: secrets.apiTokens[id],
      connections: [
        {
          id: hostaway,
          provider: 'hostaway',
          webhookUrl: webhookUrl(gatewayUrl, 'hostaway', hostaway),
          headers: { authorization: `Basic ${basic}` },
        },
        {
          id: internal,
          provider: 'internal',
          webhookUrl: webhookUrl(gatewayUrl, 'internal', internal),
          // A signature covers the body: the key is given instead of a header that could be sent as it is.
          headers: {},
          signingKey: signingKey(secrets, id),
        },
      ],
    };
  });
}

function webhookUrl(gatewayUrl: string, provider: string, connection: string): string {
  return `${gatewayUrl}/v1/webhooks/${provider}/${connection}`;
}
