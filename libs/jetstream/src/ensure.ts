import type { NatsConnection } from '@nats-io/nats-core';
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import type { ConsumerInfo, JetStreamManager, StreamConfig, StreamInfo } from '@nats-io/jetstream';
import {
  ACK_WAIT_MS,
  auditStream,
  BUCKETS,
  CONSUMERS,
  DEFAULT_SETTINGS,
  DUPLICATE_WINDOW_MS,
  fetchConsumers,
  pushConsumers,
  streamOf,
  tenantStreams,
  type ConsumerPlan,
  type StreamPlan,
  type TopologySettings,
} from './topology.ts';

const SERVER_MINIMUM = [2, 14] as const;
const NANOS = 1_000_000;
/** The broker's error where the limits of all streams together would pass what it may store. */
const NO_STORAGE = 10_047;
/** More than all consumers of a stream together ever hold: bounded by `concurrency`, not by the broker. */
const ACK_PENDING_MAX = 1_000;

/** What stands there is not what is wanted, and making it so would destroy something. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError';
}

/** KV buckets and the audit trail, once for the installation. Idempotent; refuses a server that is too old. */
export async function ensureFleet(nc: NatsConnection, settings: TopologySettings = DEFAULT_SETTINGS): Promise<void> {
  requireServer(nc.info?.version ?? '0');
  const jsm = await managerOf(nc);
  for (const wanted of fleetStreams(settings)) await ensureStream(jsm, wanted);
}

function fleetStreams(settings: TopologySettings): WantedStream[] {
  const buckets = BUCKETS.map(({ name, history }) => ({
    ...{ name: `KV_${name}`, subjects: [`$KV.${name}.>`], max_msgs_per_subject: history, num_replicas: settings.replicas },
    ...{ retention: RetentionPolicy.Limits, discard: DiscardPolicy.New, storage: StorageType.File },
    ...{ max_bytes: -1, max_age: 0, duplicate_window: DUPLICATE_WINDOW_MS * NANOS },
    ...{ allow_rollup_hdrs: true, deny_delete: true, allow_direct: false },
  }));
  return [...buckets, configOf(auditStream(settings), settings)];
}

/** All that is to be there, for whoever compares it with what is: streams by name, consumers by `<stream> <name>`. */
export function wantedOf(
  tenants: readonly { id: string; providers: readonly string[] }[],
  settings: TopologySettings = DEFAULT_SETTINGS,
): { streams: Map<string, WantedStream>; consumers: Map<string, WantedConsumer> } {
  const streams = [
    ...fleetStreams(settings),
    ...tenants.flatMap(({ id }) => tenantStreams(id, settings).map((plan) => configOf(plan, settings))),
  ];
  const consumers = tenants.flatMap(({ id, providers }) =>
    [...CONSUMERS, ...providers.flatMap(fetchConsumers)].map(
      (plan) => [`${streamOf(plan.stream, id)} ${plan.name}`, consumerConfigOf(id, plan)] as const,
    ),
  );
  return { streams: new Map(streams.map((wanted) => [wanted.name, wanted])), consumers: new Map(consumers) };
}

/** A tenant's streams and the durables of every service that always consumes them. */
export async function ensureTenant(
  nc: NatsConnection,
  tenant: string,
  settings: TopologySettings = DEFAULT_SETTINGS,
): Promise<void> {
  const jsm = await managerOf(nc);
  for (const plan of tenantStreams(tenant, settings)) await ensureStream(jsm, configOf(plan, settings));
  for (const plan of CONSUMERS) await ensureConsumer(jsm, tenant, plan);
}

/** Removes a tenant's streams, and with them their durables. Answers how many there were. */
export async function removeTenant(nc: NatsConnection, tenant: string): Promise<number> {
  const jsm = await managerOf(nc);
  let removed = 0;
  for (const { name } of tenantStreams(tenant)) if (await infoOf(jsm, name)) removed += Number(await jsm.streams.delete(name));
  return removed;
}

/** The durables of a provider that a tenant has a connection of: reads from it, and orders to it. */
export async function ensureConnection(nc: NatsConnection, tenant: string, provider: string): Promise<void> {
  const jsm = await managerOf(nc);
  for (const plan of [...fetchConsumers(provider), ...pushConsumers(provider)]) await ensureConsumer(jsm, tenant, plan);
}

const managerOf = (nc: NatsConnection): Promise<JetStreamManager> => jetstreamManager(nc, { checkAPI: false });

function requireServer(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < SERVER_MINIMUM[0] || (major === SERVER_MINIMUM[0] && minor < SERVER_MINIMUM[1]))
    throw new TopologyError(
      `nats-server is ${version}: ${SERVER_MINIMUM.join('.')} or newer is needed; upgrade it before provisioning`,
    );
}

