import { filterOf, pipeline, pushLane, type Lane, type Pipeline } from '@roomwire/events';

export type StreamFamily = 'WORK' | 'FETCH' | 'STATE' | 'DEAD' | 'LOG';

/** The one function for stream names: pooled placement will change it here. */
export const streamOf = (family: StreamFamily, tenant: string): string => `${family}_${tenant}`;

export type TopologySettings = {
  replicas: number;
  workBytesMax: number;
  fetchBytesMax: number;
  stateBytesMax: number;
  deadBytesMax: number;
  logBytesMax: number;
  /** What STATE keeps of each subject: its history. */
  statePerSubject: number;
  logAgeMs: number;
  auditAgeMs: number;
};
const GIB = 1024 ** 3;
/** Limits of bytes are reserved on the server's disk when a stream is made, used or not: 1.6 GiB a tenant. */
export const DEFAULT_SETTINGS: TopologySettings = {
  replicas: 1,
  workBytesMax: GIB,
  fetchBytesMax: GIB / 16,
  stateBytesMax: -1,
  deadBytesMax: GIB / 4,
  logBytesMax: GIB / 4,
  statePerSubject: 16,
  logAgeMs: 7 * 86_400_000,
  auditAgeMs: 400 * 86_400_000,
};

/** Message ids are remembered this long. An optimisation: the merge is the guarantee. */
export const DUPLICATE_WINDOW_MS = 120_000;
/** A killed replica's messages come back after it (docs/adr/0008). */
export const ACK_WAIT_MS = 4_000;

export type StreamPlan = {
  name: string;
  subjects: string[];
  retention: 'workqueue' | 'limits';
  discard: 'new' | 'old';
  bytesMax: number;
  ageMaxMs: number;
  /** -1 = any number. */
  perSubjectMax: number;
  /**
   * No message is taken out of it by hand; `nor-purged`: nor all of them. The broker lets nobody change that any more. A service that
   * settles may delete by sequence, and no wildcard of a permission fits half a stream's name: this keeps it to the streams it is for.
   */
  undeleted?: 'undeleted' | 'nor-purged';
};

/** The audit trail of vault and operators, one for the installation (docs/adr/0018). Not in LOG: what is flooded there must not push this out. */
export function auditStream(settings: TopologySettings = DEFAULT_SETTINGS): StreamPlan {
  return {
    ...{ name: 'AUDIT', subjects: ['audit.>'], retention: 'limits', discard: 'new', undeleted: 'nor-purged' },
    ...{ bytesMax: -1, ageMaxMs: settings.auditAgeMs, perSubjectMax: -1 },
  };
}

/** The five streams of a tenant (ARCHITECTURE.md §5). */
export function tenantStreams(tenant: string, settings: TopologySettings = DEFAULT_SETTINGS): StreamPlan[] {
  const of = (families: Parameters<typeof filterOf>[1][]): string[] => families.map((family) => filterOf(tenant, family));
  const plan = { ageMaxMs: 0, perSubjectMax: -1 };
  return [
    {
      ...plan,
      ...{ name: streamOf('WORK', tenant), subjects: of(['raw', 'event', 'command', 'deliver', 'push', 'later']) },
      ...{ retention: 'workqueue', discard: 'new', bytesMax: settings.workBytesMax },
    },
    {
      ...plan,
      ...{
        name: streamOf('FETCH', tenant),
        subjects: of(['fetch']),
        retention: 'workqueue',
        discard: 'new',
        bytesMax: settings.fetchBytesMax,
      },
      // A newer hint takes the place of one whose read has not started; one that has is in flight and gets a successor.
      perSubjectMax: 1,
    },
    {
      ...plan,
      ...{
        name: streamOf('STATE', tenant),
        subjects: of(['change']),
        retention: 'limits',
        discard: 'new',
        bytesMax: settings.stateBytesMax,
      },
      perSubjectMax: settings.statePerSubject,
    },
    {
      ...plan,
      ...{
        name: streamOf('DEAD', tenant),
        subjects: of(['dead']),
        retention: 'limits',
        discard: 'new',
        bytesMax: settings.deadBytesMax,
      },
      perSubjectMax: 1,
    },
    {
      ...plan,
      ...{ name: streamOf('LOG', tenant), subjects: of(['outcome', 'notice', 'audit']), retention: 'limits', discard: 'old' },
      ...{ bytesMax: settings.logBytesMax, ageMaxMs: settings.logAgeMs, undeleted: 'undeleted' },
    },
  ];
}

