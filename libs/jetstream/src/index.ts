export { natsConf, passwordVariable, USERS } from './access.ts';
export { DEFAULT_RETRY, type RetryPolicy } from './backoff.ts';
export { Bus, BusError, type BusErrorCode, type Published, type StoredMessage } from './bus.ts';
export { connectNats, type NatsAccess, type NatsConnection } from './connect.ts';
export { deadLetterFigure } from './dead-figures.ts';
export {
  DEAD_HEADER,
  deadLetterById,
  fingerprintOf,
  listDeadLetters,
  parseDeadLetter,
  publishDeadLetter,
  type DeadCause,
  type DeadLetter,
} from './dead-letter.ts';
export { BadPayload, type DeadOrigin, type Delivery } from './delivery.ts';
export { ensureConnection, ensureFleet, ensureTenant, removeTenant, TopologyError } from './ensure.ts';
export { follow, type Follower, type Following } from './follow.ts';
export { KvTable, type KvTableOptions } from './kv-table.ts';
export { publishLater, type Postponed } from './later.ts';
export type { Ledger } from './ledger.ts';
export { memoryLedger } from './memory-ledger.ts';
export { templateOf } from './message-span.ts';
export { readAll } from './read-all.ts';
export { readState, stateOf } from './read-state.ts';
export { ledgerKeys, redisLedger } from './redis-ledger.ts';
export { settle, type Settlement } from './settle.ts';
export { JetStreamStrategy, type JetStreamStrategyOptions } from './strategy.ts';
export {
  BUCKETS,
  CONSUMERS,
  DEFAULT_SETTINGS,
  fetchConsumers,
  streamOf,
  tenantStreams,
  type ConsumerPlan,
  type StreamFamily,
  type TopologySettings,
} from './topology.ts';
export { watchStorage } from './storage.ts';
export { defer, done, drop, park, reject, retry, type Verdict } from './verdict.ts';