type WantedStream = Partial<StreamConfig> & { name: string; subjects: string[] };

function configOf(plan: StreamPlan, settings: TopologySettings): WantedStream {
  return {
    ...{ name: plan.name, subjects: plan.subjects, storage: StorageType.File, num_replicas: settings.replicas },
    retention: plan.retention === 'workqueue' ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    discard: plan.discard === 'new' ? DiscardPolicy.New : DiscardPolicy.Old,
    ...{ max_bytes: plan.bytesMax, max_age: plan.ageMaxMs * NANOS, max_msgs_per_subject: plan.perSubjectMax },
    ...{ duplicate_window: DUPLICATE_WINDOW_MS * NANOS, allow_direct: false },
    ...(plan.undeleted ? { deny_delete: true } : {}),
    ...(plan.undeleted === 'nor-purged' ? { deny_purge: true } : {}),
  };
}

async function ensureStream(jsm: JetStreamManager, wanted: WantedStream): Promise<void> {
  const found = await infoOf(jsm, wanted.name);
  if (!found) return make(jsm, wanted);
  const refusal = whyDestructive(found, wanted);
  if (refusal) throw new TopologyError(`stream ${wanted.name}: ${refusal}; change it by hand if that is meant`);
  if (differs(found.config, wanted)) await jsm.streams.update(wanted.name, { ...found.config, ...wanted });
}

async function make(jsm: JetStreamManager, wanted: WantedStream): Promise<void> {
  try {
    await jsm.streams.add(wanted);
  } catch (error) {
    if (!(error instanceof JetStreamApiError && error.code === NO_STORAGE)) throw error;
    const why = `the server has no ${wanted.max_bytes ?? 0} bytes left to reserve for it`;
    throw new TopologyError(`stream ${wanted.name}: ${why}; give it disk, raise jetstream.max_file_store, or lower the limits`);
  }
}

/** What an update would lose. Messages above a new limit are dropped by the broker without a word. */
function whyDestructive({ config, state }: StreamInfo, wanted: WantedStream): string | undefined {
  const lost = config.subjects.filter((subject) => !wanted.subjects.includes(subject));
  if (lost.length) return `subjects ${lost.join(', ')} would be removed`;
  if (config.retention !== wanted.retention) return `retention would change from ${config.retention} to ${wanted.retention}`;
  const { max_bytes: bytes, max_msgs_per_subject: perSubject, max_age: age } = wanted;
  if (bytes !== undefined && bytes >= 0 && bytes < state.bytes)
    return `max bytes ${bytes} is below the ${state.bytes} that it holds`;
  if (lowers(config.max_msgs_per_subject, perSubject))
    return `messages per subject would fall from ${config.max_msgs_per_subject} to ${perSubject}`;
  if (lowers(config.max_age || -1, age === undefined ? undefined : age || -1)) return `max age would fall`;
  return undefined;
}

/** -1 is without limit. */
const lowers = (from: number, to: number | undefined): boolean => to !== undefined && to > 0 && (from < 0 || to < from);

function differs(found: StreamConfig, wanted: WantedStream): boolean {
  return Object.entries(wanted).some(
    ([key, value]) => JSON.stringify(found[key as keyof StreamConfig]) !== JSON.stringify(value),
  );
}

async function infoOf(jsm: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await jsm.streams.info(name);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === 10059) return undefined;
    throw error;
  }
}

async function ensureConsumer(jsm: JetStreamManager, tenant: string, plan: ConsumerPlan): Promise<void> {
  const stream = streamOf(plan.stream, tenant);
  const filter = plan.filter(tenant);
  const found = await consumerOf(jsm, stream, plan.name);
  if (found && found.config.filter_subject !== filter)
    throw new TopologyError(
      `consumer ${plan.name} of ${stream}: filter is ${found.config.filter_subject}, wanted is ${filter}; change it by hand if that is meant`,
    );
  await jsm.consumers.add(stream, consumerConfigOf(tenant, plan));
}

const consumerConfigOf = (tenant: string, plan: ConsumerPlan) => ({
  ...{
    durable_name: plan.name,
    filter_subject: plan.filter(tenant),
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
  },
  // Unlimited: the transport counts, and dead-letters itself. At the broker's limit a message would be forgotten.
  ...{ ack_wait: ACK_WAIT_MS * NANOS, max_deliver: -1, max_ack_pending: ACK_PENDING_MAX, max_waiting: 64 },
});
type WantedConsumer = ReturnType<typeof consumerConfigOf>;

async function consumerOf(jsm: JetStreamManager, stream: string, name: string): Promise<ConsumerInfo | undefined> {
  try {
    return await jsm.consumers.info(stream, name);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === 10014) return undefined;
    throw error;
  }
}
