import type { Connection, Mapping, Tenant, Unit } from '@roomwire/events';
import { memoryVaultClient, type VaultClient } from '@roomwire/vault-client';
import type { Installation } from '../provisioner.ts';

export type MemoryInstallation = Installation & {
  steps: string[];
  kept: Record<string, Map<string, unknown>>;
  vault: VaultClient;
};

/** Remembers what was done, in order. */
export function memoryInstallation(): MemoryInstallation {
  const steps: string[] = [];
  const kept: Record<string, Map<string, unknown>> = {};
  const table = <T>(name: string) => {
    const rows = new Map<string, T>();
    kept[name] = rows;
    return {
      fromLeader: async (key: string) => rows.get(key),
      put: async (key: string, value: T) => {
        steps.push(`${name} ${key}`);
        rows.set(key, value);
      },
    };
  };
  const vault = memoryVaultClient();
  return {
    steps,
    kept,
    ensureTenant: async (tenant) => void steps.push(`streams ${tenant}`),
    ensureConnection: async (tenant, provider) => void steps.push(`consumers ${tenant} ${provider}`),
    tenants: table<Tenant>('tenants'),
    connections: table<Connection>('connections'),
    units: table<Unit>('units'),
    mappings: table<Mapping>('mappings'),
    vault: {
      ...vault,
      putCredentials: async (put) => {
        steps.push(`credentials ${put.connection}`);
        await vault.putCredentials(put);
      },
      putWebhookSecret: async (put) => {
        steps.push(`webhook secret ${put.connection}`);
        await vault.putWebhookSecret(put);
      },
    },
  };
}
