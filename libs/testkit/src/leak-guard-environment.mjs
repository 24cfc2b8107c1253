import { TestEnvironment } from 'jest-environment-node';

const KEY = Symbol.for('roomwire.open-resources');
const LINES_SHOWN = 25;

/**
 * The environment of every spec. A file whose tests have all ended while a server or process that it started still runs has failed,
 * whatever its tests said; what it left is killed. While a test fails, the last lines of what is still running are shown.
 */
export default class LeakGuardEnvironment extends TestEnvironment {
  #killAll = () => this.#open().forEach((resource) => resource.kill());

  async setup() {
    await super.setup();
    // Of the real process: inside the sandbox nobody calls exit listeners.
    process.once('exit', this.#killAll);
  }

  async handleTestEvent(event) {
    if (event.name === 'test_fn_failure' || event.name === 'hook_failure') this.#showLogs();
    if (event.name !== 'run_finish') return;
    const left = this.#open();
    if (left.length === 0) return;
    const names = left.map((resource) => resource.name).join(', ');
    throw new Error(`this file left running: ${names}. Close it in afterAll, or hold it with "await using".`);
  }

  async teardown() {
    this.#killAll();
    process.removeListener('exit', this.#killAll);
    await super.teardown();
  }

  #open() {
    return [...(this.global?.[KEY] ?? [])];
  }

  #showLogs() {
    for (const resource of this.#open()) {
      const said = resource.log?.().trimEnd().split('\n').slice(-LINES_SHOWN).join('\n');
      if (said) process.stderr.write(`\n--- ${resource.name}, last lines ---\n${said}\n`);
    }
  }
}
