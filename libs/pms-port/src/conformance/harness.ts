import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind, RawContext, Unsaid } from '@roomwire/events';
import type {
  AccountContext,
  Decoded,
  PmsAdapter,
  RawMessage,
  ReadJob,
  SigningMoment,
  TokenGrant,
  ToSign,
  WebhookSecret,
} from '../adapter.ts';
import { PmsError, type PmsErrorCode } from '../error.ts';
import type { PageEnd, PageJob } from '../pages.ts';
import type { PushCommand, PushOutcome } from '../push.ts';
import type { Usage } from '../usage.ts';
import type { WantedWebhook } from '../webhooks.ts';

/** A body as the provider sends it. A push tells, hints or is ignored; a read or a page answers `job`. */
export type Fixture = { name: string; body: unknown } & (
  | { via: 'push' }
  /**
   * `gone`: the 200 that says of `job` that it is not there; absent where a 404 says so. `nothing`: the 200 that rightly says nothing
   * of it. `nameless`: the answer does not name what it is about, so that another entity's cannot be told from it. `elsewhere`: a page
   * of several that does not show it; with the adapter's `readOn`.
   */
  | { via: 'read'; job: ReadJob; gone?: unknown; nothing?: unknown; nameless?: true; elsewhere?: unknown }
  /** `end`: what comes after it. */
  | { via: 'page'; job: PageJob; end: PageEnd }
);
export type ReadFixture = Extract<Fixture, { via: 'read' }>;
export type PageFixture = Extract<Fixture, { via: 'page' }>;

/** A failed answer as the provider gives it, and the code that the adapter's table must find. */
export type Failure = { name: string; operation: string; status: number; body: string; code: PmsErrorCode };

/** What a provider supplies so that its adapter can be proven. */
export type AdapterHarness = {
  adapter: PmsAdapter;
  /** The connection's account in all cases; null where bodies name none. */
  account: string | null;
  /** What the connection says for its provider; absent: nothing. */
  unsaid?: Unsaid;
  fixtures: readonly Fixture[];
  /** With `capabilities.webhooks`. */
  webhook?: {
    secret: WebhookSecret;
    /** The one that comes after it. */
    next: WebhookSecret;
    /** Another tenant's. */
    foreign: WebhookSecret;
    /** The headers by which the provider proves itself; with `secret-in-query`, the query's parameters. */
    sign(body: Uint8Array, secret: WebhookSecret, now: number): Record<string, string>;
    /** A push that names another account; absent where pushes name none. */
    wrongAccount?: unknown;
    /** A push of `kind` stamped so, or without a stamp. */
    stamped(kind: Kind, modifiedAt: Date | null): unknown;
  };
  /** With `capabilities.token`, by its kind. */
  token?: TokenCase;
  /** With the adapter's `probe`. */
  probe?: ProbeCase;
  /** With the adapter's `push`: of each kind at least one. */
  pushes?: readonly PushCase[];
  /** With the adapter's `webhooks`. */
  registry?: RegistryCase;
  /** With the adapter's `readUsage`: headers as the provider sends them, and what they say. */
  usages?: readonly { headers: Record<string, string>; usage: Usage }[];
  failures: readonly Failure[];
  /** Keys whose absence means null by the provider's own word: the one way in which a dropped field may become a null. */
  absentMeansNull?: readonly string[];
};

export type TokenCase = { credentials: Record<string, string> } & (
  | { answer: unknown; grant: Omit<TokenGrant, 'accessToken'> }
  /** A vector of the provider's, or of somebody who has seen it accepted. */
  | { signing: { request: ToSign; moment: SigningMoment; headers: Record<string, string> } }
  | { fields: Record<string, string> }
);

/** The provider's answer to good credentials, and its answers to those that are none. */
export type ProbeCase = { accepted: unknown; refused: readonly { status: number; body: unknown }[] };

/** Commands of one kind, and the provider's answers to the requests that carry them, in their order. */
export type PushCase = {
  name: string;
  commands: readonly PushCommand[];
  answers: readonly { body: unknown; outcomes: readonly PushOutcome[] }[];
};

/**
 * `none`: answers to the list requests where nothing is registered; `some`: where `wanted` and somebody else's are.
 * `former`: a past address of ours, one that `wanted.isOurs` knows.
 */
