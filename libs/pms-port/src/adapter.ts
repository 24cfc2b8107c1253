import type { EntityRecord, FetchReason, Kind, ProviderId, RawContext, Unsaid } from '@roomwire/events';
import type { PmsErrorCode } from './error.ts';
import type { Listings } from './pages.ts';
import type { Pushes } from './push.ts';
import type { Reject } from './reject.ts';
import type { Socket } from './socket.ts';
import type { Usage } from './usage.ts';
import type { WebhookRegistry } from './webhooks.ts';

/** What is assumed of a provider that says nothing of its read lag, ms. */
export const READ_LAG_MS = 10_000;

/**
 * What a provider implements, and all of it. Everything that every provider needs (deadlines, redaction, error wrapping,
 * validation of what decode returns) is in {@link Pms}, once; callers hold a Pms, never an adapter.
 *
 * An adapter is stateless and may be called concurrently. It must not log, retry, sleep, read a clock, do I/O or keep what it is
 * given. It must not put a secret or a guest's words into a reason, a detail or an error.
 */
export interface PmsAdapter {
  readonly provider: ProviderId;
  /**
   * Must be raised whenever `decode` would say something else of the same bytes: it is part of every version, and what was told under
   * a lower one is read again (ADR 0014).
   */
  readonly mapping: number;
  readonly capabilities: Capabilities;
  /** Must hold one clock for every kind that the adapter ever tells: a telling without one is refused. */
  readonly clocks: Partial<Record<Kind, Clock>>;
  /**
   * How far reads may lag behind what the provider has already told by webhook, ms. Absent: {@link READ_LAG_MS}. A read that finds
   * nothing new is asked for once more after it.
   */
  readonly readLagMs?: number;
  /** The provider's limits, as data: all scopes of a call are held at once. */
  readonly limits: readonly Limit[];
  /** Fields of its JSON that hold secrets which nothing of ours needs: their values are taken out before anything is stored. */
  readonly secretFields?: readonly string[];
  /** The provider's public API, used where a connection names no other; '' where there is none to call. */
  readonly baseUrl: string;

  /**
   * Genuine or not, and which bytes to keep. Must compare secrets in constant time ({@link sameSecret}) and accept any of
   * `secrets` (never empty); must not parse more of the body than that needs; must not throw, whatever the bytes and their size.
   * `now` is the gateway's clock (epoch ms), for signatures with a time.
   */
  admit(request: WebhookRequest, secrets: readonly WebhookSecret[], now: number): Admission;

  /**
   * Raw bytes → facts, hints and rejects. Pure CPU, and the same bytes always give the same answer.
   * Must answer for any bytes whatever (never throw) and must say something: bytes that hold nothing are `ignored` with a reason.
   * Must leave out a facet that the bytes do not carry whole (absent is not null); one bad part must not spoil the others.
   * Must hint, not tell, what a push says without its kind's clock; may hint only kinds it can read.
   * `existence` is written by by-id reads alone, on the observed clock. A read must not hint what it has just read: it would
   * be read for ever.
   */
  decode(raw: RawMessage): Decoded;

  /**
   * One by-id read as one HTTP request; how `decode` will understand the answer is fixed by `operation` and `ids`. Must ask for
   * everything that the kind's facets need, so that the answer is authoritative for each of `job.entities`: one of them that the
   * answer leaves out is told as gone. Kinds that one and the same request reads must all be told by its answer, whichever it was
   * asked for: it is sent once for all of them. Must throw for a kind it does not read and for an entity that is none of its ids;
   * {@link Pms} makes that a PmsError('invalid-request').
   */
  readRequest?(job: ReadJob, account: AccountContext): ReadPlan;

  /**
   * Where a by-id read of one entity goes on whose answer (parsed JSON) is a page of several and does not show it: a cursor of its own
   * (1-512 bytes of UTF-8), given back as `job.cursor`. Undefined: this answer is the one that is told, with the job's cursor in its
   * context. Must come to an end, whatever is answered: each page is a call.
   */
  readOn?(job: ReadJob, answer: unknown): string | undefined;

  /** Page after page of what the provider holds: for polling (changed since) and backfill. Absent: it lists nothing. */
  listings?: Listings;

  /** The registration of our webhooks, where the provider has an API for it. Absent: a person registers them. */
  webhooks?: WebhookRegistry;

  /** What Roomwire changes at the provider. Absent: nothing. */
  push?: Pushes;

  /** A socket that tells what webhooks tell, sooner. Its messages go to `decode` as pushes do. */
  socket?: Socket;

  /** What an answer's headers tell of the provider's own account of our calls. Must not throw. Absent: they tell nothing. */
  readUsage?(header: (name: string) => string | null): Usage;

