import { DeliverPolicy, jetstream, type JsMsg } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Change } from '../board.ts';
import { pause } from './provider.ts';

type Facets = Record<string, { version: { epoch: number; modifiedAt: number; rank: number; observedAt: number } }>;
type StateMessage = Omit<Change, 'data'> & { data: { record?: { facets: Facets } } };
export type Outcome = { receipt: string; verdict: string; stage: string; hops: Record<string, number> };

/** What the broker's own log says, read from the first message on by somebody who trusts nobody. */
export class Witness {
  /** Of each receipt: the verdicts of its outcomes. */
  readonly outcomes = new Map<string, Set<string>>();
  /** Of each receipt that a webhook is behind, its own or a read's that it asked for: when that was received, epoch ms. */
  readonly receivedAt = new Map<string, number>();
  /** By the receipt that a dead letter names what it says: where, why, and in the writer's words. */
  readonly dead = new Map<string, string>();
  /** Receipts that a change in STATE names. */
  readonly told = new Set<string>();
  /** STATE: a revision that is not after the last of its subject, or a facet that fell. */
  readonly outOfOrder: string[] = [];
  changes = 0;
  private readonly revisions = new Map<string, number>();
  private readonly facets = new Map<string, Facets>();
  private readonly readers: Promise<void>[] = [];
  private nc?: NatsConnection;
  private closed = false;

  constructor(private readonly url: string) {}

  async follow(tenants: readonly string[]): Promise<void> {
    const { username, password, host } = new URL(this.url);
    this.nc ??= await connect({
      servers: host,
      user: username,
      pass: password,
      ...{ maxReconnectAttempts: -1, reconnectTimeWait: 200, inboxPrefix: `_INBOX.${username}` },
    });
    for (const tenant of tenants) {
      const of = (stream: string, take: (message: JsMsg) => void): void => void this.readers.push(this.read(stream, take));
      of(`STATE_${tenant}`, (message) => this.state(message));
      of(`LOG_${tenant}`, (message) => this.log(message));
      of(`DEAD_${tenant}`, ({ subject, headers }) => {
        const said = ['Detail', 'Pointer', 'Origin'].map((of) => headers?.get(`Rw-Dead-${of}`));
        this.dead.set(headers?.get('Rw-Receipt') ?? '', [subject, ...said].join(' '));
      });
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.nc?.close();
    await Promise.all(this.readers);
  }

  /** Messages of a stream that wait to be taken. */
  async waiting(stream: string, subjects: string): Promise<number> {
    const answer = await this.nc!.request(`$JS.API.STREAM.INFO.${stream}`, JSON.stringify({ subjects_filter: subjects }));
    const { state } = answer.json<{ state: { subjects?: Record<string, number> } }>();
    return Object.values(state.subjects ?? {}).reduce((sum, each) => sum + each, 0);
  }

  /** The last word of STATE on each of a tenant's subjects. */
  async latest<T>(tenant: string, subjects: string): Promise<T[]> {
    const filtered = { filter_subjects: `pms.${tenant}.change.${subjects}`, deliver_policy: DeliverPolicy.LastPerSubject };
    const consumer = await jetstream(this.nc!).consumers.get(`STATE_${tenant}`, filtered);
    const all: T[] = [];
    if ((await consumer.info()).num_pending === 0) return all;
    for await (const message of await consumer.consume()) {
      all.push(message.json<T>());
      if (message.info.pending === 0) break;
    }
    return all;
  }

  /** Each message once, in order, whatever happens to the server meanwhile. */
  private async read(stream: string, take: (message: JsMsg) => void): Promise<void> {
    let last = 0;
    while (!this.closed) {
      try {
        const consumer = await jetstream(this.nc!).consumers.get(stream, {
          opt_start_seq: last + 1,
          deliver_policy: DeliverPolicy.StartSequence,
        });
        // An ordered consumer of which the server knows nothing any more would be silent for long.
        const messages = await consumer.consume({ idle_heartbeat: 1_000, abort_on_missing_resource: true });
        for await (const message of messages) {
          if (message.seq <= last) continue;
          last = message.seq;
          take(message);
        }
      } catch {
        // The server is away: again, from where we were.
      }
      if (!this.closed) await pause(200);
    }
  }

  private state(message: JsMsg): void {
    const change = message.json<StateMessage>();
    this.changes++;
    if (change.receipt) this.told.add(change.receipt);
    const last = this.revisions.get(message.subject) ?? 0;
    if (change.revision <= last) this.outOfOrder.push(`${message.subject}: revision ${change.revision} after ${last}`);
    this.revisions.set(message.subject, Math.max(last, change.revision));
    const { record } = change.data;
    if (!record) return;
    const before = this.facets.get(message.subject) ?? {};
    for (const [name, facet] of Object.entries(before))
      if (!record.facets[name] || isBefore(record.facets[name].version, facet.version))
        this.outOfOrder.push(`${message.subject}: facet ${name} fell at revision ${change.revision}`);
    this.facets.set(message.subject, record.facets);
  }

  private log(message: JsMsg): void {
    if (!message.subject.includes('.outcome.')) return;
    const { receipt, verdict, hops } = message.json<Outcome>();
    if (hops['received']) this.receivedAt.set(receipt, hops['received']);
    const verdicts = this.outcomes.get(receipt) ?? new Set();
    this.outcomes.set(receipt, verdicts.add(verdict));
  }
}

function isBefore(a: Facets[string]['version'], b: Facets[string]['version']): boolean {
  return (a.epoch - b.epoch || a.modifiedAt - b.modifiedAt || a.rank - b.rank || a.observedAt - b.observedAt) < 0;
}
