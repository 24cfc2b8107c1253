export {
  AUDIT_STREAM,
  auditEntry,
  auditHash,
  auditSubject,
  AuditVerifier,
  type AuditEntry,
  type AuditFinding,
  type AuditSaid,
} from './audit-trail.ts';
export { memoryVaultClient, type MemoryVaultOptions } from './memory-vault-client.ts';
export { natsVaultClient } from './nats-vault-client.ts';
export { LEASE_CACHE_MS_MAX, LEASE_MARGIN_MS, VaultError, type Lease, type VaultClient, type Whose } from './vault-client.ts';
export { keyRequests, natsVaultKeys, type KeyReply, type KeyRequest, type KeysReport } from './vault-keys.ts';
export {
  KEY_OPERATIONS,
  OPERATIONS,
  refusal,
  requests,
  VAULT_ERROR_CODES,
  vaultSubject,
  webhookSecret,
  type KeyOperation,
  type Refusal,
  type Reply,
  type ToSign,
  type VaultAnswer,
  type VaultErrorCode,
  type VaultOperation,
  type VaultRequest,
  type WebhookSecret,
} from './wire.ts';
