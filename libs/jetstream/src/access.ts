import { BUCKETS, CONSUMERS, fetchConsumers, pushConsumers } from './topology.ts';

/** Providers that are read by id and told of changes: whose durables the sync-worker consumes. */
export const READ_PROVIDERS = ['hostaway', 'beds24', 'smoobu', 'cloudbeds', 'mews'];

export type ServiceUser = {
  user: string;
  publish: string[];
  subscribe?: string[];
  /** May answer whoever asked it. */ answers?: true;
  /** What its wildcards must not cover. */
  deny?: string[];
};

const durablesOf = (service: string): string[] => [
  ...CONSUMERS.filter((plan) => plan.service === service).map(({ name }) => name),
  ...(service === 'sync-worker'
    ? READ_PROVIDERS.flatMap((provider) => [...fetchConsumers(provider), ...pushConsumers(provider)].map(({ name }) => name))
    : []),
];

/** Consuming durables by name: pull, look at, ack (in both forms of the subject), flow control. */
const consume = (service: string): string[] =>
  durablesOf(service).flatMap((name) => [
    `$JS.API.CONSUMER.MSG.NEXT.*.${name}`,
    `$JS.API.CONSUMER.INFO.*.${name}`,
    `$JS.ACK.*.${name}.>`,
    `$JS.ACK.*.*.*.${name}.>`,
  ]);

/** An ordered consumer of our own making, on a filter that the broker checks against the request. */
const followed = (stream: string, filter: string): string[] => [
  `$JS.API.CONSUMER.CREATE.${stream}.*.${filter}`,
  `$JS.API.STREAM.INFO.${stream}`,
];
const ephemeralOf = (stream: string): string[] =>
  ['MSG.NEXT', 'INFO', 'DELETE'].map((what) => `$JS.API.CONSUMER.${what}.${stream}.*`);
const watch = (...buckets: string[]): string[] =>
  buckets.flatMap((bucket) => [
    ...followed(`KV_${bucket}`, `$KV.${bucket}.>`),
    ...ephemeralOf(`KV_${bucket}`),
    `$JS.API.STREAM.MSG.GET.KV_${bucket}`,
  ]);
/** A tenant's STATE. Its name is half a token, which no wildcard fits: `*` allows every stream, and {@link refused} takes back. */
const state = [...followed('*', 'pms.*.change.>'), ...ephemeralOf('*'), '$JS.FC.>'];
/** Dead letters, stored waits and their removal: what settling needs. */
const settling = ['pms.*.dead.>', 'pms.*.later.>', '$JS.API.STREAM.MSG.GET.*', '$JS.API.STREAM.MSG.DELETE.*'];
/** Its own chain, and a look at the newest entry of anybody. */
const auditTrail = (user: string): string[] => [`audit.${user}.*`, '$JS.API.STREAM.MSG.GET.AUDIT'];
const refusing = (stream: string, ...what: string[]): string[] => what.map((each) => `$JS.API.STREAM.${each}.${stream}`);
const vault = (service: string, ...operations: string[]): string[] =>
  operations.map((operation) => `vault.${operation}.${service}`);

