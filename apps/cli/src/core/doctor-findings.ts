import { danger, notSeen, ok, warning, type Finding } from './finding.ts';

/** What the broker said of itself, and of one of ours; libs/jetstream reads it. */
type Stream = {
  name: string;
  bytes: number;
  bytesMax: number;
  messages: number;
  replicas: number;
  members: string[];
  behind: string[];
  drift: string[];
};
type Consumer = {
  stream: string;
  name: string;
  isPulled: boolean;
  waiting: number;
  inHand: number;
  replicas: number;
  drift: string[];
};
export type SeenBroker = {
  version: string;
  cluster: string | null;
  clock: { broker: number; asked: number; answered: number } | null;
  streams: Stream[];
  consumers: Consumer[];
  missing: string[];
};
/** Of nats-server's monitoring, which a user of JetStream cannot ask. */
export type SeenMonitor = { syncAlways: boolean; syncSeconds: number; haAssets: number };
export type SeenRedis = {
  version: string;
  policy: string;
  appendOnly: boolean;
  usedBytes: number;
  /** 0: no limit. */
  maxBytes: number;
  rewriteFailed: boolean;
  clock: { redis: number; asked: number; answered: number };
};
export type SeenTenant = { id: string; status: string; deadLetters: number; deadInHour: number };
export type SeenConnection = { id: string; tenant: string; status: string; credentials: string | null };
export type SeenService = { address: string; answer: 'ready' | 'not ready' | 'no answer'; detail: string };

/** Below it Roomwire's own topology refuses to be made. */
const NATS_MINIMUM = [2, 14] as const;
const REDIS_MINIMUM = [7, 0] as const;
const [FILL_WARNS, FILL_ENDANGERS] = [0.5, 0.85];
/** A push that is stamped five minutes into the future is a hint: from half of that on clocks change what is believed. */
const [CLOCK_WARNS_MS, CLOCK_ENDANGERS_MS] = [1_000, 150_000];
/** nats-server's vendor warns at about a thousand Raft groups a server. */
const [RAFT_WARNS, RAFT_ENDANGERS] = [500, 1_000];
const PULLERS = { normalizer: /^normalizer-/, registry: /^registry-/, 'sync-worker': /^fetch-/ } as const;

export function brokerFindings(seen: SeenBroker): Finding[] {
  const { version, cluster, streams, consumers, missing, clock } = seen;
  const drifted = [...streams, ...consumers].filter(({ drift }) => drift.length > 0);
  const [most, groups] = raftGroups(streams, consumers);
  return [
    isBelow(version, NATS_MINIMUM)
      ? danger('nats-server', version, `upgrade it: ${NATS_MINIMUM.join('.')} or newer is needed`)
      : ok('nats-server', version),
    replicasFinding(cluster, streams),
    ...streams
      .filter(({ behind }) => behind.length > 0)
      .map(({ name, behind }) =>
        danger(name, `${behind.join(', ')} is not up to date`, 'is that server running, and reached by the others?'),
      ),
    missing.length === 0
      ? ok('topology', 'every stream and consumer is there')
      : danger('topology', `missing: ${shortened(missing)}`, 'roomwire provision <file> makes them'),
    ...drifted.map(({ name, drift }) =>
      warning(name, drift.join('; '), 'roomwire provision <file> puts it right where nothing is lost by it'),
    ),
    ...streams.flatMap(fillFinding),
    ...(clock
      ? [clockFinding('clock of the broker', clock.broker, clock)]
      : [notSeen('clock of the broker', 'it told no time', 'nats-server is old')]),
    most === 0
      ? ok('raft groups', 'none: nothing is replicated')
      : byLimits('raft groups', groups, [most, RAFT_WARNS, RAFT_ENDANGERS], 'fewer tenants a cluster, or more servers'),
    ...Object.entries(PULLERS).map(([service, names]) =>
      pulledFinding(
        service,
        consumers.filter(({ name }) => names.test(name)),
      ),
    ),
  ];
}

