export { memoryVaultClient, type MemoryVaultOptions } from './memory-vault-client.ts';
export { natsVaultClient } from './nats-vault-client.ts';
export { LEASE_CACHE_MS_MAX, LEASE_MARGIN_MS, VaultError, type Lease, type VaultClient, type Whose } from './vault-client.ts';
export { grantState, natsCodeDesk, natsVaultRepair, whoseIsState, type Repaired } from './vault-repair.ts';
export {
  natsVaultStatus,
  statusRequest,
  type ConnectionStatus,
  type StatusPage,
  type StatusReply,
  type StatusRequest,
} from './vault-status.ts';
export { keyRequests, natsVaultKeys, type KeyReply, type KeyRequest, type KeysReport } from './vault-keys.ts';
export {
  KEY_OPERATIONS,
  OPERATIONS,
  REPAIR_OUTCOMES,
  REPORT_OUTCOMES,
  refusal,
  requests,
  VAULT_ERROR_CODES,
  vaultSubject,
  webhookSecret,
  type KeyOperation,
  type Refusal,
  type RepairOperation,
  type RepairOutcome,
  type Reply,
  type ReportOutcome,
  type ToSign,
  type VaultAnswer,
  type VaultErrorCode,
  type VaultOperation,
  type VaultRequest,
  type WebhookSecret,
} from './wire.ts';
