export { natsConf, passwordVariable, USERS } from './access.ts';
export {
  AUDIT_STREAM,
  auditEntry,
  auditHash,
  auditSubject,
  AuditVerifier,
  type AuditEntry,
  type AuditFinding,
  type AuditSaid,
} from './audit-chain.ts';
export { AuditTrail } from './audit-trail.ts';
export { DEFAULT_RETRY, type RetryPolicy } from './backoff.ts';
export { Bus, BusError, type BusErrorCode, type Published, type StoredMessage } from './bus.ts';
export { connectNats, type NatsAccess, type NatsConnection } from './connect.ts';
export { deadLetterFigure } from './dead-figures.ts';
export { fingerprintOf, type DeadCause } from './dead-cause.ts';
export {
  DEAD_HEADER,
  deadLetterById,
  listDeadLetters,
  parseDeadLetter,
  publishDeadLetter,
  type DeadLetter,
} from './dead-letter.ts';
export { countCauses, countSince, findDeadLetters, type CauseCount, type DeadQuery } from './dead-list.ts';
export { BadPayload, type DeadOrigin, type Delivery } from './delivery.ts';
export { ensureConnection, ensureFleet, ensureTenant, removeTenant, TopologyError } from './ensure.ts';
export { follow, type Follower, type Following } from './follow.ts';
export { Hearing } from './hearing.ts';
export { KvTable, type KvTableOptions } from './kv-table.ts';
export { publishLater, type Postponed } from './later.ts';
export { publishIfNone } from './publish-if-none.ts';
export { lookOver, type BrokerLook, type ConsumerLook, type StreamLook } from './look-over.ts';
export { handedTo, lookThrough, type LookedThrough } from './look-through.ts';
export { LATER_HEADER } from './message-headers.ts';
export type { Ledger } from './ledger.ts';
export { memoryLedger } from './memory-ledger.ts';
export { templateOf } from './message-span.ts';
export { readAll } from './read-all.ts';
export { redrive, removeDeadLetter, replayOfLetter, replayTag, seqOf } from './redrive.ts';
export { readState, stateOf } from './read-state.ts';
export { ledgerKeys, redisLedger } from './redis-ledger.ts';
export { scopeRegister } from './scope-register.ts';
export { settle, type Settlement } from './settle.ts';
export { JetStreamStrategy, type JetStreamStrategyOptions } from './strategy.ts';
export {
  BUCKETS,
  CONSUMERS,
  DEFAULT_SETTINGS,
  fetchConsumers,
  pushConsumers,
  streamOf,
  tenantStreams,
  type ConsumerPlan,
  type StreamFamily,
  type TopologySettings,
} from './topology.ts';
export { watchStorage } from './storage.ts';
export { defer, done, drop, park, reject, rejectSchema, retry, type Verdict } from './verdict.ts';
