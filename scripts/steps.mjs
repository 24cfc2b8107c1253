/**
 * What the verbs consist of. Every command runs with node_modules/.bin first in PATH, so `node` is the Node of the lock.
 * `servers` says which servers a verb needs: `always`, since specs start their own, or `unless-configured` (NATS_URL, REDIS_URL).
 */
import { fileURLToPath } from 'node:url';

const COMPILED = fileURLToPath(new URL('../.cache/compiled', import.meta.url));
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
  // These, and the scenarios, wait as much as they work.
  int: { title: 'integration tests', command: jest('int', '--maxWorkers=4') },
  e2e: { title: 'end-to-end tests', command: jest('e2e', '--maxWorkers=1') },
  scenarios: { title: 'end-to-end tests', command: jest('e2e', '--maxWorkers=3', '^((?!siege).)*$') },
  // Alone: how long a room was wrong is measured.
  siege: { title: 'siege', command: jest('e2e', '--maxWorkers=1', 'siege') },
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
  rate: {
    title: 'rate',
    command: jest('int', '--runInBand', '--verbose', 'rate/src/(pressure|lanes)'),
    env: { ROOMWIRE_LAB: '1' },
  },
  // One after the other: how long things take is measured.
  sync: {
    title: 'sync',
    command: jest('int', '--runInBand', '--verbose', 'sync-worker/src/(crash|hints|breakers|pressure)'),
    env: { ROOMWIRE_LAB: '1' },
  },
  live: { title: 'live reads', command: jest('e2e', '--verbose', 'live-reads'), env: { ROOMWIRE_LAB: '1' } },
  backfill: { title: 'backfill', command: jest('e2e', '--verbose', 'backfill'), env: { ROOMWIRE_LAB: '1' } },
  reconcile: { title: 'reconcile', command: jest('e2e', '--verbose', 'reconcile'), env: { ROOMWIRE_LAB: '1' } },
  lossy: { title: 'lost webhooks', command: jest('e2e', '--verbose', 'lossy'), env: { ROOMWIRE_LAB: '1' } },
  // Timed, so alone.
  dlq: { title: 'dlq', command: jest('int', '--runInBand', '--verbose', 'cli/src/dlq-many'), env: { ROOMWIRE_LAB: '1' } },
  push: { title: 'push', command: jest('int', '--runInBand', '--verbose', 'push/bulk'), env: { ROOMWIRE_LAB: '1' } },
  besieged: { title: 'long siege', command: jest('e2e', '--maxWorkers=1', '--verbose', 'siege'), env: { ROOMWIRE_LAB: '1' } },
  runbook: { title: 'runbook', command: jest('e2e', '--verbose', 'runbook'), env: { ROOMWIRE_LAB: '1' } },
  providers: { title: 'providers', command: jest('e2e', '--verbose', 'providers.e2e'), env: { ROOMWIRE_LAB: '1' } },
  bench: { title: 'bench', command: ['node', ...SOURCES, 'bench/src/bench.ts'], bare: true },
  applies: { title: 'applies', command: ['node', ...SOURCES, 'apps/registry/src/testing/applies/applies.ts'], bare: true },
  decodes: { title: 'decodes', command: ['node', ...SOURCES, 'libs/pms-adapters/src/testing/decodes.ts'], bare: true },
  permits: { title: 'permits', command: ['node', ...SOURCES, 'libs/rate/src/testing/redis-bench.ts'], bare: true },
  start: { title: 'roomwire', command: ['node', ...SOURCES, 'scripts/start.ts'], bare: true },
};

/** Shorter rounds than `npm run gate`'s, by the same limits. */
const shortGate = { ...steps.gate, command: [...steps.gate.command, '--seconds', '6'] };

/** Specs start some hundred processes; from their sources that is a third of all the work there is. They compile a bundle once. */
const bundled = (step) => ({ ...step, env: { ...step.env, ROOMWIRE_BUNDLES: '1', NODE_COMPILE_CACHE: COMPILED } });

/** What is in one list runs side by side: the linter has one thread. */
const check = [steps.graph, [steps.format, steps.types], [steps.lint, steps.unit]];

export const verbs = {
  start: { steps: [steps.start], servers: 'unless-configured' },
  check: { steps: check },
  test: {
    steps: [...check, steps.build, bundled(steps.int), bundled(steps.scenarios), bundled(steps.siege), shortGate],
    servers: 'always',
    totals: true,
  },
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
    steps: [
      steps.build,
      steps.histories,
      steps.losses,
      steps.vault,
      steps.rate,
      steps.sync,
      steps.live,
      steps.backfill,
      steps.reconcile,
      steps.lossy,
      steps.dlq,
      steps.push,
      steps.isolation,
      steps.besieged,
      steps.providers,
      steps.runbook,
    ],
    servers: 'always',
  },
  'lab:siege': { steps: [steps.build, steps.besieged], servers: 'always' },
  'lab:losses': { steps: [steps.losses], servers: 'always' },
  'lab:histories': { steps: [steps.histories], servers: 'always' },
  'lab:mutations': { steps: [steps.mutations], servers: 'always' },
  'lab:vault': { steps: [steps.vault], servers: 'always' },
  'lab:providers': { steps: [steps.build, steps.providers], servers: 'always' },
  'lab:sync': { steps: [steps.build, steps.sync, steps.live], servers: 'always' },
  'lab:lossy': { steps: [steps.build, steps.lossy], servers: 'always' },
  'lab:reconcile': { steps: [steps.build, steps.reconcile], servers: 'always' },
  'lab:backfill': { steps: [steps.build, steps.backfill], servers: 'always' },
  'lab:dlq': { steps: [steps.dlq], servers: 'always' },
  'lab:runbook': { steps: [steps.build, steps.runbook], servers: 'always' },
  'lab:push': { steps: [steps.push], servers: 'always' },
  'lab:rate': { steps: [steps.rate], servers: 'always' },
  'bench:decode': { steps: [steps.decodes] },
  'bench:permits': { steps: [steps.permits], servers: 'always' },
};
