import { LeaseCache } from './lease-cache.ts';
import { VaultError, type Lease, type VaultClient, type Whose } from './vault-client.ts';
import type { ToSign, WebhookSecret } from './wire.ts';

type Proof = Lease extends infer L ? (L extends Lease ? Omit<L, 'expiresAt' | 'lease'> : never) : never;
type Entry = {
  lease: number;
  credentials?: Record<string, string>;
  secret?: WebhookSecret;
  previous?: { secret: WebhookSecret; until: number };
};

export type MemoryVaultOptions = {
  /** The connections that exist; without it, whatever is put exists. */
  connections?: readonly (Whose & { provider?: string })[];
  now?: () => number;
  /** Life of a token, ms. */
  validForMs?: number;
  /** How long a replaced webhook secret stays good, ms. */
  overlapMs?: number;
  /** Stands for the provider: may throw a VaultError (`lapsed`, `provider-refused`) instead of giving a token, or prove otherwise. */
  grant?: (whose: Whose & { lease: number; credentials: Record<string, string>; toSign: ToSign | undefined }) => string | Proof;
};

/** The vault's twin in memory, for tests of whoever asks it: all callers at once, no sealing. Passes the same conformance suite. */
export function memoryVaultClient(options: MemoryVaultOptions = {}): VaultClient {
  const now = options.now ?? Date.now;
  const leases = new LeaseCache(now);
  const entries = new Map<string, Entry>();
  const grant = options.grant ?? (({ connection, lease }) => `token-${connection}-${lease}`);
  const known = options.connections?.map(({ connection, tenant }) => [connection, tenant] as const);
  const tenantOf = new Map<string, string>(known);

  const entryOf = ({ tenant, connection }: Whose, putting = false): Entry => {
    if (putting && !known && !tenantOf.has(connection)) tenantOf.set(connection, tenant);
    if (!tenantOf.has(connection)) throw new VaultError('unknown-connection');
    if (tenantOf.get(connection) !== tenant) throw new VaultError('not-allowed');
    const entry = entries.get(connection) ?? { lease: 0 };
    entries.set(connection, entry);
    return entry;
  };
  const lease = async ({ tenant, connection }: Whose, toSign?: ToSign): Promise<Lease> => {
    const entry = entryOf({ tenant, connection });
    if (!entry.credentials) throw new VaultError('no-secret');
    entry.lease ||= 1;
    const given = grant({ tenant, connection, lease: entry.lease, credentials: entry.credentials, toSign });
    const proof: Proof = typeof given === 'string' ? { kind: 'token', accessToken: given } : given;
    return { ...proof, expiresAt: now() + (options.validForMs ?? 3_600_000), lease: entry.lease };
  };
  return {
    lease: (whose, toSign) => (toSign ? lease(whose, toSign) : leases.get(whose, () => lease(whose))),
    report: async ({ lease, code, ...whose }) => {
      const entry = entryOf(whose);
      leases.forget(whose, lease);
      if (code === 'credential-expired' && lease === entry.lease) entry.lease++;
      return entry.lease > lease ? 'renewed' : 'unknown';
    },
    webhookSecrets: async (whose) => {
      const { secret, previous } = entryOf(whose);
      if (!secret) throw new VaultError('no-secret');
      const overlaps = previous && previous.until > now() ? [previous.secret] : [];
      return { secrets: [secret, ...overlaps], validForMs: 60_000 };
    },
    putCredentials: async ({ credentials, ...whose }) => void Object.assign(entryOf(whose, true), { credentials }),
    putWebhookSecret: async ({ secret, ...whose }) => {
      const entry = entryOf(whose, true);
      if (entry.secret) entry.previous = { secret: entry.secret, until: now() + (options.overlapMs ?? 86_400_000) };
      entry.secret = secret;
    },
  };
}
