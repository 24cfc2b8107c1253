import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { track } from '@roomwire/testkit';
import { cpuSeconds } from './processes.ts';
import type { Process } from './target.ts';

const PROGRAM = fileURLToPath(new URL('./burner.mjs', import.meta.url));
const EVERY_MS = 250;

/** CPU that processes and this one have taken by the end of each stretch of 250 ms, in ms. */
export class Course {
  private readonly points: number[] = [];
  private readonly before: number;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly processes: readonly Process[]) {
    this.before = this.takenMs();
    this.timer = setInterval(() => this.points.push(this.takenMs() - this.before), EVERY_MS);
  }

  stop(): readonly number[] {
    clearInterval(this.timer);
    return this.points;
  }

  private takenMs(): number {
    const { user, system } = process.cpuUsage();
    return this.processes.reduce((sum, { pid }) => sum + cpuSeconds(pid) * 1000, (user + system) / 1000);
  }
}

/** By how much one course is above another, where that one is evened out: as much by each stretch as it ever was before. */
export function above(course: readonly number[], quiet: readonly number[]): number[] {
  const even = quiet.length > 0 ? quiet.at(-1)! / quiet.length : 0;
  let most = 0;
  return course.map((takenMs, at) => (most = Math.max(most, takenMs - even * (at + 1))));
}

/** Processes that take as much CPU in as many stretches of 250 ms, and do nothing: what is left of a harm when its work is none. */
export class Burners {
  private running: { child: ChildProcess; ended: () => void }[] = [];

  /** `course` as of {@link above}. */
  constructor(private readonly course: readonly number[]) {}

  start(): void {
    // As many as steep parts want: a process cannot have more than one core.
    const steepest = Math.max(...this.course.map((takenMs, at) => takenMs - (this.course[at - 1] ?? 0)));
    const count = Math.max(2, Math.ceil(steepest / EVERY_MS));
    const share = JSON.stringify(this.course.map((takenMs) => takenMs / count));
    for (let i = 0; i < count; i++) {
      const child = spawn(process.execPath, [PROGRAM, String(EVERY_MS), share], { stdio: 'ignore' });
      this.running.push({ child, ended: track({ name: 'burner', kill: () => child.kill('SIGKILL') }) });
    }
  }

  /** Seconds of CPU that they took, starting up included. */
  stop(): number {
    const taken = this.running.reduce((sum, { child }) => sum + cpuSeconds(child.pid!), 0);
    for (const { child, ended } of this.running) {
      child.kill('SIGKILL');
      ended();
    }
    this.running = [];
    return taken;
  }
}