function replicasFinding(cluster: string | null, streams: readonly Stream[]): Finding {
  const counts = [...new Set(streams.map(({ replicas }) => replicas))].sort();
  if (!cluster)
    return warning(
      'replicas',
      'one server: what it acknowledged is lost with it',
      'for production a cluster of three, and three replicas: k8s/README.md',
    );
  const few = streams.filter(({ replicas }) => replicas < 3);
  if (few.length > 0)
    return danger('replicas', `${few.length} streams of cluster ${cluster} have fewer than 3`, 'nats stream edit --replicas 3');
  return ok('replicas', `cluster ${cluster}, ${counts.join(' or ')} each`);
}

function fillFinding({ name, bytes, bytesMax }: Stream): Finding[] {
  if (bytesMax <= 0) return [];
  const share = bytes / bytesMax;
  if (share < FILL_WARNS) return [];
  const seen = `${Math.round(share * 100)} % of ${mebibytes(bytesMax)} is used`;
  const todo = name.startsWith('DEAD_')
    ? 'roomwire dlq ls: deal with what is there; when it is full consumers pause'
    : 'what takes from it? roomwire doctor names services that do not pull; when it is full the gateway answers 503';
  return [share < FILL_ENDANGERS || name.startsWith('LOG_') ? warning(name, seen, todo) : danger(name, seen, todo)];
}

function raftGroups(streams: readonly Stream[], consumers: readonly Consumer[]): [most: number, text: string] {
  const perServer = new Map<string, number>();
  for (const { name, members, replicas } of streams) {
    if (replicas < 2) continue;
    const groups = 1 + consumers.filter((each) => each.stream === name && each.replicas > 1).length;
    for (const member of members) perServer.set(member, (perServer.get(member) ?? 0) + groups);
  }
  return [Math.max(0, ...perServer.values()), [...perServer].map(([server, count]) => `${server}: ${count}`).join(', ')];
}

function pulledFinding(service: string, consumers: readonly Consumer[]): Finding {
  if (consumers.length === 0) return notSeen(service, 'it has no consumer here yet', 'a tenant or a connection makes them');
  const idle = consumers.filter(({ isPulled }) => !isPulled);
  if (idle.length === 0) return ok(service, `pulls all of its ${consumers.length} consumers`);
  const waiting = idle.reduce((sum, each) => sum + each.waiting, 0);
  const seen = `${idle.length} of ${consumers.length} consumers are not pulled, ${waiting} messages wait there`;
  const todo = `is ${service} running, and its /readyz green? a paused tenant's are not pulled`;
  return idle.length === consumers.length || waiting > 0 ? danger(service, seen, todo) : warning(service, seen, todo);
}

export function monitorFindings(seen: SeenMonitor | undefined): Finding[] {
  if (!seen) return [notSeen('fsync', 'only the broker’s monitoring tells', 'give --nats-monitor http://<server>:8222')];
  const groups = byLimits(
    'raft groups of that server',
    String(seen.haAssets),
    [seen.haAssets, RAFT_WARNS, RAFT_ENDANGERS],
    'fewer tenants a cluster, or more servers',
  );
  if (seen.syncAlways) return [ok('fsync', 'always: an acknowledged message is on the disk'), groups];
  return [
    warning(
      'fsync',
      `every ${seen.syncSeconds} s: a loss of power takes what was acknowledged since`,
      'sync_interval: always in nats.conf, or three servers that do not lose power together',
    ),
    groups,
  ];
}

export function redisFindings(seen: SeenRedis | 'no answer' | undefined): Finding[] {
  if (seen === undefined) return [notSeen('redis', 'no address', 'set REDIS_URL')];
  if (seen === 'no answer')
    return [danger('redis', 'does not answer', 'is it running? the registry waits for it; what was received is kept in WORK')];
  const { version, policy, appendOnly, usedBytes, maxBytes, rewriteFailed, clock } = seen;
  return [
    isBelow(version, REDIS_MINIMUM)
      ? warning('redis', version, `${REDIS_MINIMUM.join('.')} or newer is what is tested`)
      : ok('redis', version),
    policy === 'noeviction'
      ? ok('redis eviction', policy)
      : danger(
          'redis eviction',
          policy,
          'maxmemory-policy noeviction: an evicted record is a fact forgotten; the registry refuses to start',
        ),
    appendOnly
      ? ok('redis persistence', 'append-only file')
      : warning('redis persistence', 'none: after a restart everything is rebuilt from STATE', 'appendonly yes'),
    ...(rewriteFailed
      ? [danger('redis persistence', 'its last write to the disk failed', 'has it disk left? its log tells')]
      : []),
    memoryFinding(usedBytes, maxBytes),
    clockFinding('clock of redis', clock.redis, clock),
  ];
}

