import { connect } from 'node:net';
import { parseEnvironment } from '@roomwire/chassis';
import { connectNats, type NatsConnection } from '@roomwire/jetstream';
import { Failure } from './core/failure.ts';
import { beforeLong } from './before-long.ts';
import type { Terminal } from './terminal.ts';

const REACH_MS = 3_000;
const LOGIN_MS = 5_000;
const DEFAULT_PORT = 4222;

export type Session = AsyncDisposable & { nc: NatsConnection };

/**
 * A connection to NATS as the operator. Services wait for a broker for ever; a person wants to know at once that it is not there.
 * @throws {Failure} usage, unavailable, refused
 */
export async function openSession(env: Terminal['env']): Promise<Session> {
  const parsed = parseEnvironment(
    {},
    { NATS_URL: env['NATS_URL'], NATS_USER: env['NATS_USER'], NATS_PASSWORD: env['NATS_PASSWORD'] },
  );
  if ('problems' in parsed) throw new Failure('usage', 'the environment is not right', parsed.problems);
  const { NATS_URL: servers, NATS_USER: user = 'operator', NATS_PASSWORD: pass } = parsed.env;
  await reachAny(servers);

  const login = connectNats({ servers, service: 'operator', ...(pass === undefined ? {} : { user, pass }) });
  const nc = await beforeLong(LOGIN_MS, login).catch((error: unknown) => {
    // The error itself is not shown: it may quote what was sent.
    const why =
      error instanceof Error && /authoriz|authentic/i.test(error.message) ? 'does not let us in' : 'did not answer as NATS does';
    const who = pass === undefined ? 'without a user: NATS_PASSWORD is not set' : `as user ${user}`;
    throw new Failure('refused', `NATS at ${shown(servers)} ${why}`, [`we came ${who}`, 'check NATS_USER and NATS_PASSWORD']);
  });
  return { nc, [Symbol.asyncDispose]: () => nc.close() };
}

async function reachAny(servers: readonly string[]): Promise<void> {
  const reached = await Promise.all(servers.map(reach));
  if (reached.includes('open')) return;
  throw new Failure('unavailable', `cannot reach NATS at ${shown(servers)} (${[...new Set(reached)].join(', ')})`, [
    'is it running? `npm start` starts everything; `nats-server -js` starts one alone',
    'is it elsewhere? set NATS_URL, for instance NATS_URL=nats://nats.example.org:4222',
  ]);
}

/** 'open', or why not. */
function reach(server: string): Promise<string> {
  const { hostname, port } = new URL(server);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || DEFAULT_PORT), timeout: REACH_MS });
  return new Promise((resolve) => {
    const settle = (result: string) => {
      socket.destroy();
      resolve(result);
    };
    socket.on('connect', () => settle('open'));
    socket.on('timeout', () => settle('no answer'));
    socket.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? 'unknown'));
  });
}

/** Addresses may carry a password. */
function shown(servers: readonly string[]): string {
  return servers
    .map((server) => new URL(server))
    .map(({ protocol, host }) => `${protocol}//${host}`)
    .join(', ');
}
