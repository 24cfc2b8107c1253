import { catalogId, connectionId, entityId, providerId, tenant, tenantId, unsaid } from '@roomwire/events';
import { z } from 'zod';

/** A secret itself, or where to find it: so that the file can be kept where people read it. */
export const secret = z.union(
  [z.string().min(1), z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
  {
    error: 'expected text, {"env": "NAME"} or {"file": "path"}',
  },
);
export type Secret = z.infer<typeof secret>;

export const webhookSecret = z.union([z.strictObject({ login: secret, password: secret }), z.strictObject({ key: secret })], {
  error: 'expected {"login": …, "password": …} or {"key": …}',
});

const timeZone = z.string().refine(isTimeZone, 'expected an IANA time zone like Europe/Berlin');

const connection = z.strictObject({
  id: connectionId,
  provider: providerId,
  /** The provider's name for the account. */
  account: z.string().min(1).max(128).nullable().default(null),
  /** Null: the provider's public address. */
  baseUrl: z.url().nullable().default(null),
  /** Of an `internal` connection: whose units it speaks of. */
  unitsOf: connectionId.nullable().default(null),
  /** What the provider never says: see its README in libs/pms-adapters. `registry reset` the connection after a change. */
  unsaid: unsaid.extend({ timeZone: timeZone.optional() }).optional(),
  /** Left out: a new connection is active, one that exists stays as it is. */
  status: z.enum(['active', 'paused']).optional(),
  /** The fields are the provider's: see its README in libs/pms-adapters. */
  credentials: z.record(z.string().min(1).max(64), secret).optional(),
  webhookSecret: webhookSecret.optional(),
});
export type DeclaredConnection = z.infer<typeof connection>;

/** Connection → the provider's id there. */
const providerIds = z.record(connectionId, entityId).default({});
const unit = z.strictObject({ id: catalogId, name: z.string().min(1).max(500), providerIds });
const property = z.strictObject({ id: catalogId, providerIds, units: z.array(unit).default([]) });
export type DeclaredProperty = z.infer<typeof property>;

const declaredTenant = z.strictObject({
  id: tenantId,
  name: tenant.shape.name.min(1),
  defaults: tenant.shape.defaults.extend({ timeZone }),
  /** Left out: one is made for a tenant that has none, and printed once. */
  apiToken: secret.optional(),
  connections: z.array(connection).default([]),
  properties: z.array(property).default([]),
});
export type DeclaredTenant = z.infer<typeof declaredTenant>;

export const provisionFile = z.strictObject({ tenants: z.array(declaredTenant).min(1) }).superRefine(({ tenants }, context) => {
  const issue = (path: (string | number)[], message: string) => void context.addIssue({ code: 'custom', path, message });
  unique(tenants, ['tenants'], 'id', issue);
  const connections = tenants.flatMap((one, t) =>
    one.connections.map((each, c) => ({ id: each.id, path: ['tenants', t, 'connections', c, 'id'] })),
  );
  for (const [index, { id, path }] of connections.entries())
    if (connections.findIndex((other) => other.id === id) < index)
      issue(path, `"${id}" is declared twice: it is part of webhook addresses, which name no tenant`);
  for (const [t, one] of tenants.entries()) {
    unique(one.properties, ['tenants', t, 'properties'], 'id', issue);
    const units = one.properties.flatMap((each, p) =>
      each.units.map((unit, u) => ({ ...unit, path: ['tenants', t, 'properties', p, 'units', u, 'id'] })),
    );
    for (const [index, { id, path }] of units.entries())
      if (units.findIndex((other) => other.id === id) < index) issue(path, `"${id}" is declared twice`);
  }
});
export type ProvisionFile = z.infer<typeof provisionFile>;

type Report = (path: (string | number)[], message: string) => void;

function unique(items: readonly { id: string }[], path: (string | number)[], field: string, issue: Report): void {
  for (const [index, { id }] of items.entries())
    if (items.findIndex((other) => other.id === id) < index) issue([...path, index, field], `"${id}" is declared twice`);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** `tenants[0].connections[1].provider: expected …`, one line for each bad field. Values are not quoted: they may be secrets. */
export function problemsOf(error: z.ZodError): string[] {
  return error.issues.map(({ path, message }) => `${pathText(path)}: ${message}`);
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return text.replace(/^\./, '') || 'the file';
}
