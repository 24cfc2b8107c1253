export {
  READ_LAG_MS,
  type AccountContext,
  type Admission,
  type Capabilities,
  type Clock,
  type Credentials,
  type Decoded,
  type ErrorAnswer,
  type FieldOperations,
  type GrantOperations,
  type Hint,
  type HttpRequest,
  type Limit,
  type PmsAdapter,
  type Probe,
  type Proof,
  type RawMessage,
  type ReadJob,
  type ReadPlan,
  type RequestPlan,
  type SigningMoment,
  type SigningOperations,
  type TokenGrant,
  type TokenOperations,
  type ToSign,
  type WebhookRequest,
  type WebhookSecret,
} from './adapter.ts';
export { parseJson, provesHeader, provesKey, provesLogin, sameSecret } from './bytes.ts';
export { ANSWER_BYTES_MAX, pathSegment, type Answer, type CallOptions, type CallRequest } from './call.ts';
export { ALWAYS, CLAIMS } from './claims.ts';
export { anotherEntity, decoded, rejected, together } from './decoded.ts';
export { isCounted, PMS_ERROR_CODES, PmsError, RATE_LIMITED_MS, type PmsErrorCode } from './error.ts';
export { agreementUrl, type Agreement } from './grants.ts';
export { instantMicros, utcMicros } from './instant.ts';
export { FUTURE_TOLERANCE_MS } from './judge.ts';
export { isSameZone, localMicros, localTime } from './local.ts';
export { majorUnits, minorUnits, moneyIn } from './money.ts';
export type { Listing, Listings, PageEnd, PageJob, PagePlan } from './pages.ts';
export { pms, Pms } from './pms.ts';
export type { PushCommand, Pushes, PushKind, PushOutcome, PushPlan } from './push.ts';
export { redact } from './redact.ts';
export { jsonPointer, REJECT_REASONS, rejectOf, wireId, wireText, type Reject, type RejectReason } from './reject.ts';
export { retryAfterMs } from './retry-after.ts';
export { blockedBy, limitScopes, type Caller, type LimitScope } from './scopes.ts';
export type { Socket } from './socket.ts';
export {
  goneOf,
  isSettled,
  observedStamp,
  pushStamp,
  readStamp,
  resolutionOf,
  SETTLED_MARGIN_MS,
  settledFrom,
  tellingOf,
  toldAt,
  toldByRead,
  toldOf,
  type Contents,
  type Told,
} from './stamp.ts';
export { headerNumber, type Usage } from './usage.ts';
export type { Registration, WantedWebhook, WebhookRegistry } from './webhooks.ts';
