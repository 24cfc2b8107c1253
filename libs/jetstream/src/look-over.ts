import type { NatsConnection } from '@nats-io/nats-core';
import { jetstreamManager, type ConsumerInfo, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import { busErrorOf } from './bus.ts';
import { wantedOf } from './ensure.ts';

/** Longer than a busy process goes without being handed anything. */
const BUSY_MS = 15_000;

/** A stream as it stands. `drift`: how its configuration differs from the topology's; `members`: the servers that hold it. */
export type StreamLook = {
  name: string;
  messages: number;
  bytes: number;
  /** -1: without limit. */
  bytesMax: number;
  replicas: number;
  members: string[];
  /** Of a cluster: members that are not up to date. */
  behind: string[];
  drift: string[];
};
export type ConsumerLook = {
  stream: string;
  name: string;
  /** Whoever pulls keeps a request open, or was handed something a moment ago and has its hands full. */
  isPulled: boolean;
  /** Not handed out yet, and handed out without an end. */
  waiting: number;
  inHand: number;
  redelivered: number;
  replicas: number;
  drift: string[];
};
/** What the broker is and holds, as one of its users sees it. `clock`: its own, between two instants of ours, epoch ms. */
export type BrokerLook = {
  version: string;
  server: string;
  cluster: string | null;
  clock: { broker: number; asked: number; answered: number } | null;
  streams: StreamLook[];
  consumers: ConsumerLook[];
  /** What the topology wants and nobody made. */
  missing: string[];
};

/** `tenants`: of whom there are to be streams, and the providers that each has a connection of. @throws {BusError} */
export async function lookOver(
  nc: NatsConnection,
  tenants: readonly { id: string; providers: readonly string[] }[],
): Promise<BrokerLook> {
  try {
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    const wanted = wantedOf(tenants);
    const found = new Map<string, StreamInfo>();
    for await (const info of jsm.streams.list()) found.set(info.config.name, info);
    const consumers = await consumersOf(jsm, [...found.keys()]);
    const streams = [...found.values()].map((info) => streamLook(info, wanted.streams.get(info.config.name)));
    return {
      ...{ version: nc.info?.version ?? '', server: nc.info?.server_name ?? '', cluster: nc.info?.cluster ?? null },
      clock: await clockOf(jsm, [...found.keys()][0]),
      streams: streams.sort((a, b) => (a.name < b.name ? -1 : 1)),
      consumers: consumers.map((info) =>
        consumerLook(info, found.get(info.stream_name)!, wanted.consumers.get(`${info.stream_name} ${info.name}`)),
      ),
      missing: [
        ...[...wanted.streams.keys()].filter((name) => !found.has(name)).map((name) => `stream ${name}`),
        ...[...wanted.consumers.keys()]
          .filter((key) => !consumers.some(({ stream_name, name }) => `${stream_name} ${name}` === key))
          .map((key) => `consumer ${key.split(' ').reverse().join(' of ')}`),
      ],
    };
  } catch (error) {
    throw busErrorOf(error);
  }
}

async function consumersOf(jsm: JetStreamManager, streams: readonly string[]): Promise<ConsumerInfo[]> {
  const found: ConsumerInfo[] = [];
  for (const stream of streams)
    for await (const info of jsm.consumers.list(stream)) if (info.config.durable_name) found.push(info);
  return found;
}

/** The broker stamps each answer about a stream; the client's types do not know it. */
async function clockOf(jsm: JetStreamManager, stream: string | undefined): Promise<BrokerLook['clock']> {
  if (stream === undefined) return null;
  const asked = Date.now();
  const { ts } = (await jsm.streams.info(stream)) as { ts?: string };
  return ts === undefined ? null : { broker: Date.parse(ts), asked, answered: Date.now() };
}

/** Replicas are the operator's choice, and no drift. */
function driftOf(found: object, wanted: object | undefined): string[] {
  const of = found as Record<string, unknown>;
  return Object.entries(wanted ?? {})
    .filter(([key, value]) => key !== 'num_replicas' && JSON.stringify(of[key]) !== JSON.stringify(value))
    .map(([key, value]) => `${key} is ${JSON.stringify(of[key])}, wanted is ${JSON.stringify(value)}`);
}

function streamLook(info: StreamInfo, wanted: object | undefined): StreamLook {
  const { config, state, cluster } = info;
  const followers = cluster?.replicas ?? [];
  return {
    ...{
      name: config.name,
      messages: state.messages,
      bytes: state.bytes,
      bytesMax: config.max_bytes,
      replicas: config.num_replicas,
    },
    members: [cluster?.leader ?? '', ...followers.map(({ name }) => name)].filter((name) => name !== ''),
    behind: followers.filter(({ current, offline }) => !current || offline).map(({ name }) => name),
    drift: driftOf(config, wanted),
  };
}

/** What a process that is frozen, or gone, was handed last stays in its hands; nothing is handed to it any more. */
function isBusy({ num_ack_pending, delivered }: ConsumerInfo): boolean {
  const last = delivered.last_active as unknown as string | undefined; // an instant on the wire, whatever the client calls it
  return num_ack_pending > 0 && last !== undefined && Date.now() - Date.parse(last) < BUSY_MS;
}

function consumerLook(info: ConsumerInfo, stream: StreamInfo, wanted: object | undefined): ConsumerLook {
  return {
    ...{ stream: info.stream_name, name: info.name, isPulled: info.num_waiting > 0 || isBusy(info) },
    ...{ waiting: info.num_pending, inHand: info.num_ack_pending, redelivered: info.num_redelivered },
    replicas: info.config.num_replicas || stream.config.num_replicas,
    drift: driftOf(info.config, wanted),
  };
}
