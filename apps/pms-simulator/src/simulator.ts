import { randomBytes } from 'node:crypto';
import { pino, type Logger } from 'pino';
import { systemClock, type Clock } from './clock.ts';
import { accountConfig, type AccountRequest } from './core/account-config.ts';
import { admin } from './core/admin.ts';
import { answer, knockOnSocket } from './core/door.ts';
import { addAccount } from './core/seed-account.ts';
import { storyStep } from './core/story.ts';
import { emptyWorld, type World } from './core/world.ts';
import { isLoopback, serveHttp, type HttpOptions, type Incoming, type Outgoing } from './http-server.ts';
import { StoryLoop } from './story-loop.ts';
import { WebhookSender } from './webhook-sender.ts';
import { refuseUpgrade, WebSocketHub } from './websocket-hub.ts';

export type SimulatorOptions = {
  accounts?: readonly AccountRequest[];
  seed?: string;
  /** Events a second of the story; 0, the default, tells none. */
  rate?: number;
  host?: string;
  /** 0, the default, takes a free one. */
  port?: number;
  /** Of the waits before a webhook is tried again; 1, the default, is the provider's own. */
  timeScale?: number;
  /** For every webhook, whatever its provider allows. */
  answerWithinMs?: number | undefined;
  clock?: Clock;
  log?: Logger;
};

export type Simulator = { url: string; stop: () => Promise<void> };

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { clock = systemClock, log = pino({ level: 'silent' }), answerWithinMs } = options;
  const { seed = '1', timeScale = 1, host = '127.0.0.1', port = 0 } = options;
  const world = emptyWorld({ seed, timeScale, tokenKey: randomBytes(32).toString('hex') });
  for (const account of options.accounts ?? []) addAccount(world, accountConfig.parse(account), clock.now());
  const sockets = new WebSocketHub();
  const sender = new WebhookSender({ world, clock, log, answerWithinMs, sockets });
  const story = new StoryLoop(clock, () => tell(world, clock, sender, log));
  const shell: Shell = { world, clock, sender, sockets, story, log };
  const answering = (request: Incoming): Promise<Outgoing> => handle(shell, request);
  const onError = (error: unknown): void => log.error({ err: error }, 'request failed');
  const server = await serveHttp({ host, port, now: clock.now, answer: answering, upgrade: upgrading(shell), onError });
  story.setRate(options.rate ?? 0);
  return {
    url: server.url,
    stop: async () => {
      story.stop();
      sender.stop();
      sockets.stop();
      await server.stop();
    },
  };
}

type Shell = { world: World; clock: Clock; sender: WebhookSender; sockets: WebSocketHub; story: StoryLoop; log: Logger };

function tell(world: World, clock: Clock, sender: WebhookSender, log: Logger): void {
  const told = storyStep(world, clock.now());
  if (!told) return;
  log.info(told.record, 'story');
  sender.send(told.deliveries);
}

async function handle(shell: Shell, request: Incoming): Promise<Outgoing> {
  if (request.path === '/healthz') return { status: 200, body: { status: 'ok' } };
  if (request.path.startsWith('/__simulator/')) return handleAdmin(shell, request);
  const { world, clock, sender } = shell;
  const headers = oneEach(request.headers);
  const address = headers['x-simulated-egress'] ?? request.address;
  const { manner, deliveries, ...given } = answer(world, { ...request, headers, address }, clock.now());
  sender.send(deliveries);
  if (manner.slowMs > 0) await clock.sleep(manner.slowMs);
  if (manner.end !== 'whole') return { ...given, end: manner.end };
  return manner.slowBodyMs > 0 ? { ...given, pause: () => clock.sleep(manner.slowBodyMs) } : given;
}

const upgrading =
  ({ world, clock, sockets }: Shell): HttpOptions['upgrade'] =>
  (request, message, socket) => {
    const given = knockOnSocket(world, { ...request, headers: oneEach(request.headers), body: '' }, clock.now());
    if (given === undefined || given === 'refused') refuseUpgrade(socket, given ? '401 Unauthorized' : '404 Not Found');
    else sockets.accept(given, message, socket);
  };

/** Only for this machine: it shows and changes everything, and asks for no password. */
function handleAdmin({ world, clock, sender, story, log }: Shell, request: Incoming): Outgoing {
  if (!isLoopback(request.address)) return { status: 404, body: { status: 'fail', result: 'Resource not found' } };
  const { status, body, deliveries = [], perSecond } = admin(world, { ...request, body: json(request.body) }, clock.now());
  if (perSecond !== undefined) story.setRate(perSecond);
  sender.send(deliveries);
  if (request.method !== 'GET') log.info({ method: request.method, path: request.path, status }, 'admin');
  return { status, body };
}

const oneEach = (headers: Incoming['headers']): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));

function json(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}
