import { noteCall } from './asked.ts';
import type { Delivery } from './deliveries.ts';
import type { Faults } from './faults.ts';
import { admitCall } from './limits.ts';
import type { Provider } from './provider.ts';
import { PROVIDERS } from './providers.ts';
import type { Answer, ApiRequest } from './request.ts';
import type { Call, Knock, Route } from './route.ts';
import { countCall } from './tally.ts';
import type { Account, World } from './world.ts';

/** How an answer goes over the wire: late, slowly, not to its end, or not at all. */
export type Manner = { slowMs: number; slowBodyMs: number; end: 'whole' | 'cut' | 'never' };
export type Answered = Answer & { manner: Manner; deliveries: readonly Delivery[] };

const LISTED = PROVIDERS.map((provider) => ({
  provider,
  patterns: provider.door.routes.map((route) => ({
    route,
    pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(':id', '(\\d{1,15})')}$`),
  })),
}));

/**
 * The door of every provider. The limits come first: a refused token costs a call as much as a good one. Then what an operator wants
 * to go wrong, then the token, then the answer.
 */
export function answer(world: World, request: ApiRequest, now: number): Answered {
  const { provider, patterns } = LISTED.find(({ provider: { door } }) => door.serves(request.path)) ?? LISTED[0]!;
  const found = patterns.find(({ route, pattern }) => route.method === request.method && pattern.test(request.path));
  const account = provider.door.claimant(world, request);
  const knock: Knock = {
    ...{ world, account, request, now, route: found?.route, deliveries: [] },
    ids: (found?.pattern.exec(request.path) ?? []).slice(1).map(Number),
  };
  const given = respond(provider, knock);
  const { body, headers, status } = provider.door.dress?.(given, knock) ?? given;
  if (account) {
    const { method, path, query } = request;
    countCall(account.tally, found ? `${found.route.method} ${found.route.path}` : 'unknown', status);
    noteCall(account, { at: now, method, path, query: query.toString(), status });
  }
  return { status, body, ...(headers ? { headers } : {}), deliveries: knock.deliveries, manner: mannerOf(account?.faults) };
}

/** Who may have the WebSocket that is asked for; undefined where there is none. */
export function knockOnSocket(world: World, request: ApiRequest, now: number): Account | 'refused' | undefined {
  const given = PROVIDERS.map(({ door }) => door.socket?.(world, request, now));
  return given.find((one) => one !== undefined);
}

function respond({ door }: Provider, knock: Knock): Answer {
  const { world, account, request, route, now } = knock;
  const meters = [...(door.meters?.(world, request) ?? []), ...(account ? [account.meter] : [])];
  if (!admitCall(meters, now, door.cost?.(knock))) return door.tooMany(account, now);
  const planned = account && plannedFailure(account, door, now);
  return planned ?? (route ? behindDoor(door, route, knock) : door.unknown);
}

function plannedFailure(account: Account, door: Provider['door'], now: number): Answer | undefined {
  const { faults } = account;
  if (faults.respond429 > 0) return (faults.respond429--, door.tooMany(account, now));
  if (faults.respond500 > 0) return (faults.respond500--, door.broken);
  if (faults.respondFailed > 0 && door.failed) return (faults.respondFailed--, door.failed);
  return undefined;
}

function behindDoor({ refusal }: Provider['door'], route: Route, knock: Knock): Answer {
  if ('open' in route) return route.open(knock);
  const { account } = knock;
  return refusal(knock) ?? route.answer({ ...knock, account } as Call);
}

function mannerOf(faults: Faults | undefined): Manner {
  if (!faults) return { slowMs: 0, slowBodyMs: 0, end: 'whole' };
  const { slowMs, slowBodyMs } = faults;
  if (faults.hang > 0) return (faults.hang--, { slowMs, slowBodyMs, end: 'never' });
  if (faults.cut > 0) return (faults.cut--, { slowMs, slowBodyMs, end: 'cut' });
  return { slowMs, slowBodyMs, end: 'whole' };
}
