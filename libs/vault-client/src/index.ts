export { memoryVaultClient, type MemoryVaultOptions } from './memory-vault-client.ts';
export { natsVaultClient } from './nats-vault-client.ts';
export { LEASE_CACHE_MS_MAX, LEASE_MARGIN_MS, VaultError, type Lease, type VaultClient, type Whose } from './vault-client.ts';
export {
  OPERATIONS,
  refusal,
  requests,
  VAULT_ERROR_CODES,
  vaultSubject,
  webhookSecret,
  type Refusal,
  type Reply,
  type VaultAnswer,
  type VaultErrorCode,
  type VaultOperation,
  type VaultRequest,
  type WebhookSecret,
} from './wire.ts';