  /** How the connection's credentials become what a request proves itself with. Must not keep anything. */
  token?: TokenOperations;

  /**
   * The cheapest request that all working credentials may make: it tells credentials that are refused from an operation that is. Its
   * answer is read by `failed` and `errorCode` alone, under the operation `probe`. Absent: what is refused in use has lapsed.
   */
  probe?: Probe;

  /**
   * In which house a door is that nobody has described yet, only named (by a cleaner): its id or the account says so. Where a door
   * stands is decided once, by who names it first. Absent, or undefined: it is a house of its own, as a listing is. Must not throw.
   */
  houseOf?(unit: string, account: AccountContext): string | undefined;

  /** Puts an access token on a request. Absent: `Authorization: Bearer …`. (Beds24 has its own header.) */
  authorise?(request: HttpRequest, accessToken: string): HttpRequest;

  /** A 2xx answer that is a failure all the same (Cloudbeds `success: false`). Absent: there are none. Must not throw. */
  failed?(answer: ErrorAnswer): boolean;

  /** What a failed answer means. The table is the adapter's; acting on the code is everybody's. Must be total. */
  errorCode(answer: ErrorAnswer): PmsErrorCode;
}

/** What the adapter can do. The conformance kit proves each claim, and names in one skip each that is not made. */
export type Capabilities = {
  webhooks: boolean;
  /** How a sender proves itself, for the conformance kit and for documents. */
  webhookAuth: 'basic' | 'hmac' | 'header' | 'secret-in-query' | 'none';
  /** Kinds that a push tells with content. */
  pushes: readonly Kind[];
  /** Kinds that can be read by id. */
  reads: readonly Kind[];
  /** Most entities of a kind that one read asks for; one of those that are not here. */
  readsAtOnce?: Partial<Record<Kind, number>>;
  token: TokenOperations['kind'] | 'none';
};

/**
 * What orders the tellings of a kind. `provider`: the entity's own modification time; two changes within `resolutionMs` tie.
 * `observed`: it has none, so the instant of the read is its time, and a push of it can only be a hint.
 */
export type Clock = { clock: 'provider'; resolutionMs: number } | { clock: 'observed' };

/**
 * At most `limit` calls in any window of `windowMs` at the provider, counted per `scope`. `unit: 'credits'`: calls have a price that
 * is known only afterwards (`readUsage`), and the windows follow one another as the provider says.
 * `dearest`: what a call is taken to cost at most until its operation has shown a higher price; a fiftieth of the limit unless told.
 */
export type Limit = {
  scope: 'egress' | 'account' | 'token';
  limit: number;
  windowMs: number;
  unit?: 'credits';
  dearest?: number;
};

export type WebhookRequest = {
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  /** Of the address that was called, decoded; of a name that is there twice, its first value. No log has them. */
  query: Readonly<Record<string, string | undefined>>;
  body: Uint8Array;
};

/** What a sender was given to authenticate with; several while an old one is being replaced. */
export type WebhookSecret = { login: string; password: string } | { key: string };

export type Admission =
  /** Keep these bytes (secrets in the body already taken out). */
  | { kind: 'genuine'; body: Uint8Array }
  /** 401: the sender did not prove itself. */
  | { kind: 'forged'; reason: string }
  /** 400: genuine, but not even of the right type (not JSON where only JSON can be). */
  | { kind: 'malformed'; reason: string };

export type RawMessage = {
  tenant: string;
  connection: string;
  /** The provider's name for the account, where known: a body that names another one is a reject. */
  account: string | null;
  /** Absent: nobody has said it either, and what needs it is not told. */
  unsaid?: Unsaid | undefined;
  body: Uint8Array;
  context: RawContext;
};

export type Decoded = {
  tellings: EntityRecord[];
  hints: Hint[];
  rejects: Reject[];
  /** Understood and rightly ignored: why. */
  ignored: string[];
};

/**
 * Something changed, without usable content. `modifiedAt`: the hint's own stamp in microseconds of the provider's clock, where it
 * has one: a read at or past it satisfies the hint. `gone`: what it hints is that the entity was removed: no read satisfies it but
 * one that finds it gone, since one that is behind may bring other news.
 */
export type Hint = { kind: Kind; entity: string; reason: FetchReason; modifiedAt?: number; gone?: true };

/** `entities`: at least one, and no more than `capabilities.readsAtOnce`. `cursor`: where it goes on ({@link PmsAdapter.readOn}). */
export type ReadJob = { kind: Kind; entities: readonly string[]; cursor?: string | undefined };
/** What the connection knows of its account. */
export type AccountContext = { account: string | null; unsaid?: Unsaid | undefined };

