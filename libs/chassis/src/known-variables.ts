/**
 * Every `ROOMWIRE_*` variable of any program of ours, so that one environment can serve the whole fleet and a typing error is
 * noticed all the same. A spec compares it with the programs' environment files, both ways.
 */
export const ROOMWIRE_VARIABLES = [
  'ROOMWIRE_BLOCKED_MS_MAX',
  'ROOMWIRE_BODY_BYTES_MAX',
  'ROOMWIRE_FAULT_DELAY_MS',
  'ROOMWIRE_FAULT_PAUSE_BEFORE_ANNOUNCE_MS',
  'ROOMWIRE_HEARTBEAT_MS',
  'ROOMWIRE_INFLIGHT_PER_TENANT_MAX',
  'ROOMWIRE_SECRETS_STALE_MAX_MS',
  'ROOMWIRE_STOP_MS_MAX',
  'ROOMWIRE_STREAMS_PER_TENANT_MAX',
  'ROOMWIRE_TICKET_KEY',
  'ROOMWIRE_VAULT_KEYS',
  'ROOMWIRE_WEBHOOK_SECRET_OVERLAP_HOURS',
] as const;
