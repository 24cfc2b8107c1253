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
  const watcher = new Worker(`(${watch.toString()})(${tick.toString()})`, {
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

export type Watching = { beat: number; at: number; blockedMs: number };

/**
 * One look at the other thread's beat. A look that comes late counts as two ticks at most: this thread did not run in between, so
 * what the other one did is not known. May use nothing from outside its own braces.
 */
export function tick(last: Watching, beat: number, at: number, tickMs: number): Watching {
  const blockedMs = beat === last.beat ? last.blockedMs + Math.min(at - last.at, tickMs * 2) : 0;
  return { beat, at, blockedMs };
}

/** Runs alone in its thread: it may use nothing from outside its own braces. */
function watch(look: typeof tick): void {
  const threads = process.getBuiltinModule('node:worker_threads');
  const { writeSync } = process.getBuiltinModule('node:fs');
  const { beats, blockedMsMax, tickMs, pid } = threads.workerData as WatchData;
  let watching: Watching = { beat: -1, at: performance.now(), blockedMs: 0 };
  setInterval(() => {
    watching = look(watching, Atomics.load(beats, 0), performance.now(), tickMs);
    const { blockedMs } = watching;
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
