/** The load's process: told what to do by one message, does it, tells what it saw, and ends. Runs on its sources as they are. */
import { HttpSender } from './http-sender.ts';
import { Schedule } from './schedule.ts';
import { StreamReader } from './stream-reader.ts';
import { Tally } from './tally.ts';
import type { Door } from './target.ts';
import { roomOf, versionOf, Webhooks } from './webhooks.ts';

export type Job = {
  doors: Door[];
  rooms: number;
  /** Webhooks per second, over all rooms in turn. */
  rate: number;
  seconds: number;
  /** The first round over the rooms tells the version after this one. */
  version: number;
  /** How long is waited for what has not arrived at the end of the schedule. */
  drainMs: number;
};

/** What the load's process says, in this order. */
export type Said = { kind: 'begun' } | { kind: 'ended' } | { kind: 'seen'; seen: Seen };

export type Seen = {
  /** Epoch milliseconds by index; NaN in `arrived`: never shown. */
  scheduled: Float64Array;
  arrived: Float64Array;
  /** Milliseconds between the instant that was due and the one at which it was written to the socket. */
  lateness: Float64Array;
  /** By index; '' where none was given. */
  receipts: string[];
  superseded: number;
  refused: number;
  refusals: Record<string, number>;
  /** Due by the end of the schedule and not shown by then. */
  backlog: number;
  /** The last version told. */
  version: number;
  /** Of this process during the schedule, percent of one core. */
  cpuPercent: number;
};

const CONNECTIONS = 64;
/** From the message to the first instant: everybody is connected by then. */
const START_IN_MS = 100;

const now = (): number => performance.now();

class Load {
  private readonly job: Job;
  private readonly schedule: Schedule;
  private readonly tally: Tally;
  private readonly lateness: Float64Array;
  private readonly receipts: string[];
  private readonly webhooks = new Webhooks();
  private readonly senders: HttpSender[];
  private readonly readers: StreamReader[] = [];
  private readonly refusals: Record<string, number> = {};
  private refused = 0;
  private sent = 0;
  private version: number;

  constructor(job: Job) {
    this.job = job;
    this.version = job.version;
    this.schedule = new Schedule({ startMs: 0, rate: job.rate, seconds: job.seconds });
    this.tally = new Tally(this.schedule.count);
    this.lateness = new Float64Array(this.schedule.count);
    this.receipts = new Array<string>(this.schedule.count).fill('');
    this.senders = job.doors.map(({ webhook }) => new HttpSender(webhook.url, webhook.headers, CONNECTIONS / job.doors.length));
  }

  async run(): Promise<Seen> {
    const { doors } = this.job;
    for (const { stream } of doors)
      this.readers.push(new StreamReader(stream.url, stream.headers, (name, data) => this.take(name, data), fail));
    await Promise.all(this.readers.map(({ live }) => live));
    const startMs = now() + START_IN_MS;
    const schedule = new Schedule({ ...this.schedule, startMs, seconds: this.job.seconds });
    await pauseUntil(startMs);
    say({ kind: 'begun' });
    const cpu = process.cpuUsage();
    await this.sendAll(schedule);
    await pauseUntil(schedule.endMs);
    const { user, system } = process.cpuUsage(cpu);
    say({ kind: 'ended' });
    const backlog = this.schedule.count - this.tally.arrivals;
    await this.drain(schedule.endMs + this.job.drainMs);
    this.readers.forEach((reader) => reader.close());
    this.senders.forEach((sender) => sender.close());
    return {
      ...this.inEpochMs(),
      ...{ lateness: this.lateness, receipts: this.receipts, superseded: this.tally.superseded, refused: this.refused },
      ...{ refusals: this.refusals, backlog, version: this.version },
      cpuPercent: (user + system) / 10 / (schedule.endMs - startMs),
    };
  }

  private async sendAll(schedule: Schedule): Promise<void> {
    while (this.sent < schedule.count) {
      for (const due = schedule.dueBy(now()); this.sent < due; this.sent++) this.send(this.sent, schedule.at(this.sent));
      await pauseUntil(schedule.at(this.sent));
    }
  }

  private send(index: number, dueMs: number): void {
    const { rooms, doors, version } = this.job;
    const told = { room: index % rooms, version: version + 1 + Math.floor(index / rooms) };
    this.version = told.version;
    const of = told.room % doors.length;
    this.tally.sent(index, told.room, told.version, dueMs);
    const answer = this.senders[of]!.post(this.webhooks.body(told, doors[of]!.account));
    this.lateness[index] = now() - dueMs;
    answer.then(
      ({ status, body }) => {
        if (status === 202) this.receipts[index] = (JSON.parse(body) as { receipt: string }).receipt;
        else this.refuse(index, told.room, `${status} ${body.slice(0, 120)}`);
      },
      (error: Error) => this.refuse(index, told.room, error.message),
    );
  }

  private refuse(index: number, room: number, why: string): void {
    this.refused++;
    this.refusals[why] = (this.refusals[why] ?? 0) + 1;
    this.tally.refused(index, room);
  }

  private take(name: string, data: string): void {
    if (name !== 'change') return;
    const at = now();
    const { current } = (JSON.parse(data) as { data: { current: { reservation: string; guest: string } | null } }).data;
    if (current) this.tally.shown(roomOf(current.reservation), versionOf(current.guest), at);
  }

  private async drain(untilMs: number): Promise<void> {
    while (this.tally.arrivals + this.refused < this.schedule.count && now() < untilMs) await pauseUntil(now() + 10);
  }

  private inEpochMs(): { scheduled: Float64Array; arrived: Float64Array } {
    const origin = performance.timeOrigin;
    return {
      scheduled: this.tally.scheduled.map((ms) => ms + origin),
      arrived: this.tally.arrived.map((ms) => ms + origin),
    };
  }
}

function pauseUntil(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms - now())));
}

function say(said: Said, then: () => void = () => undefined): void {
  process.send!(said, then);
}

function fail(error: Error): void {
  process.stderr.write(`load: ${error.message}\n`);
  process.exit(1);
}

process.once('message', (job: Job) => {
  new Load(job).run().then(
    (seen) => say({ kind: 'seen', seen }, () => process.exit(0)),
    (error: unknown) => fail(error instanceof Error ? error : new Error(String(error))),
  );
});
process.on('disconnect', () => process.exit(0));
