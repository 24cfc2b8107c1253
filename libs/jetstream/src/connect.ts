import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Link } from './link.ts';
import type { Log } from '@roomwire/telemetry';

export type { NatsConnection };

export type NatsAccess = {
  /** Addresses; a user and a password in the first of them serve where none are given beside it. */
  servers: string | string[];
  user?: string | undefined;
  pass?: string | undefined;
  /** Name of the connection, and prefix of its inbox: permissions let nobody else listen there. */
  service: string;
  log?: Log;
};

/** Reconnects for ever: a broker that is away defers work, it does not end a process. */
export async function connectNats({ servers, user, pass, service, log }: NatsAccess): Promise<NatsConnection> {
  const urls = [servers].flat().map((server) => new URL(server));
  const login = pass === undefined ? loginOf(urls[0]) : { user: user ?? service, pass };
  const nc = await connect({
    servers: urls.map(({ protocol, host }) => `${protocol}//${host}`),
    ...login,
    name: service,
    inboxPrefix: `_INBOX.${service}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    waitOnFirstConnect: true,
    pingInterval: 5_000,
    maxPingOut: 2,
    // A stack for every request, in case it fails, was a twentieth of a busy service's time.
    noAsyncTraces: true,
  });
  Link.of(nc); // from the first moment on
  if (log) void report(nc, log);
  return nc;
}

/** The client does not read them itself. */
function loginOf(url: URL | undefined): { user: string; pass: string } | undefined {
  return url?.password ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } : undefined;
}

async function report(nc: NatsConnection, log: Log): Promise<void> {
  for await (const status of nc.status())
    if (status.type === 'disconnect' || status.type === 'reconnect' || status.type === 'error')
      // A refused subject shows here and nowhere else: the publisher only sees that nobody answered.
      log.warn({ nats: status.type, ...('error' in status ? { detail: status.error.message } : {}) }, 'nats connection');
}
