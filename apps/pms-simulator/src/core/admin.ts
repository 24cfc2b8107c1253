import { z } from 'zod';
import { accountConfig, type AccountConfig } from './account-config.ts';
import { actCommand } from './act-command.ts';
import { isRefused } from './act-scene.ts';
import { callsSince } from './asked.ts';
import { deliveriesFor, type Delivery } from './deliveries.ts';
import { faultDeeds, faultKnobs, faultRequest, NO_FAULTS } from './faults.ts';
import { ledgerOf, objectOf } from './ledger.ts';
import { perform } from './perform.ts';
import { addAccount } from './seed-account.ts';
import { isDate } from './stamps.ts';
import { nightsOf, truthOf } from './truth.ts';
import { restore, type Account, type World } from './world.ts';

export type AdminRequest = { method: string; path: string; query: URLSearchParams; body: unknown };

/** What is answered, and what the shell is to do besides. */
export type AdminAnswer = { status: number; body: unknown; deliveries?: Delivery[]; perSecond?: number };

type Handle = (world: World, request: AdminRequest, now: number) => AdminAnswer;

const ok = (body: unknown): AdminAnswer => ({ status: 200, body });
const problem = (status: number, error: string): AdminAnswer => ({ status, body: { error } });

const rateRequest = z.strictObject({ perSecond: z.number().min(0).max(10_000) });

const HANDLERS: Readonly<Record<string, Handle>> = {
  'GET /__simulator/ledger': (world, { query }, now) =>
    ok(ledgerOf(world, now, query.has('accountId') ? Number(query.get('accountId')) : undefined)),
  'GET /__simulator/truth': (world, { query }) => ofOne(world, query, (account) => truthOf(account)),
  'GET /__simulator/nights': (world, { query }) => {
    const [from, until] = [query.get('from') ?? '', query.get('until') ?? ''];
    if (!isDate(from) || !isDate(until)) return problem(400, 'from, until: expected dates, YYYY-MM-DD');
    return ofOne(world, query, (account) => ({ listings: nightsOf(account, { from, until }) }));
  },
  'GET /__simulator/calls': (world, { query }) =>
    ofOne(world, query, (account) => ({ calls: callsSince(account, Number(query.get('since') ?? 0)) })),
  'POST /__simulator/act': act,
  'GET /__simulator/faults': (world) => ok(faultsOf(world)),
  'POST /__simulator/faults': turnFaults,
  'DELETE /__simulator/faults': (world) => {
    for (const account of world.accounts.values()) account.faults = { ...NO_FAULTS };
    return ok(faultsOf(world));
  },
  'POST /__simulator/rate': (_, { body }) => parsed(rateRequest, body, ({ perSecond }) => ({ ...ok({ perSecond }), perSecond })),
  'POST /__simulator/accounts': (world, { body }, now) => parsed(accountConfig, body, (config) => putAccount(world, config, now)),
};

/** What a look at the whole ledger would be too much for. */
function ofOne(world: World, query: URLSearchParams, view: (account: Account) => unknown): AdminAnswer {
  const account = world.accounts.get(Number(query.get('accountId')));
  return account ? ok(view(account)) : problem(404, 'no such account');
}

/** "METHOD path" each. */
export const ADMIN_ROUTES: readonly string[] = Object.keys(HANDLERS);

export function admin(world: World, request: AdminRequest, now: number): AdminAnswer {
  const handle = HANDLERS[`${request.method} ${request.path}`];
  return handle ? handle(world, request, now) : problem(404, `there are: ${ADMIN_ROUTES.join(', ')}`);
}

