/**
 * The arrows between rooms, by the tag in each project's package.json (`nx.tags`). Whoever changes an arrow changes it here and in
 * ARCHITECTURE.md. `test` is what specs may import besides.
 */
const libraries = ['room:domain', 'room:transport', 'room:port', 'room:adapter', 'room:plumbing'];

const arrows = {
  'room:domain': [],
  'room:transport': ['room:domain', 'room:plumbing'],
  // Telemetry: a call of a provider is traced where it is made.
  'room:port': ['room:domain', 'room:plumbing'],
  'room:adapter': ['room:domain', 'room:port', 'room:adapter'],
  'room:plumbing': ['room:plumbing'],
  // The client is for other people's programs: our words, and nothing of our plumbing.
  'room:product': ['room:domain'],
  'room:app': libraries,
  // The fake providers are an independent witness: they may not know our adapters, or both could be wrong alike.
  'room:simulator': ['room:plumbing'],
  'room:test': [],
  'room:e2e': ['room:test'],
  'room:bench': ['room:test', 'room:domain', 'room:product'],
};

export const depConstraints = ({ test }) =>
  Object.entries(arrows).map(([sourceTag, targets]) => ({
    sourceTag,
    onlyDependOnLibsWithTags: test && sourceTag !== 'room:test' ? [...new Set([...targets, sourceTag, 'room:test'])] : targets,
  }));

/** Packages and modules that only some files may know. `in` narrows where the limit applies, `only` names who is free of it. */
export const importLimits = [
  {
    import: '^@nats-io/',
    only: '^(libs/(jetstream|client|vault-client|testkit)/|bench/)|^(apps|e2e|tools)/.*\\.(int|e2e)\\.spec\\.ts$|^e2e/src/siege/broker\\.ts$',
    message: 'only libs/jetstream, libs/client, libs/vault-client and libs/testkit know NATS.',
  },
  {
    import: '^ioredis$',
    only: '(^|/)redis-[^/]+\\.ts$|-store(\\.int)?(\\.spec)?\\.ts$|^libs/chassis/src/redis\\.ts$|^libs/testkit/|^bench/|\\.int\\.spec\\.ts$',
    message: 'Redis is known only to files named redis-* or *-store.',
  },
  {
    // Nx finds the arrow by path; by name it cannot, since an app has no door to resolve.
    import:
      '^@roomwire/(ingest-gateway|normalizer|registry|propagator|token-vault|sync-worker|pms-simulator|cli|console|e2e|bench)(/|$)',
    message: 'nobody imports an app: they speak by messages and HTTP.',
  },
  {
    import: '/(testing|conformance)(/|$)',
    only: '\\.spec\\.ts$|/(testing|conformance)/',
    message: 'builders and conformance kits are for specs.',
  },
  { import: '^(node:)?process$', message: 'use the environment file.' },
  { import: '/src/|/dist/', in: '^(libs|apps|e2e)/', only: '^$', message: 'a library has one door.' },
  {
    import: '^\\.\\./(hostaway|beds24|smoobu|cloudbeds|mews|internal|memory)/',
    in: '^libs/pms-adapters/src/[^/]+/',
    message: 'no provider imports another provider.',
  },
  {
    import: '^\\.\\./(hostaway|beds24|smoobu|cloudbeds|mews)/',
    in: '^apps/pms-simulator/src/core/[^/]+/',
    message: 'no provider imports another provider.',
  },
  {
    import: '^@roomwire/(?!testkit$|fleet$)',
    in: '^e2e/',
    message: 'end-to-end tests are a black box: their own types and their own subject strings.',
  },
  {
    import: '^@roomwire/(?!chassis$|telemetry$|testkit$)',
    in: '^apps/pms-simulator/',
    message: 'the simulator is written from the providers’ documents, not from our code.',
  },
];

/** Files that are pure, and what each kind may import. */
export const pureFiles = [
  { files: ['libs/events/src/**/*.ts'], allow: '^(\\./|zod$|canonicalize$|node:crypto$)' },
  { files: ['libs/pms-adapters/src/*/mapping.ts'], allow: '^(\\./|\\.\\./[^/]+\\.ts$|@roomwire/(events|pms-port)$|zod$)' },
  {
    files: ['libs/jetstream/src/{settle,backoff,topology,access}.ts'],
    allow: '^(\\./|@roomwire/events$|zod$|@nats-io/jetstream$|@nats-io/nats-core$)',
  },
  {
    files: ['apps/*/src/**/core/**/*.ts'],
    allow: '^(\\./|(\\.\\./)+core/|@roomwire/(collections|events|pms-port|rate)$|zod$|node:crypto$)',
  },
  // A provider's folder in a core: what lies directly above it is core too.
  { files: ['apps/*/src/core/*/**/*.ts'], allow: '^(\\./|\\.\\./[^/]+\\.ts$|zod$|node:crypto$)' },
];
