/**
 * What every npm verb runs through: node scripts/verb.mjs VERB [arguments of its last step]. Plain Node 20, no packages, because on
 * a fresh clone nothing else is there: it installs, obtains the servers, and runs the verb's steps until one fails.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackages } from './install.mjs';
import { obtainServers } from './servers.mjs';
import { verbs } from './steps.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const log = (line) => process.stderr.write(`· ${line}\n`);
const [name, ...rest] = process.argv.slice(2);
const verb = verbs[name];
if (!verb) fail(`Usage: node scripts/verb.mjs ${Object.keys(verbs).join('|')} [arguments]`);

const children = new Set();
let stoppedBy;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopBy(signal));
// npm hands no signal on that it was killed by: whoever ends `npm start` ends what it started. (`exec` in package.json: npm is the parent.)
const parent = process.ppid;
setInterval(() => process.ppid !== parent && stopBy('SIGTERM'), 250).unref();

const totalsFile = join(root, `.cache/totals-${process.pid}.jsonl`);
const env = await prepare().catch((error) => fail(error.message));
/** Steps that could tell neither way. Said last, and loudly: it is no success. ROOMWIRE_STRICT=1 makes it a failure. */
const inconclusive = [];
const code = await runSteps();
for (const title of inconclusive)
  log(`${title}: INCONCLUSIVE. It was neither passed nor failed: run it again on a quieter or faster machine.`);
if (verb.totals) printTotals();
process.exitCode = code || (inconclusive.length > 0 && process.env.ROOMWIRE_STRICT === '1' ? 3 : 0);

function stopBy(signal) {
  if (stoppedBy) return; // npm and the terminal may both tell us: the child hears it once
  stoppedBy = signal;
  for (const child of children) child.kill(signal);
  if (children.size === 0) process.exit(128 + constants.signals[signal]);
}

async function prepare() {
  if (Number(process.versions.node.split('.')[0]) < 20)
    throw new Error(`Node 20 or newer is needed; this is ${process.version}.`);
  // Side by side: both wait for the network.
  const [servers] = await Promise.all([obtainServers({ wanted: wantedServers(), log }), installPackages(root, log)]);
  const bin = join(root, 'node_modules/.bin');
  if (!existsSync(join(bin, 'node')) && !existsSync(join(bin, 'node.cmd')) && typeof globalThis.Temporal === 'undefined') {
    throw new Error('The lock has no Node 26 for this platform: run with a Node 26 or newer of your own.');
  }
  return {
    ...process.env,
    ...Object.assign({}, ...Object.values(servers).map((server) => server.env)),
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    NX_DAEMON: 'false',
    ...(verb.totals ? { ROOMWIRE_TOTALS: totalsFile } : {}),
  };
}

function wantedServers() {
  const configured = { natsServer: process.env.NATS_URL, redisServer: process.env.REDIS_URL };
  return Object.keys(configured).filter((key) => verb.servers === 'always' || (verb.servers && !configured[key]));
}

/** One after the other; those of a list side by side. */
async function runSteps() {
  mkdirSync(join(root, '.cache'), { recursive: true });
  for (const step of verb.steps) {
    const argumentsOfStep = step === verb.steps.at(-1) ? rest : [];
    const codes = await Promise.all([step].flat().map((each) => perform(each, argumentsOfStep)));
    const failed = codes.find((code) => code !== 0);
    if (failed !== undefined) return failed;
  }
  return 0;
}

async function perform(step, argumentsOfStep) {
  const started = performance.now();
  if (!step.quiet && !step.bare) log(`${step.title} …`);
  const ended = await run([...step.command, ...argumentsOfStep], step);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (ended && ended.code === step.inconclusive && !stoppedBy) {
    inconclusive.push(step.title);
    log(`${step.title}: INCONCLUSIVE after ${seconds} s`);
    return 0;
  }
  if (ended) {
    log(`${step.title}: ${stoppedBy ? 'stopped' : 'failed'} after ${seconds} s (${ended.why})`);
    return ended.code;
  }
  if (!step.bare) log(`${step.title}: ok, ${seconds} s`);
  return 0;
}

/**
 * Undefined when it went well, else why not and with which code. A child that was told to stop and ended well ends us well too.
 * The step is the head of a process group of its own: a Ctrl-C reaches it once, through us, and may stop its own children in its own
 * order; whatever of the group is left when it has ended (a worker's server, say) is killed.
 */
function run([command, ...args], { quiet, env: own }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      ...{ cwd: root, env: { ...env, ...own }, detached: process.platform !== 'win32', shell: process.platform === 'win32' },
      stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
    });
    const { pid } = child;
    children.add(child);
    child.once('error', (error) => {
      children.delete(child);
      resolve({ code: 127, why: error.message });
    });
    child.once('exit', (exitCode, signal) => {
      children.delete(child);
      killGroup(pid);
      const by = signal ?? stoppedBy;
      if (by) resolve({ code: exitCode ?? 128 + constants.signals[by], why: by });
      else resolve(exitCode === 0 ? undefined : { code: exitCode, why: `exit code ${exitCode}` });
    });
  });
}

function killGroup(pid) {
  try {
    if (process.platform !== 'win32') process.kill(-pid, 'SIGKILL');
  } catch {
    // nothing is left of it
  }
}

/** The last line of `npm test`: over all its jest runs, and alone on its line. */
function printTotals() {
  const lines = existsSync(totalsFile)
    ? readFileSync(totalsFile, 'utf8')
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
  rmSync(totalsFile, { force: true });
  const sum = (key) => lines.reduce((total, line) => total + line[key], 0);
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
