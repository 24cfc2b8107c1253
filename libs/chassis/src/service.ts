import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy, MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  createLog,
  createMeter,
  startTracing,
  watchProcess,
  type Log,
  type Meter,
  type Telemetry,
  type Tracing,
} from '@roomwire/telemetry';
import type { FastifyInstance } from 'fastify';
import { parseEnvironment, type Environment, type Shape } from './environment.ts';
import {
  listenForMetrics,
  observeRequests,
  serveHealth,
  serveMetrics,
  takeBytes,
  type Health,
  type Reply,
  type Request,
} from './http.ts';
import { traceRequests } from './http-trace.ts';
import { Lifecycle } from './lifecycle.ts';
import { nestLog } from './nest-log.ts';
import { answerProblem, problemOf, ProblemFilter } from './problem.ts';
import { tracingOptionsOf } from './tracing.environment.ts';
import { watchEventLoop } from './watchdog.ts';

/** What is handed to `connectNats`. User and password come together or not at all. */
export type NatsAccess = { servers: string[]; user?: string; pass?: string; service: string };

export type Parts = {
  log: Log;
  meter: Meter;
  nats: NatsAccess;
  /** Called as soon as the service is to stop, before anything is drained: for what would hold the stop up (open streams, loops). */
  onStop: (action: () => void | Promise<void>) => void;
};

export type Service = {
  module: Type | DynamicModule;
  /** Drained before HTTP closes. */
  strategies?: CustomTransportStrategy[];
  microservices?: MicroserviceOptions[];
  /** What is wrong, by name; undefined = nothing. A service with a problem is not ready. Asked often: no I/O. */
  checks: Record<string, () => string | undefined>;
  /** What it waits for, in words; shown by /readyz, and no reason not to be ready. No I/O. */
  waits?: () => Record<string, string>;
  /** Bodies as bytes, of any content type; without it JSON and forms are parsed, up to 1 MiB. */
  body?: { as: 'bytes'; bytesMax: number };
  /** Last of all: connections. */
  close?(): Promise<void>;
};

export type Build<S extends Shape> = (env: Environment<S>, parts: Parts) => Promise<Service>;

const BODY_BYTES_MAX = 1_048_576;
/** A client that sends a byte a second is cut off. */
const REQUEST_MS_MAX = 30_000;
/** sysexits(3): something was found in an unconfigured or misconfigured state. */
const EX_CONFIG = 78;

/** The whole life of a process: environment, build, listen, drain, exit code. Every main.ts is one call of this. */
export async function runService<S extends Shape>(name: string, shape: S, build: Build<S>): Promise<void> {
  const parsed = parseEnvironment(shape);
  if ('problems' in parsed) {
    process.stderr.write(
      `${name}: the environment is not right:\n${parsed.problems.map((problem) => `  ${problem}\n`).join('')}`,
    );
    process.exit(EX_CONFIG);
  }
  const { env, warnings } = parsed;
  const log = createLog(name, env.LOG_LEVEL);
  for (const warning of warnings) log.warn(warning);
  watchEventLoop(env.ROOMWIRE_BLOCKED_MS_MAX);
  const health: Health = { draining: false, checks: {} };
  const lifecycle = new Lifecycle(log, health, env.ROOMWIRE_STOP_MS_MAX);
  lifecycle.installSignals();
  const telemetry = createMeter(name);
  watchProcess(telemetry.meter);
  // Before anything is built: what is traced is decided once, where it is wired.
  const tracing = await traced(name, env, { log, meter: telemetry.meter });
  try {
    await start(name, env, build, { log, health, lifecycle, telemetry, tracing });
  } catch (error) {
    log.fatal({ err: error }, 'could not start');
    process.exit(1);
  }
}

type Around = { log: Log; health: Health; lifecycle: Lifecycle; telemetry: Telemetry; tracing: Tracing | undefined };