function memoryFinding(used: number, max: number): Finding {
  if (max === 0) return ok('redis memory', `${mebibytes(used)} used, without a limit`);
  const seen = `${Math.round((used / max) * 100)} % of ${mebibytes(max)} is used`;
  return byLimits(
    'redis memory',
    seen,
    [used / max, FILL_WARNS, FILL_ENDANGERS],
    'raise maxmemory: where it is full nothing can be applied, and WORK fills',
  );
}

export function tenantFindings(tenants: readonly SeenTenant[]): Finding[] {
  const letters = tenants.filter(({ deadLetters }) => deadLetters > 0);
  const paused = tenants.filter(({ status }) => status === 'paused');
  return [
    ...letters.map(({ id, deadLetters, deadInHour }) =>
      warning(
        `dead letters of ${id}`,
        `${deadLetters}, ${deadInHour} of them in the last hour`,
        `roomwire dlq ls --tenant ${id}`,
      ),
    ),
    ...(letters.length === 0 ? [ok('dead letters', 'none')] : []),
    ...paused.map(({ id }) =>
      warning(`tenant ${id}`, 'paused: what comes is stored and not worked on', `roomwire tenant resume ${id}`),
    ),
  ];
}

/** `vault`: whether it answered. */
export function connectionsFindings(connections: readonly SeenConnection[], vault: boolean): Finding[] {
  const bad = connections.filter(
    ({ status, credentials }) => status === 'lapsed' || credentials === 'lapsed' || credentials === 'unreadable',
  );
  return [
    vault
      ? ok('token-vault', 'answers')
      : danger('token-vault', 'does not answer', 'is it running, and its /readyz green? nothing can be read at providers'),
    ...bad.map(({ id, credentials }) =>
      danger(
        `connection ${id}`,
        credentials === 'unreadable'
          ? 'the vault has no key that opens its credentials'
          : 'lapsed: its provider refuses the credentials',
        `roomwire connection check ${id}`,
      ),
    ),
    ...(bad.length === 0 ? [ok('connections', `${connections.length}, none of them lapsed`)] : []),
  ];
}

export function serviceFindings(services: readonly SeenService[]): Finding[] {
  if (services.length === 0)
    return [
      notSeen(
        'readiness',
        'no address of a service',
        'give --ready <base URL>, once for each; without it only who pulls is seen',
      ),
    ];
  return services.map(({ address, answer, detail }) =>
    answer === 'ready' ? ok(address, 'ready') : danger(address, [answer, detail].filter(Boolean).join(': '), 'its log tells why'),
  );
}

function clockFinding(about: string, theirs: number, { asked, answered }: { asked: number; answered: number }): Finding {
  const offset = Math.round(theirs - (asked + answered) / 2);
  const doubt = Math.ceil((answered - asked) / 2);
  const seen = `${offset} ms from this machine’s, give or take ${doubt}`;
  return byLimits(
    about,
    seen,
    [Math.abs(offset) - doubt, CLOCK_WARNS_MS, CLOCK_ENDANGERS_MS],
    'NTP on both: ages and alerts go by clocks',
  );
}

function byLimits(about: string, seen: string, [value, warns, endangers]: [number, number, number], todo: string): Finding {
  if (value >= endangers) return danger(about, seen, todo);
  return value >= warns ? warning(about, seen, todo) : ok(about, seen);
}

function isBelow(version: string, [major, minor]: readonly [number, number]): boolean {
  const [m = 0, n = 0] = version.split('.').map(Number);
  return m < major || (m === major && n < minor);
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;
const shortened = (all: readonly string[]): string =>
  all.length <= 5 ? all.join(', ') : `${all.slice(0, 5).join(', ')} and ${all.length - 5} more`;