export type RegistryCase = { wanted: WantedWebhook; former: string; none: readonly unknown[]; some: readonly unknown[] };

export const CONNECTION = 'conformance';
/** When every case's bytes arrive; later than any stamp in a fixture. */
export const NOW = Date.parse('2030-01-01T00:00:00.000Z');

const receipt = { receipt: 'receipt-of-a-case', receivedAt: new Date(NOW).toISOString() };
export const PUSH: RawContext = { via: 'push', ...receipt };

/** The context of a by-id read, as the executor makes it from the plan. */
export function readContext(
  harness: Pick<AdapterHarness, 'adapter' | 'account'>,
  job: ReadJob,
  facts: { status?: number; providerDate?: number | null; ids?: string[] } = {},
): RawContext {
  const plan = harness.adapter.readRequest!(job, { account: harness.account });
  const { status = 200, providerDate = NOW, ids = plan.ids } = facts;
  const cursor = job.cursor === undefined ? {} : { cursor: job.cursor };
  return {
    via: 'read',
    ...receipt,
    read: { kind: job.kind, ids, ...cursor, operation: plan.operation, status, observedAt: NOW * 1000, providerDate },
  };
}

/** The context of a page: a read of its list's first kind that named no ids. */
export function pageContext(
  { adapter, account }: Pick<AdapterHarness, 'adapter' | 'account'>,
  job: PageJob,
  { status = 200, providerDate = NOW }: { status?: number; providerDate?: number | null } = {},
): RawContext {
  const { operation } = adapter.listings!.pageRequest(job, { account });
  const kind = adapter.listings!.lists.find(({ name }) => name === job.list)!.kinds[0]!;
  return { via: 'read', ...receipt, read: { kind, operation, status, observedAt: NOW * 1000, providerDate } };
}

/** `providerDate`: the answer's `Date`; {@link NOW} unless told. */
export function contextOf(harness: AdapterHarness, fixture: Fixture, facts: { providerDate?: number | null } = {}): RawContext {
  if (fixture.via === 'push') return PUSH;
  return fixture.via === 'read' ? readContext(harness, fixture.job, facts) : pageContext(harness, fixture.job, facts);
}

export function accountOf({ account, unsaid }: AdapterHarness): AccountContext {
  return { account, unsaid };
}

export function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
}

export function rawOf(harness: AdapterHarness, body: unknown, context: RawContext): RawMessage {
  const { account, unsaid } = harness;
  return { tenant: 'conformance', connection: CONNECTION, account, unsaid, body: bytesOf(body), context };
}

/** Straight from the adapter: what it throws, the port must not hide from these cases. */
export function decode(harness: AdapterHarness, body: unknown, context: RawContext): Decoded {
  return harness.adapter.decode(rawOf(harness, body, context));
}

/** Content by kind, entity and facet: what a decode said, without versions. */
export function saidBy(decoded: Decoded): Map<string, unknown> {
  return new Map(
    decoded.tellings.flatMap((telling) =>
      Object.entries(telling.facets).map(
        ([name, facet]) => [`${telling.kind} ${telling.entity} ${name}`, facet.content] as const,
      ),
    ),
  );
}

/** Ids that try to lead a path elsewhere. */
export const HOSTILE_IDS = [
  '..',
  '.',
  '../../accessTokens',
  'a/b',
  '1?x=1',
  '1#x',
  '//example.invalid/',
  'https://example.invalid/',
  '%2e%2e',
  '1\r\nx: y',
  '1&x=1',
  'ü',
];

/** What `make` gives, or the port's own refusal; anything else that it throws is thrown. */
export function attempt<T>(make: () => T): T | PmsError {
  try {
    return make();
  } catch (error) {
    if (error instanceof PmsError) return error;
    throw error;
  }
}

/** An object of a fixture, as loose as JSON is. */
export type JsonObject = Record<string, unknown>;

/** Reads `fixtures/<name>.json` beside a spec: `fixturesIn(import.meta.dirname)`. The type is the spec's word. */
export function fixturesIn(directory: string): <T = JsonObject>(name: string) => T {
  return <T>(name: string) => JSON.parse(readFileSync(join(directory, 'fixtures', `${name}.json`), 'utf8')) as T;
}