async function start<S extends Shape>(name: string, env: Environment<S>, build: Build<S>, around: Around): Promise<void> {
  const { log, health, lifecycle, telemetry, tracing } = around;
  const onStop: Parts['onStop'] = (action) => lifecycle.onStop(action);
  const service = await build(env, { log, meter: telemetry.meter, nats: natsAccess(name, env), onStop });
  health.checks = service.checks;
  if (service.waits) health.waits = service.waits;
  const app = await createApp(service, around, env.METRICS_PORT === undefined);
  const metrics = env.METRICS_PORT === undefined ? undefined : await listenForMetrics(telemetry, env.METRICS_PORT, env.HOST);
  const strategies = (service.strategies ?? []).map((strategy) => app.connectMicroservice({ strategy: closedOnce(strategy) }));
  const microservices = (service.microservices ?? []).map((options) => app.connectMicroservice<MicroserviceOptions>(options));
  lifecycle.drains(
    ['messages', () => Promise.all((service.strategies ?? []).map((strategy) => strategy.close() as unknown))],
    ['http', () => app.close()],
    ['connections', () => service.close?.()],
    ['traces', () => tracing?.close()],
    ['metrics', () => metrics?.close()],
    ['meter', () => telemetry.close()],
  );
  if (strategies.length + microservices.length > 0) await app.startAllMicroservices();
  await app.listen(env.PORT, env.HOST);
  announce(name, app, metrics, env.HOST);
}

async function createApp(
  service: Service,
  { log, health, telemetry }: Around,
  withMetrics: boolean,
): Promise<NestFastifyApplication> {
  const bodyLimit = service.body?.bytesMax ?? BODY_BYTES_MAX;
  const adapter = new FastifyAdapter({
    bodyLimit,
    requestTimeout: REQUEST_MS_MAX,
    routerOptions: { maxParamLength: 512 },
    // An address that cannot be decoded never reaches a route, nor its filter.
    frameworkErrors: (error: unknown, request: Request, reply: Reply) => answerProblem(reply, problemOf(error, request)),
  });
  const http = adapter.getInstance();
  observeRequests(http, log, telemetry);
  traceRequests(http);
  serveHealth(http, health);
  if (withMetrics) serveMetrics(http, telemetry);
  if (service.body) takeBytes(http);
  const app = await NestFactory.create<NestFastifyApplication>(service.module, adapter, {
    logger: nestLog(log),
    bodyParser: !service.body,
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(log));
  return app;
}

async function traced(service: string, env: Environment<Shape>, parts: { log: Log; meter: Meter }): Promise<Tracing | undefined> {
  const options = tracingOptionsOf(service, env);
  if (!options) return undefined;
  const { instance, sampler, ratio } = options;
  parts.log.info({ instance, sampler, ratio }, 'traces are exported');
  return startTracing(options, parts);
}

/** Nest closes its microservices itself, after HTTP: by then ours have been drained. */
function closedOnce(strategy: CustomTransportStrategy): CustomTransportStrategy {
  const close = strategy.close.bind(strategy) as () => unknown;
  let closing: Promise<unknown> | undefined;
  strategy.close = () => (closing ??= Promise.resolve(close()));
  return strategy;
}

function natsAccess(service: string, env: Environment<Shape>): NatsAccess {
  const { NATS_URL, NATS_USER, NATS_PASSWORD } = env;
  return {
    servers: NATS_URL,
    service,
    ...(NATS_PASSWORD === undefined ? {} : { user: NATS_USER ?? service, pass: NATS_PASSWORD }),
  };
}

/** The line that whoever started this process waits for. `metrics`: where they have a port of their own. */
function announce(service: string, app: NestFastifyApplication, metrics: FastifyInstance | undefined, host: string): void {
  const shown = host.includes(':') ? `[${host}]` : host;
  const urlOf = (address: string | AddressInfo | null | undefined): string =>
    `http://${shown}:${typeof address === 'object' && address ? address.port : 0}`;
  const urls = { url: urlOf(app.getHttpServer().address()), ...(metrics ? { metrics: urlOf(metrics.server.address()) } : {}) };
  process.stdout.write(`${JSON.stringify({ event: 'listening', service, ...urls })}\n`);
}