export type ConsumerPlan = {
  name: string;
  service: 'normalizer' | 'registry' | 'sync-worker';
  stream: StreamFamily;
  /** Filter for a tenant. */
  filter: (tenant: string) => string;
  /** Keys that one process works on at a time (see `keyOf`): as many messages, or groups of them. */
  concurrency: number;
  /** Messages of one key and of the same (see `sameOf`) that it works on together, where so many wait; by default one. */
  together?: number;
  /** Messages that it holds at most, begun or not; by default twice as many as it works on: the next are at hand. */
  inHand?: number;
  /** Tries before a `retry` becomes a dead letter. */
  attemptsMax: number;
};

/**
 * What a message is worked on with lives until its turn is over. Under more load than a processor can carry, turns that share it last
 * the longer the more there are, live through two collections of young garbage, and are copied in each (ADR 0039): this is enough to
 * keep a processor busy while others wait for broker and Redis.
 */
const AT_A_TIME = 8;

const normalizer = (lane: Lane): ConsumerPlan => ({
  ...{ name: `normalizer-${lane}`, service: 'normalizer', stream: 'WORK', concurrency: AT_A_TIME, attemptsMax: 10 },
  filter: (tenant) => filterOf(tenant, 'raw', lane),
});

/** What is told of one entity meanwhile is applied at once, and readers hear of it once: behind, a registry catches up the faster (ADR 0034). */
const TOGETHER = { together: 8, inHand: 256 };
/**
 * A month of nights is ten kilobytes to read, merge and write in one go, and whatever else the process has in hand waits for all that
 * wake in the same turn of the event loop. So few of these are worked on at a time (ADR 0035).
 */
const MONTHS: Partial<ConsumerPlan> = { concurrency: 2, inHand: 4 };
const OF_MONTHS: ReadonlySet<Pipeline> = new Set(['availability', 'pricing']);

/** Every durable that is made with a tenant; names are what services may consume by permission. */
export const CONSUMERS: readonly ConsumerPlan[] = [
  normalizer('live'),
  normalizer('bulk'),
  ...pipeline.options.map((name): ConsumerPlan => ({
    ...{ name: `registry-live-${name}`, service: 'registry', stream: 'WORK', concurrency: AT_A_TIME, attemptsMax: 10 },
    ...TOGETHER,
    ...(OF_MONTHS.has(name) ? MONTHS : {}),
    filter: (tenant) => filterOf(tenant, 'event', 'live', name),
  })),
  {
    ...{ name: 'registry-bulk', service: 'registry', stream: 'WORK', concurrency: AT_A_TIME, attemptsMax: 10 },
    filter: (tenant) => filterOf(tenant, 'event', 'bulk'),
  },
];

/**
 * Providers of whom each read takes a call, and so a permit, of its own: few of their jobs are in hand at a time, since what waits in
 * the stream costs least. Of the others so many that jobs which one call can read meet (docs/adr/0022).
 */
const ONE_BY_ONE: ReadonlySet<string> = new Set(['hostaway']);

/** Made where a tenant has a connection of the provider. */
export function fetchConsumers(provider: string): ConsumerPlan[] {
  const concurrency = ONE_BY_ONE.has(provider) ? 4 : 32;
  return (['live', 'poll', 'backfill'] as const).map((lane) => ({
    ...{ name: `fetch-${provider}-${lane}`, service: 'sync-worker', stream: 'FETCH', concurrency, attemptsMax: 8 },
    filter: (tenant) => filterOf(tenant, 'fetch', lane, provider),
  }));
}

/**
 * Made beside them. Orders that are in hand together share calls; each call of a connection waits for the one before it, and a group
 * must come to its end within a handler's time.
 */
export function pushConsumers(provider: string): ConsumerPlan[] {
  return pushLane.options.map((lane) => ({
    ...{ name: `push-${provider}-${lane}`, service: 'sync-worker', stream: 'WORK', concurrency: 32, attemptsMax: 8 },
    filter: (tenant) => filterOf(tenant, 'push', lane, provider),
  }));
}

export type BucketPlan = { name: string; history: number };
export const BUCKETS: readonly BucketPlan[] = [
  { name: 'tenants', history: 5 },
  { name: 'connections', history: 5 },
  { name: 'catalog', history: 1 },
  { name: 'sync', history: 1 },
  { name: 'vault', history: 5 },
];