/** One HTTP request, provider-relative; the executor adds the base address, the authorisation and the deadline. */
export type RequestPlan = {
  /** Lower-case words with hyphens. Names the request in traces, metrics and prices, and tells `decode` what was asked. */
  operation: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Starts with one `/`; ids in it through {@link pathSegment}. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Statuses beside 2xx that are answers and no errors. */
  answers?: readonly number[];
};

/** A read; its method may be POST, but it changes nothing. `answers`: the 404 of a by-id read of one entity says gone. */
export type ReadPlan = RequestPlan & {
  method: 'GET' | 'POST';
  /** The entities that the answer is authoritative for. */
  ids: string[];
  /** The job's; `decode` finds it in the context. */
  cursor?: string;
};

/** Of every connection the same; it changes nothing. */
export type Probe = Pick<RequestPlan, 'path' | 'headers' | 'body'> & { method: 'GET' | 'POST' };

/** Texts by field, as the adapter names the fields. */
export type Credentials = Readonly<Record<string, string>>;

/** The kinds of credentials, by what becomes of them. `credentialFields`: what they must hold, for a clear refusal at the door. */
export type TokenOperations = GrantOperations | SigningOperations | FieldOperations;

/**
 * Credentials that a short-lived access token is asked for with, and what the answer may change in them.
 * `client-credentials` (Hostaway): nothing. `kept-refresh-token` (Beds24): nothing; it stays good whatever is asked.
 * `rotating-refresh-token` (Cloudbeds): the answer brings the next one, and the one that was sent may be dead from that instant.
 */
export type GrantOperations = {
  kind: 'client-credentials' | 'kept-refresh-token' | 'rotating-refresh-token';
  credentialFields: readonly string[];
  /** The request that asks for a token. `credentials` are the connection's own, opened by the vault. */
  grantRequest(credentials: Credentials): HttpRequest;
  /** Reads a 2xx answer. Must throw PmsError('malformed-answer') when it cannot. */
  grantAnswer(body: unknown): TokenGrant;
  /** How long a refresh token lives that nobody shows the provider, ms. Absent: for ever, or there is none. */
  idleLifeMs?: number;
  codeGrant?: CodeGrant;
};

/** How a person gives access in a browser (RFC 6749, 4.1), where a provider has that. Its answer is read by `grantAnswer`. */
export type CodeGrant = {
  /** Fields of the credentials that are the application's own. The others come of the grant. */
  applicationFields: readonly string[];
  /** Where the person agrees, provider-relative. `state` and `redirectUri` must come back as they are. */
  agreementPath(credentials: Credentials, state: string, redirectUri: string): string;
  /** The request that exchanges the code that the person comes back with. */
  codeRequest(credentials: Credentials, code: string, redirectUri: string): HttpRequest;
};

/** No token: every request is signed with a secret that only the vault sees (Smoobu). */
export type SigningOperations = {
  kind: 'request-signing';
  credentialFields: readonly string[];
  /** The headers that prove the request. `moment` has what a pure function cannot know. */
  sign(credentials: Credentials, request: ToSign, moment: SigningMoment): Record<string, string>;
};

/** No token: a pair without an end, in the body of every request (Mews). */
export type FieldOperations = {
  kind: 'static-fields';
  credentialFields: readonly string[];
  /** What goes into the top level of each request's body. */
  fields(credentials: Credentials): Record<string, string>;
};

/** `path` with its query, as it is sent; `bodySha256` in hex, of no bytes where there is no body. */
export type ToSign = { method: string; path: string; bodySha256: string };
/** `at`: RFC 3339, UTC, milliseconds. `nonce`: a fresh UUID. */
export type SigningMoment = { at: string; nonce: string };

/**
 * `usableAfterMs`: Hostaway's tokens work only from a second after their issue. `next`: fields that take the place of those in the
 * stored credentials; of a rotating refresh token only.
 */
export type TokenGrant = {
  accessToken: string;
  expiresInMs: number;
  usableAfterMs: number;
  next?: Credentials;
};

/** What a request proves itself with: a vault's lease is one. */
export type Proof =
  | { kind: 'token'; accessToken: string }
  /** Good for the one request that it was made for. */
  | { kind: 'signature'; headers: Record<string, string> }
  | { kind: 'fields'; fields: Record<string, string> };

export type HttpRequest = { method: string; path: string; headers: Record<string, string>; body?: string };
/** `body`: at most its first 16 KiB, as text. `operation` is the plan's, `token` or `probe`. */
export type ErrorAnswer = { operation: string; status: number; body: string };
