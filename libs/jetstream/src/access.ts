import { CONSUMERS, fetchConsumers } from './topology.ts';

/** Providers that are read by id: whose fetch durables the sync-worker consumes. */
const READ_PROVIDERS = ['hostaway', 'beds24', 'smoobu', 'cloudbeds', 'mews'];

export type ServiceUser = {
  user: string;
  publish: string[];
  subscribe?: string[];
  /** May answer whoever asked it. */ answers?: true;
};

const durablesOf = (service: string): string[] => [
  ...CONSUMERS.filter((plan) => plan.service === service).map(({ name }) => name),
  ...(service === 'sync-worker' ? READ_PROVIDERS.flatMap((provider) => fetchConsumers(provider).map(({ name }) => name)) : []),
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
const EPHEMERAL = ['$JS.API.CONSUMER.MSG.NEXT.*.*', '$JS.API.CONSUMER.INFO.*.*', '$JS.API.CONSUMER.DELETE.*.*', '$JS.FC.>'];
const watch = (...buckets: string[]): string[] =>
  buckets.flatMap((bucket) => [...followed(`KV_${bucket}`, `$KV.${bucket}.>`), `$JS.API.STREAM.MSG.GET.KV_${bucket}`]);
/** Dead letters, stored waits and their removal: what settling needs. */
const settling = ['pms.*.dead.>', 'pms.*.later.>', '$JS.API.STREAM.MSG.GET.*', '$JS.API.STREAM.MSG.DELETE.*'];
const vault = (service: string, ...operations: string[]): string[] =>
  operations.map((operation) => `vault.${operation}.${service}`);

/** One user per service, each with what it needs and no more (ARCHITECTURE.md §10). */
export const USERS: readonly ServiceUser[] = [
  {
    user: 'ingest-gateway',
    publish: [
      ...watch('tenants', 'connections'),
      ...EPHEMERAL,
      'pms.*.raw.live.>',
      ...vault('ingest-gateway', 'webhook-secrets'),
    ],
  },
  {
    user: 'normalizer',
    publish: [
      ...watch('tenants', 'connections'),
      ...consume('normalizer'),
      ...EPHEMERAL,
      ...settling,
      ...['pms.*.raw.>', 'pms.*.event.>', 'pms.*.fetch.>', 'pms.*.outcome.>'],
    ],
  },
  {
    user: 'registry',
    publish: [
      ...watch('tenants', 'connections', 'catalog'),
      ...consume('registry'),
      ...EPHEMERAL,
      ...settling,
      ...followed('*', 'pms.*.change.>'),
      ...['$KV.catalog.>', 'pms.*.event.>', 'pms.*.change.>', 'pms.*.fetch.live.>', 'pms.*.outcome.>'],
    ],
  },
  { user: 'propagator', publish: [...watch('tenants'), ...EPHEMERAL, ...followed('*', 'pms.*.change.>')] },
  {
    user: 'token-vault',
    publish: [
      ...watch('connections', 'vault'),
      ...EPHEMERAL,
      '$KV.vault.>',
      '$KV.connections.>',
      'pms.*.audit.>',
      'pms.*.notice.>',
    ],
    subscribe: ['vault.>'],
    answers: true,
  },
  {
    user: 'sync-worker',
    publish: [
      ...watch('tenants', 'connections'),
      ...consume('sync-worker'),
      ...EPHEMERAL,
      ...settling,
      ...['pms.*.raw.>', 'pms.*.fetch.>', 'pms.*.outcome.>', '$KV.sync.permit.>', ...vault('sync-worker', 'lease', 'report')],
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
      'pms.>',
      ...vault('operator', 'put-credentials', 'put-webhook-secret'),
    ],
    subscribe: ['pms.>'],
  },
];

const list = (subjects: string[]): string => [...new Set(subjects)].map((subject) => `          "${subject}"`).join('\n');

/** deploy/nats.conf, whole. Passwords come from the environment: NATS_PASSWORD_<SERVICE>. */
export function natsConf(): string {
  const users = USERS.map(({ user, publish, subscribe = [], answers }) =>
    [
      `    {`,
      `      user: ${user}`,
      `      password: $NATS_PASSWORD_${user.toUpperCase().replaceAll('-', '_')}`,
      `      permissions: {`,
      `        publish: { allow: [`,
      list(publish),
      `        ] }`,
      `        subscribe: { allow: [`,
      list([`_INBOX.${user}.>`, ...subscribe]),
      `        ] }`,
      ...(answers ? [`        allow_responses: { max: 1, ttl: "1m" }`] : []),
      `      }`,
      `    }`,
    ].join('\n'),
  );
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
