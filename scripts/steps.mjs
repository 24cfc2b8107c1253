/**
 * What the verbs consist of. Every command runs with node_modules/.bin first in PATH, so `node` is the Node of the lock.
 * `servers` says which servers a verb needs: `always`, since specs start their own, or `unless-configured` (NATS_URL, REDIS_URL).
 */
const SOURCES = ['--import', './scripts/register-swc.mjs', '--conditions=@roomwire/source'];
/** `--selectProjects` eats what follows it, so an option must stand between it and the pattern of `npm run unit -- merge`. */
const jest = (project, ...more) => [
  ...['node', '--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  ...['node_modules/jest/bin/jest.js', '--selectProjects', project, ...more],
];

const steps = {
  format: { title: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  // The boundaries rule skips itself where no project graph was made, so one is made first.
  graph: { title: 'projects', command: ['nx', 'show', 'projects'], quiet: true },
  lint: { title: 'lint', command: ['eslint', '--max-warnings', '0', '.'] },
  types: { title: 'types', command: ['node', 'node_modules/typescript7/bin/tsc', '-p', 'tsconfig.json'] },
  unit: { title: 'unit tests', command: jest('unit', '--maxWorkers=2') },
  int: { title: 'integration tests', command: jest('int', '--maxWorkers=2') },
  // One scenario at a time: each starts a whole fleet, and timings are asserted.
  e2e: { title: 'end-to-end tests', command: jest('e2e', '--maxWorkers=1') },
  build: { title: 'build', command: ['node', 'scripts/bundle.mjs'] },
  // Last, when nothing else runs: it is measured. Exit code 3 = this machine could not tell.
  gate: { title: 'latency gate', command: ['node', ...SOURCES, 'bench/src/gate.ts'], inconclusive: 3 },
  histories: { title: 'histories', command: jest('int', '--verbose', 'histories'), env: { ROOMWIRE_LAB: '1' } },
  isolation: { title: 'isolation', command: ['node', ...SOURCES, 'bench/src/isolation.ts'] },
  mutations: { title: 'mutations', command: ['node', ...SOURCES, 'tools/mutations/run.ts'] },
  // One after the other: how long a rebuild takes is measured.
  losses: {
    title: 'losses',
    command: jest('int', '--runInBand', '--verbose', '/loss.int', 'suspecter'),
    env: { ROOMWIRE_LAB: '1' },
  },
  vault: { title: 'vault', command: jest('int', '--verbose', 'token-vault/src/(renewal|rotation)'), env: { ROOMWIRE_LAB: '1' } },
  // One kind of limit after the other: how much of each is used is measured.
  rate: { title: 'rate', command: jest('int', '--runInBand', '--verbose', 'rate/src/pressure'), env: { ROOMWIRE_LAB: '1' } },
  lab: { title: 'lab', command: jest('e2e', '--maxWorkers=1', '--verbose', 'siege'), env: { ROOMWIRE_LAB: '1' } },
  providers: { title: 'providers', command: jest('e2e', '--verbose', 'providers.e2e'), env: { ROOMWIRE_LAB: '1' } },
  bench: { title: 'bench', command: ['node', ...SOURCES, 'bench/src/bench.ts'], bare: true },
  applies: { title: 'applies', command: ['node', ...SOURCES, 'apps/registry/src/testing/applies/applies.ts'], bare: true },
  permits: { title: 'permits', command: ['node', ...SOURCES, 'libs/rate/src/testing/redis-bench.ts'], bare: true },
  start: { title: 'roomwire', command: ['node', ...SOURCES, 'scripts/start.ts'], bare: true },
};

/** The target is 4 (`npm run gate`): the fleet is at 2.1 to 7 here, by how fast the machine is, and a coin must not decide what lands. To be tightened. */
const provisionalGate = { ...steps.gate, command: [...steps.gate.command, '--times', '10'] };

const check = [steps.format, steps.graph, steps.lint, steps.types, steps.unit];

export const verbs = {
  start: { steps: [steps.start], servers: 'unless-configured' },
  check: { steps: check },
  test: { steps: [...check, steps.int, steps.build, steps.e2e, provisionalGate], servers: 'always', totals: true },
  build: { steps: [steps.build] },
  lint: { steps: [steps.graph, steps.lint] },
  types: { steps: [steps.types] },
  unit: { steps: [steps.unit] },
  int: { steps: [steps.int], servers: 'always' },
  e2e: { steps: [steps.build, steps.e2e], servers: 'always' },
  gate: { steps: [steps.build, steps.gate], servers: 'always' },
  bench: { steps: [steps.build, steps.bench], servers: 'always' },
  'bench:applies': { steps: [steps.applies], servers: 'always' },
  isolation: { steps: [steps.build, steps.isolation], servers: 'always' },
  // The long forms of what `test` does shortly.
  lab: {
    steps: [steps.build, steps.histories, steps.losses, steps.vault, steps.rate, steps.isolation, steps.lab, steps.providers],
    servers: 'always',
  },
  'lab:histories': { steps: [steps.histories], servers: 'always' },
  'lab:mutations': { steps: [steps.mutations], servers: 'always' },
  'lab:vault': { steps: [steps.vault], servers: 'always' },
  'lab:providers': { steps: [steps.providers], servers: 'always' },
  'lab:rate': { steps: [steps.rate], servers: 'always' },
  'bench:permits': { steps: [steps.permits], servers: 'always' },
};
