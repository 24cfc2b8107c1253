import { HEADER, headersOfRaw, subjectOf, withHop, type Connection } from '@roomwire/events';
import { BusError, type Bus, type Hearing } from '@roomwire/jetstream';
import type { Pms } from '@roomwire/pms-port';
import { traceparentOf, type Log } from '@roomwire/telemetry';
import { VaultError, type Lease, type VaultClient } from '@roomwire/vault-client';
import { randomUUIDv7 } from 'node:crypto';
import { backoffMs, STEADY_MS } from './core/tenure.ts';
import type { SocketFigures } from './socket-figures.ts';
import { WebSocket, type NotOpen } from './web-socket.ts';

export type ListenerParts = {
  bus: Pick<Bus, 'publish'>;
  vault: Pick<VaultClient, 'lease' | 'report'>;
  hearing: Pick<Hearing, 'heard'>;
  figures: Pick<SocketFigures, 'opened' | 'closed' | 'tried' | 'message'>;
  log: Log;
  now: () => number;
  random: () => number;
};

/** Messages that are being stored at a time; beyond that the socket is not read. */
const IN_HAND_MAX = 64;
const STORE_MS_MAX = 4_000;

/** How it fares: what the others are told. */
export type Fares = { openSince: number | null; problem: string | null };

/** One connection's socket: opened, listened to, and opened again, until it is stopped. What it hears goes the way of webhooks. */
export class SocketListener {
  fares: Fares = { openSince: null, problem: null };
  private socket: WebSocket | undefined;
  private readonly stopped = new AbortController();
  private readonly inHand = new Set<Promise<void>>();
  private readonly running: Promise<void>;

  constructor(
    private readonly connection: Connection,
    private readonly provider: Pms,
    private readonly parts: ListenerParts,
  ) {
    this.running = this.run();
  }

  /** Resolves when everything that was heard is stored, or has failed to be. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.socket?.close();
    await this.running;
    await Promise.all(this.inHand);
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopped.signal.aborted;) {
      const begun = this.parts.now();
      const problem = await this.listen();
      this.fares = { openSince: null, problem };
      failures = this.parts.now() - begun >= STEADY_MS ? 1 : failures + 1;
      if (!this.stopped.signal.aborted) await this.rest(backoffMs(failures, this.parts.random));
    }
  }

  /** From opening it to its end, and why it ended. */
  private async listen(): Promise<string> {
    const { vault, figures, log, now } = this.parts;
    const { tenant, id } = this.connection;
    try {
      const lease = await vault.lease({ tenant, connection: id });
      const { promise, resolve } = Promise.withResolvers<string>();
      const opened = await WebSocket.open(this.address(lease), { message: (bytes) => this.take(bytes), closed: resolve });
      if (!(opened instanceof WebSocket)) return await this.notOpened(opened, lease);
      this.socket = opened;
      figures.tried(this.connection, 'open');
      figures.opened(this.connection);
      this.fares = { openSince: now(), problem: null };
      log.info({ event: 'socket-open', connection: id, provider: this.connection.provider }, 'socket');
      if (this.stopped.signal.aborted) opened.close();
      const reason = await promise;
      this.socket = undefined;
      figures.closed(this.connection);
      log.info({ event: 'socket-closed', connection: id, provider: this.connection.provider, reason }, 'socket');
      return reason;
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      figures.tried(this.connection, 'no-lease');
      return `vault-${error.code}`;
    }
  }

  private address(lease: Lease): { url: string; headers: Record<string, string> } {
    const { socket, baseUrl } = this.provider.adapter;
    const { path, headers } = socket!.open(lease);
    return { url: socket!.baseUrlOf(this.connection.baseUrl ?? baseUrl) + path, headers };
  }

  /** A refused credential is the vault's to judge, as after any call: it asks the provider by a probe, and says whether it has lapsed. */
  private async notOpened(not: NotOpen, { lease }: Lease): Promise<string> {
    const { vault, figures, log } = this.parts;
    const { tenant, id, provider } = this.connection;
    const reason = not.kind === 'failed' ? not.reason : `status-${not.status}`;
    figures.tried(this.connection, not.kind);
    log.warn({ event: 'socket-not-open', connection: id, provider, reason }, 'socket');
    if (not.kind !== 'refused' || not.status !== 401) return reason;
    const outcome = await vault.report({ tenant, connection: id, lease, code: 'credential-expired' });
    return outcome === 'accepted' ? 'operation-refused' : `credential-${outcome}`;
  }

  private take(bytes: Uint8Array): void {
    const storing = this.store(bytes).finally(() => {
      this.inHand.delete(storing);
      if (this.inHand.size < IN_HAND_MAX) this.socket?.resume();
    });
    this.inHand.add(storing);
    if (this.inHand.size >= IN_HAND_MAX) this.socket?.pause();
  }

  /** What cannot be stored is lost, and nobody sends it again: a socket that was closed is what the polls know how to make up for. */
  private async store(bytes: Uint8Array): Promise<void> {
    const { bus, now, figures, hearing, log } = this.parts;
    const { tenant, provider, id } = this.connection;
    const [receipt, receivedAt] = [randomUUIDv7(), now()];
    const headers = {
      ...headersOfRaw({ via: 'push', receipt, receivedAt: new Date(receivedAt).toISOString() }),
      [HEADER.hops]: withHop(withHop(undefined, 'received', receivedAt), 'stored', receivedAt),
      [HEADER.traceparent]: traceparentOf(undefined),
    };
    const subject = subjectOf({ tenant, family: 'raw', lane: 'live', provider, connection: id });
    try {
      const options = { id: `raw:${receipt}`, headers, timeoutMs: STORE_MS_MAX };
      await bus.publish(subject, this.provider.heard(bytes), options);
      figures.message(this.connection, 'stored');
      hearing.heard(id);
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      figures.message(this.connection, 'lost');
      log.warn({ event: 'socket-message-lost', connection: id, provider, reason: error.code }, 'socket');
      this.socket?.close();
    }
  }

  private rest(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.stopped.signal.addEventListener('abort', () => resolve(), { once: true });
    return promise.finally(() => clearTimeout(timer));
  }
}
