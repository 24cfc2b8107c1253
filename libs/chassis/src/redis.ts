import type { Log } from '@roomwire/telemetry';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import type { Socket } from 'node:net';

const COMMAND_MS_MAX = 5_000;
const RECONNECT_MS_MAX = 1_000;
/**
 * How often a Redis that reads its data after a restart is asked whether it has. The client by itself waits for as long as Redis thinks
 * it will take, 10 s at most: an estimate in whole seconds, by which a tenth of a second's work may take ten.
 */
const LOADING_MS = 100;

type RedisOptions = { log: Log; role: string };

/** As {@link openRedis}, of who can do nothing without it. Resolves when first connected, however long that takes. */
export async function connectRedis(url: string, options: RedisOptions): Promise<Redis> {
  const redis = openRedis(url, options);
  if (redis.status !== 'ready') await once(redis, 'ready');
  return redis;
}

/**
 * A client of which every command answers or fails soon: while disconnected at once, on a silent connection after 5 s. Nothing is
 * queued, nothing is sent twice. It connects, and reconnects, for ever; `close()` of the service may `disconnect()` it at any time.
 */
export function openRedis(url: string, { log, role }: RedisOptions): Redis {
  const redis = new TogetherRedis(url, {
    connectionName: role,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_MS_MAX,
    connectTimeout: COMMAND_MS_MAX,
    maxLoadingRetryTime: LOADING_MS,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(RECONNECT_MS_MAX, 50 * times) * (0.5 + Math.random() / 2),
  });
  let down: string | undefined;
  redis.on('error', (error: NodeJS.ErrnoException) => {
    // Each attempt fails with the same words: said once per outage.
    if (down === undefined) log.warn({ role, code: error.code, reason: error.message }, 'redis: no connection');
    down = error.message;
  });
  redis.on('close', () => {
    if (down === undefined) log.warn({ role }, 'redis: connection closed');
    down ??= 'closed';
  });
  redis.on('ready', () => {
    log.info({ role }, 'redis: connected');
    down = undefined;
  });
  return redis;
}

/**
 * Commands of one turn of the event loop leave in one write: to hand the kernel a command costs more than to make it. (`ioredis`' own
 * pipelining would hold back the next turn's until this one's are answered.)
 */
class TogetherRedis extends Redis {
  private corked: Socket | undefined;

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    const socket = this.stream as Socket | undefined;
    if (socket && this.corked !== socket) {
      socket.cork();
      this.corked = socket;
      process.nextTick(() => {
        this.corked = undefined;
        socket.uncork();
      });
    }
    return super.sendCommand(...args);
  }
}
