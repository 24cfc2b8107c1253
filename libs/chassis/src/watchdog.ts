import { Worker } from 'node:worker_threads';

const TICK_MS = 100;

type WatchData = { beats: Int32Array; blockedMsMax: number; tickMs: number; pid: number };

export type Watched = { stop(): void };

/**
 * Ends this process (SIGKILL: nothing else reaches a blocked one) when its event loop has stood still for `blockedMsMax`. Time in
 * which the watching thread did not run either does not count: a process that was stopped, swapped out or starved of CPU is not
 * blocked. What it would have said goes to stderr first.
 */
export function watchEventLoop(blockedMsMax: number): Watched {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const beating = setInterval(() => Atomics.add(beats, 0, 1), TICK_MS);
  beating.unref();
  // As text: a thread of its own file would need our loader, or a build.
  const watcher = new Worker(`(${watch.toString()})()`, {
    eval: true,
    execArgv: [],
    env: {},
    name: 'watchdog',
    workerData: { beats, blockedMsMax, tickMs: TICK_MS, pid: process.pid } satisfies WatchData,
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  watcher.unref();
  return {
    stop() {
      clearInterval(beating);
      void watcher.terminate();
    },
  };
}

/** Runs alone in its thread: it may use nothing from outside its own braces. */
function watch(): void {
  const threads = process.getBuiltinModule('node:worker_threads');
  const { writeSync } = process.getBuiltinModule('node:fs');
  const { beats, blockedMsMax, tickMs, pid } = threads.workerData as WatchData;
  let seen = -1;
  let blockedMs = 0;
  let ticked = performance.now();
  setInterval(() => {
    const now = performance.now();
    const elapsed = now - ticked;
    ticked = now;
    const beat = Atomics.load(beats, 0);
    // Late by more than a tick: this thread did not run, so what the other one did is not known.
    blockedMs = beat === seen ? blockedMs + Math.min(elapsed, tickMs * 2) : 0;
    seen = beat;
    if (blockedMs < blockedMsMax) return;
    const line = {
      level: 'fatal',
      time: new Date().toISOString(),
      msg: 'event loop blocked: ending this process',
      blocked_ms: Math.round(blockedMs),
    };
    writeSync(2, `${JSON.stringify(line)}\n`);
    process.kill(pid, 'SIGKILL');
  }, tickMs);
}
