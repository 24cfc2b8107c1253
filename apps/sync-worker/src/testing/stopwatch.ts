import { fetchSubject, HEADER, outcomeMessage, type FetchJob } from '@roomwire/events';
import { spreadOf, type SinkAnswer, type SinkRequest, type Spread } from '@roomwire/testkit';
import { StrictCounter } from '@roomwire/rate/testing';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { isLab } from './environment.ts';
import { jobOf } from './reading.ts';
import type { WorkerFleet } from './worker-fleet.ts';

export type Way = { job: FetchJob; sentAt: number; askedAt?: number; answeredAt?: number; toldAt?: number };
export type Times = { count: number; toRequest: Spread; toOutcome: Spread; whole: Spread };

export const ENTERPRISE = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const ROOM = { IsActive: true, State: 'Clean', EnterpriseId: ENTERPRISE, UpdatedUtc: '2027-01-01T00:00:00Z' };
/** The provider's latency, and a load's pace. */
const wait = (ms: number): Promise<unknown> => once(AbortSignal.timeout(Math.max(1, Math.round(ms))), 'abort');
/** A way that is not over counts as if it ended now. */
const spread = (ways: readonly Way[], time: (way: Way) => number): Spread => spreadOf(Float64Array.from(ways, time));

/**
 * Jobs on their way through real workers, and the provider at the end of it: all instants are of one clock, this process'. Each job is of
 * an entity of its own. Mews' tasks are read one by one, and 200 calls in half a minute are enough to measure.
 */
export class Stopwatch implements AsyncDisposable {
  private readonly ways = new Map<string, Way>();
  private readonly counters = new Map<string, StrictCounter>();
  private readonly listening;
  calls = 0;

  /** The provider answers after `latencyMs`. `windowMs`: of its limit. */
  constructor(
    private readonly fleet: WorkerFleet,
    private readonly latencyMs: number,
    private readonly windowMs = 30_000,
  ) {
    this.listening = fleet.operator.subscribe('pms.*.outcome.>', {
      callback: (_error, message) => {
        const { entity } = outcomeMessage.parse(message.json());
        const way = this.ways.get(entity ?? '');
        if (way) way.toldAt ??= performance.now();
      },
    });
    fleet.provider.otherwise = (request) => this.answer(request);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.listening.unsubscribe();
  }

  async send(connection: string, more: Partial<FetchJob> = {}): Promise<Way> {
    const job = jobOf({
      ...{ provider: 'mews', connection, kind: 'task', entity: randomUUID(), receipt: `hint-${randomUUID()}` },
      ...{ reason: 'confirm-gone', hintAt: '2026-01-01T00:00:00.000Z' },
      ...more,
    });
    const way: Way = { job, sentAt: performance.now() };
    this.ways.set(job.entity, way);
    await this.fleet.bus.publish(fetchSubject(job), job, {
      id: `fetch:${job.receipt}`,
      headers: { [HEADER.receipt]: job.receipt },
    });
    return way;
  }

  /** Many at once. */
  async pile(count: number, job: () => { connection: string } & Partial<FetchJob>): Promise<Way[]> {
    const all: Way[] = [];
    for (let n = 0; n < count; n += 200)
      all.push(
        ...(await Promise.all(
          Array.from({ length: Math.min(200, count - n) }, () => {
            const { connection, ...more } = job();
            return this.send(connection, more);
          }),
        )),
      );
    return all;
  }

  /** One each `everyMs`, whatever becomes of those before: `forMs` long. */
  async stream(connections: readonly string[], everyMs: number, forMs: number): Promise<Way[]> {
    const begun = performance.now();
    const all: Promise<Way>[] = [];
    for (let n = 0; n * everyMs < forMs; n++) {
      await wait(begun + n * everyMs - performance.now());
      all.push(this.send(connections[n % connections.length]!));
    }
    return Promise.all(all);
  }

  /** Sends as soon as the one before has its outcome, for as long as nobody says that it is over. */
  async keepAsking(send: () => Promise<Way>, isOver: () => boolean): Promise<Way[]> {
    const all: Way[] = [];
    while (!isOver()) {
      const way = await send();
      all.push(way);
      while (way.toldAt === undefined && !isOver()) await wait(5);
    }
    return all;
  }

  /** How many of them have been asked for. */
  read(ways: readonly Way[]): number {
    return ways.filter(({ askedAt }) => askedAt !== undefined).length;
  }

  times(ways: readonly Way[]): Times {
    const now = performance.now();
    const asked = (way: Way): number => way.askedAt ?? now;
    const told = (way: Way): number => way.toldAt ?? now;
    return {
      count: ways.length,
      toRequest: spread(ways, (way) => asked(way) - way.sentAt),
      toOutcome: spread(ways, (way) => told(way) - (way.answeredAt ?? now)),
      whole: spread(ways, (way) => told(way) - way.sentAt),
    };
  }

  /** Most calls of one connection in any window. */
  get peak(): number {
    return Math.max(0, ...[...this.counters.values()].map(({ peak }) => peak));
  }

  private async answer(request: SinkRequest): Promise<SinkAnswer> {
    const at = performance.now();
    this.calls++;
    const ways = entitiesOf(request).flatMap((entity) => this.ways.get(entity) ?? []);
    for (const way of ways) way.askedAt ??= at;
    if (ways[0]) this.counterOf(ways[0].job).arrived(at);
    await wait(this.latencyMs);
    for (const way of ways) way.answeredAt = performance.now();
    const Resources = ways.map(({ job: { entity: Id } }) => ({ ...ROOM, Id, Name: Id }));
    const body = { Tasks: [], Resources, Cursor: null, status: 'success', result: { id: 7 } };
    return { status: 200, headers: { date: new Date().toUTCString() }, body };
  }

  private counterOf({ connection }: FetchJob): StrictCounter {
    const counter = this.counters.get(connection) ?? new StrictCounter(this.windowMs);
    this.counters.set(connection, counter);
    return counter;
  }
}

function entitiesOf({ path, body }: SinkRequest): string[] {
  const reservation = /^\/v1\/reservations\/([^?]+)/.exec(path)?.[1];
  if (reservation) return [reservation];
  const { TaskIds = [], ResourceIds = [] } = JSON.parse(body.toString()) as Partial<Record<'TaskIds' | 'ResourceIds', string[]>>;
  return [...TaskIds, ...ResourceIds];
}

/** A line for whoever runs the lab. */
export function said(what: string, { count, toRequest, toOutcome, whole }: Times): void {
  if (!isLab) return;
  const ms = ({ p50, p99 }: Spread): string => `p50 ${p50.toFixed(0)}, p99 ${p99.toFixed(0)} ms`;
  process.stdout.write(
    `${what}: ${count} jobs; to the request ${ms(toRequest)}; from the answer ${ms(toOutcome)}; all ${ms(whole)}\n`,
  );
}