function act(world: World, { body }: AdminRequest, now: number): AdminAnswer {
  return parsed(actCommand, body, (command) => {
    const accounts = [...world.accounts.values()];
    const account = command.accountId === undefined ? owner(world, command) : world.accounts.get(command.accountId);
    if (!account) return problem(accounts.length > 0 ? 404 : 409, 'no such account');
    const outcome = perform(world, account, command, now, 'request');
    if (isRefused(outcome)) return problem(409, outcome.refused);
    const { record, deliveries } = outcome;
    const webhooks = deliveries.map(({ id, hook, event, url, body: sent, afterMs }) => ({
      id,
      hook,
      event,
      url,
      afterMs,
      body: sent,
    }));
    return { ...ok({ ...record, object: objectOf(account, record), webhooks }), deliveries };
  });
}

/** Whose the listing or reservation is; without either, anybody's. */
function owner(
  world: World,
  { listing, reservation }: { listing?: number | undefined; reservation?: number | undefined },
): Account | undefined {
  const accounts = [...world.accounts.values()];
  if (reservation !== undefined) return accounts.find(({ reservations }) => reservations.has(reservation));
  if (listing !== undefined) return accounts.find(({ listings }) => listings.some(({ id }) => id === listing));
  return accounts.length > 0 ? world.chance.pick(accounts) : undefined;
}

function turnFaults(world: World, { body }: AdminRequest, now: number): AdminAnswer {
  return parsed(faultRequest, body, ({ accountId, expireTokens, revokeTokens, dropRegistrations, restoreTo, ...knobs }) => {
    const accounts = [...world.accounts.values()].filter(({ id }) => accountId === undefined || id === accountId);
    if (accounts.length === 0) return problem(404, 'no such account');
    const deliveries: Delivery[] = [];
    const said = Object.fromEntries(Object.entries(knobs).filter(([, value]) => value !== undefined));
    for (const account of accounts) {
      Object.assign(account.faults, said);
      if (restoreTo) restore(account, Date.parse(restoreTo), now);
      if (dropRegistrations) account.provider.hooks.drop?.(account);
      if (revokeTokens) deliveries.push(...accessNotice(world, account, now, 'revoked'));
      for (const token of world.tokens.values()) {
        if (token.accountId !== account.id) continue;
        if (expireTokens && token.kind === 'access') token.expiresAt = 0;
        if (revokeTokens) token.revoked = true;
      }
    }
    return { ...ok(faultsOf(world)), deliveries };
  });
}

/** A new account, or new credentials for one that is there: its secret was renewed in the dashboard. */
function putAccount(world: World, config: AccountConfig, now: number): AdminAnswer {
  const known = world.accounts.get(config.accountId);
  if (known && known.provider.name !== config.provider) return problem(409, `the account is one of ${known.provider.name}`);
  if (known) {
    // Its houses stay as they are, and its webhooks where nothing is said of them.
    const { listings, multiUnit, timeZone } = known.config;
    known.config = { ...known.config, ...config, listings, multiUnit, timeZone } as AccountConfig;
    known.provider.renew(world, known, now);
    known.internalWebhook = config.internalWebhook ?? known.internalWebhook;
  }
  const { id, listings } = known ?? addAccount(world, config, now);
  const deliveries = known ? accessNotice(world, known, now, 'renewed') : [];
  return {
    ...ok({ accountId: id, listings: listings.map(({ id: listing, name, units }) => ({ id: listing, name, units })) }),
    deliveries,
  };
}

const accessNotice = (world: World, account: Account, now: number, change: 'renewed' | 'revoked'): Delivery[] =>
  deliveriesFor({ world, account, now, silent: false }, { about: 'access', change });

const faultsOf = (world: World): object => Object.fromEntries([...world.accounts.values()].map(({ id, faults }) => [id, faults]));

function parsed<S extends z.ZodType>(schema: S, body: unknown, then: (value: z.output<S>) => AdminAnswer): AdminAnswer {
  const result = schema.safeParse(body);
  return result.success ? then(result.data) : problem(400, z.prettifyError(result.error));
}

/** For --help: what can be turned. */
export const KNOB_NAMES: readonly string[] = [...Object.keys(faultKnobs.shape), ...Object.keys(faultDeeds.shape)];