/** One user per service, each with what it needs and no more (ARCHITECTURE.md §10). */
export const USERS: readonly ServiceUser[] = [
  {
    user: 'ingest-gateway',
    publish: [
      ...watch('tenants', 'connections'),
      'pms.*.raw.live.>',
      // When a connection's webhooks came last.
      '$KV.sync.heard.*',
      ...vault('ingest-gateway', 'webhook-secrets', 'redeem-code'),
    ],
  },
  {
    user: 'normalizer',
    publish: [
      ...watch('tenants', 'connections'),
      ...consume('normalizer'),
      ...settling,
      ...['pms.*.raw.>', 'pms.*.event.>', 'pms.*.fetch.>', 'pms.*.outcome.>'],
    ],
  },
  {
    user: 'registry',
    publish: [
      ...watch('tenants', 'connections', 'catalog', 'sync'),
      ...consume('registry'),
      ...settling,
      ...state,
      // Connections for their epoch alone; of `sync` what it has asked for again, and when it raised an epoch.
      ...['$KV.catalog.>', '$KV.connections.>', '$KV.sync.retell.*', '$KV.sync.epoch.*'],
      ...['pms.*.event.>', 'pms.*.change.>', 'pms.*.fetch.>', 'pms.*.outcome.>', 'pms.*.audit.registry', 'pms.*.notice.>'],
    ],
  },
  { user: 'propagator', publish: [...watch('tenants'), ...state] },
  {
    user: 'token-vault',
    publish: [
      ...watch('connections', 'vault'),
      '$KV.vault.>',
      '$KV.connections.>',
      // That a bucket of permits was ever used.
      '$KV.sync.permit.>',
      'pms.*.notice.>',
      ...auditTrail('token-vault'),
    ],
    subscribe: ['vault.>'],
    answers: true,
  },
  {
    user: 'sync-worker',
    publish: [
      ...watch('tenants', 'connections', 'catalog'),
      ...['page.>', 'hook.*', 'heard.*', 'socket.*', 'close.>', 'reconcile.*'].flatMap((keys) =>
        followed('KV_sync', `$KV.sync.${keys}`),
      ),
      ...[...ephemeralOf('KV_sync'), '$JS.API.STREAM.MSG.GET.KV_sync'],
      ...consume('sync-worker'),
      ...settling,
      ...state,
      ...['pms.*.raw.>', 'pms.*.fetch.>', 'pms.*.push.>', 'pms.*.outcome.>'],
      ...['silent', 'heard', 'mended', 'refused'].map((what) => `pms.*.notice.webhooks-${what}`),
      ...['under-way', 'done'].map((what) => `pms.*.notice.backfill-${what}`),
      ...['late', 'kept'].map((what) => `pms.*.notice.reconcile-${what}`),
      ...['permit.>', 'page.>', 'hook.*', 'heard.*', 'socket.*', 'push.>', 'close.>', 'reconcile.*', 'seen.>'].map(
        (keys) => `$KV.sync.${keys}`,
      ),
      // A webhook's secret too: whoever registers it says it to the provider.
      ...vault('sync-worker', 'lease', 'report', 'webhook-secrets'),
    ],
  },
  {
    user: 'operator',
    publish: [
      '$JS.API.>',
      '$JS.ACK.>',
      '$JS.FC.>',
      '$KV.tenants.>',
      '$KV.connections.>',
      '$KV.catalog.>',
      // So that everything is read again.
      '$KV.sync.page.>',
      // Where a replay of dead letters stands.
      '$KV.sync.replay.>',
      'pms.>',
      ...auditTrail('operator'),
      ...vault('operator', 'put-credentials', 'put-webhook-secret', 'reauthorise', 'begin-code-grant'),
      ...vault('operator', 'status', 'keys', 'rotate-keys'),
    ],
    subscribe: ['pms.>'],
    deny: [
      // Whoever may change a stream's limits may empty it by age.
      ...refusing('AUDIT', 'UPDATE', 'DELETE', 'PURGE', 'MSG.DELETE', 'RESTORE'),
      // Purged by subject when a tenant is erased.
      ...refusing('KV_vault', 'DELETE', 'MSG.DELETE', 'RESTORE'),
    ],
  },
];

const ALL_DURABLES = USERS.flatMap(({ user }) => durablesOf(user));
const FLEET_STREAMS = [...BUCKETS.map(({ name }) => `KV_${name}`), 'AUDIT'];

/** What a service's wildcards over streams would allow beside what they are for: others' durables, buckets that it does not watch, the audit trail. */
function refused({ user, publish, deny }: ServiceUser): string[] {
  if (deny) return deny;
  const own = durablesOf(user);
  const durables = ALL_DURABLES.flatMap((name) => [
    ...(own.includes(name) ? [] : [`$JS.API.CONSUMER.MSG.NEXT.*.${name}`, `$JS.API.CONSUMER.INFO.*.${name}`]),
    `$JS.API.CONSUMER.DELETE.*.${name}`,
  ]);
  const streams = FLEET_STREAMS.flatMap((stream) => [
    ...(publish.includes(`$JS.API.STREAM.MSG.GET.${stream}`) ? [] : [`$JS.API.STREAM.MSG.GET.${stream}`, ...ephemeralOf(stream)]),
    `$JS.API.STREAM.MSG.DELETE.${stream}`,
  ]);
  return [...durables, ...streams].filter((subject) => publish.some((allowed) => covers(allowed, subject)));
}

/** Whether the pattern allows the subject. */
function covers(pattern: string, subject: string): boolean {
  const tokens = subject.split('.');
  const wanted = pattern.split('.');
  if (wanted.at(-1) !== '>' && wanted.length !== tokens.length) return false;
  return wanted.every((token, i) => token === '>' || token === '*' || token === tokens[i]);
}

const list = (subjects: string[]): string => [...new Set(subjects)].map((subject) => `          "${subject}"`).join('\n');

/** The variable of nats-server's environment that holds a user's password. */
export const passwordVariable = (user: string): string => `NATS_PASSWORD_${user.toUpperCase().replaceAll('-', '_')}`;

/** deploy/nats.conf, whole. */
export function natsConf(): string {
  const users = USERS.map((service) => {
    const { user, publish, subscribe = [], answers } = service;
    const deny = refused(service);
    return [
      `    {`,
      `      user: ${user}`,
      `      password: $${passwordVariable(user)}`,
      `      permissions: {`,
      `        publish: { allow: [`,
      list(publish),
      ...(deny.length ? [`        ], deny: [`, list(deny)] : []),
      `        ] }`,
      `        subscribe: { allow: [`,
      list([`_INBOX.${user}.>`, ...subscribe]),
      `        ] }`,
      ...(answers ? [`        allow_responses: { max: 1, ttl: "1m" }`] : []),
      `      }`,
      `    }`,
    ].join('\n');
  });
  return `# Made from libs/jetstream/src/access.ts; a spec compares. Port and store are given on the command line (-p, -sd).
# One user per service, least privilege by subject, an inbox of its own. Passwords: NATS_PASSWORD_<SERVICE> in the environment.
jetstream: enabled
max_payload: 2MB
authorization: {
  users: [
${users.join('\n')}
  ]
}
`;
}
