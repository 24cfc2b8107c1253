export type {
  AccountContext,
  Admission,
  Capabilities,
  Clock,
  Decoded,
  ErrorAnswer,
  Hint,
  HttpRequest,
  Limit,
  PmsAdapter,
  RawMessage,
  ReadJob,
  ReadPlan,
  TokenGrant,
  TokenOperations,
  WebhookRequest,
  WebhookSecret,
} from './adapter.ts';
export { parseJson, provesLogin, sameSecret } from './bytes.ts';
export { ANSWER_BYTES_MAX, pathSegment, type Answer, type CallOptions, type CallRequest } from './call.ts';
export { decoded, rejected, together } from './decoded.ts';
export { PMS_ERROR_CODES, PmsError, type PmsErrorCode } from './error.ts';
export { instantMicros, utcMicros } from './instant.ts';
export { FUTURE_TOLERANCE_MS } from './judge.ts';
export { minorUnits } from './money.ts';
export { pms, Pms } from './pms.ts';
export { redact } from './redact.ts';
export { jsonPointer, REJECT_REASONS, rejectOf, wireId, wireText, type Reject, type RejectReason } from './reject.ts';
export { retryAfterMs } from './retry-after.ts';
export {
  goneOf,
  isSettled,
  observedStamp,
  pushStamp,
  readStamp,
  SETTLED_MARGIN_MS,
  tellingOf,
  toldAt,
  toldByRead,
  type Contents,
  type Told,
} from './stamp.ts';
