import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { spreadOf, type Spread } from '@roomwire/testkit';
import type { Job, Said, Seen } from './load.ts';
import { Watch, type Usage } from './processes.ts';
import type { Running } from './target.ts';

export type MeasureOptions = {
  running: Running;
  /** Webhooks per second. */
  rate: number;
  seconds: number;
  signal?: AbortSignal | undefined;
  /** How long is waited, after the last is due, for what has not arrived. */
  drainMs?: number;
  /** When the first webhook is due. */
  onBegun?: () => void;
};

/** Latencies in milliseconds from the instant at which a webhook was due to the client's sight of its room's change. */
export type Measured = Spread & {
  target: Running['name'];
  rate: number;
  seconds: number;
  sent: number;
  arrived: number;
  /** Arrived with the change of a later webhook of the same room. */
  superseded: number;
  /** Answered otherwise than 202; why, and how often. */
  refused: number;
  refusals: Record<string, number>;
  /** Accepted, and not shown within the drain. */
  missing: number;
  /** Due by the end of the schedule and not shown by then. */
  backlog: number;
  /** How late the generator itself was: part of every latency. */
  lateness: Spread;
  processes: Usage[];
  /** Of one core. */
  loadCpuPercent: number;
};

export type MeasuredWithSamples = Measured & { seen: Seen };

const DRAIN_MS = 15_000;
const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url));

/**
 * One stretch of load against something that runs, in the time that it takes and half a second.
 * @throws {Error} when the load's process fails (the stream was cut, say), or `signal` is aborted
 */
export async function measure(options: MeasureOptions): Promise<Measured> {
  const { seen: _, ...measured } = await measureWithSamples(options);
  return measured;
}

/** The same with every sample, for the way of each. */
export async function measureWithSamples(options: MeasureOptions): Promise<MeasuredWithSamples> {
  const { running, rate, seconds, signal, drainMs = DRAIN_MS, onBegun } = options;
  const { doors, rooms, version } = running;
  let watch: Watch | undefined;
  let usage: Usage[] = [];
  const seen = await load({ doors, rooms, rate, seconds, version, drainMs }, signal, (event) => {
    if (event === 'begun') {
      watch = new Watch(running.processes());
      onBegun?.();
    } else usage = watch!.stop();
  }).finally(() => watch?.stop());
  running.version = seen.version;
  const latencies = seen.arrived.map((at, index) => at - seen.scheduled[index]!).filter((ms) => !Number.isNaN(ms));
  return {
    ...spreadOf(latencies),
    ...{ target: running.name, rate, seconds, sent: seen.scheduled.length, arrived: latencies.length },
    ...{ superseded: seen.superseded, refused: seen.refused, refusals: seen.refusals, backlog: seen.backlog },
    ...{ missing: seen.scheduled.length - latencies.length - seen.refused, lateness: spreadOf(seen.lateness) },
    ...{ processes: usage, loadCpuPercent: seen.cpuPercent, seen },
  };
}

/** Before anything is measured: every room is known, and the code that will run has run often enough to be compiled. */
export async function warmUp(running: Running, signal?: AbortSignal): Promise<void> {
  const first = await measure({ running, rate: 100, seconds: running.rooms / 100, signal });
  if (first.missing + first.refused > 0)
    throw new Error(
      `${running.name}: of ${first.sent} first webhooks ${first.arrived} arrived ${JSON.stringify(first.refusals)}`,
    );
  await measure({ running, rate: 400, seconds: 12, signal });
}

function load(job: Job, signal: AbortSignal | undefined, onEvent: (event: 'begun' | 'ended') => void): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const child = fork(LOAD, [], {
      ...{
        serialization: 'advanced',
        execArgv: ['--disable-warning=ExperimentalWarning'],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      },
      ...(signal ? { signal } : {}),
    });
    let said = '';
    child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    child.once('error', reject);
    child.on('message', (said: Said) => (said.kind === 'seen' ? resolve(said.seen) : onEvent(said.kind)));
    child.once('exit', (code, by) => reject(new Error(`the load's process ended (${by ?? code}): ${said.trim()}`)));
    child.send(job);
  });
}
