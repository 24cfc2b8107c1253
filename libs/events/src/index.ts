export { apiTokenHash, bearerOf, credentialOf, isInForce, newApiToken, parseApiToken, type ApiToken } from './api-token.ts';
export { canonicalJson, contentHash } from './canonical.ts';
export {
  connection,
  firstCatalogId,
  mapping,
  mappingKey,
  tenant,
  unit,
  unitKey,
  type Connection,
  type Mapping,
  type Tenant,
  type Unit,
} from './catalog.ts';
export {
  change,
  recordChange,
  recordChangeId,
  recordChangeOf,
  roomChange,
  roomChangeId,
  roomChangeOf,
  roomState,
  type Cause,
  type Change,
  type Place,
  type RecordChange,
  type RoomChange,
  type RoomState,
  type RoomStay,
} from './change.ts';
export {
  eventId,
  eventEnvelope,
  eventMessage,
  eventOf,
  fetchJob,
  microsToInstant,
  type EventMessage,
  type EventOrigin,
  type FetchJob,
  type FetchReason,
} from './event.ts';
export {
  BLOCKING,
  facetNames,
  facetSchema,
  instant,
  KINDS,
  localDate,
  localTime,
  reservationStatus,
  type PropertyCore,
  type ReservationCore,
  type ReservationGuest,
  type ReservationStatus,
  type ReservationTimes,
  type ReservationUnits,
  type TaskCore,
  type TicketCore,
  type UnitCore,
  type UnitStatusCore,
} from './facets.ts';
export {
  HEADER,
  headersOfRaw,
  parseHops,
  parseRawContext,
  rawContext,
  readContext,
  withHop,
  type RawContext,
  type ReadContext,
} from './headers.ts';
export {
  catalogId,
  connectionId,
  ENTITY_ID_BYTES_MAX,
  entityId,
  providerId,
  receiptId,
  tenantId,
  utf8Bytes,
  type ProviderId,
} from './ids.ts';
export { apply, join, joinFacet, type Applied, type Outcome } from './merge.ts';
export {
  contentOf,
  facet,
  facetState,
  isAmbiguous,
  isGone,
  modifiedAtOf,
  recordSchema,
  type EntityRecord,
  type FacetState,
  type Stamp,
} from './record.ts';
export { outcomeMessage, type OutcomeMessage } from './outcome.ts';
export { filterOf, parseSubject, SUBJECT_FIELDS, subjectOf, type Subject, type SubjectFamily } from './subject.ts';
export { decodeToken, encodeToken } from './token.ts';
export { compareVersions, sameStamp, version, versionText, type Version } from './version.ts';
export {
  derivedKind,
  fetchLane,
  kind,
  lane,
  PIPELINE_OF,
  pipeline,
  type DerivedKind,
  type FetchLane,
  type Kind,
  type Lane,
  type Pipeline,
} from './words.ts';
