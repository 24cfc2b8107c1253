import { admin } from './admin.ts';
import { BEDS24, Beds24Spec } from './beds24/spec-beds24.ts';
import { CLOUDBEDS, CloudbedsSpec } from './cloudbeds/spec-cloudbeds.ts';
import { ledgerOf } from './ledger.ts';
import { MEWS, MewsSpec } from './mews/spec-mews.ts';
import { PROVIDERS } from './providers.ts';
import { holds, overlap } from './reservation.ts';
import { SMOOBU, SmoobuSpec } from './smoobu/spec-smoobu.ts';
import { HOOKS, SpecWorld } from './spec-world.ts';
import { storyStep } from './story.ts';
import { standing } from './world.ts';

type Case = {
  name: string;
  open: (more?: object) => SpecWorld;
  /** The status of any read that needs credentials. */
  knock: (spec: SpecWorld) => { status: number };
  refused: number;
  /** The ids of all reservations, as one page after the other gives them. */
  ids: (spec: SpecWorld) => string[];
};

const internal = { internalWebhook: HOOKS.internalWebhook, multiUnit: { listings: 2, units: 2 }, listings: 6 };
/** Set up by a person: no API registers them. */
const BY_HAND: ReadonlySet<string> = new Set(['internal', 'inventory']);
const REGISTERS: ReadonlySet<string> = new Set(['hostaway', 'cloudbeds', 'beds24']);
const STATUSES = ['confirmed', 'request', 'new', 'cancelled', 'black', 'inquiry'].map((status) => `status=${status}`).join('&');

const CASES: readonly Case[] = [
  {
    name: 'hostaway',
    open: (more) => new SpecWorld({ ...HOOKS, ...internal, ...more }),
    knock: (spec) => ({ status: (spec.get('/v1/listings').status as unknown) === 'success' ? 200 : 403 }),
    refused: 403,
    ids: (spec) => spec.get<{ id: number }[]>('/v1/reservations?limit=10000').result.map(({ id }) => String(id)),
  },
  {
    name: 'mews',
    open: (more) => new MewsSpec({ ...internal, ...more }),
    knock: (spec) => (spec as MewsSpec).call('services/getAll'),
    refused: 401,
    ids: (spec) => {
      const Limitation = { Count: 1_000 };
      const { Reservations } = (spec as MewsSpec).read<{ Reservations: { Id: string }[] }>('reservations/getAll/2023-06-06', {
        Limitation,
      });
      return Reservations.map(({ Id }) => Id);
    },
  },
  {
    name: 'beds24',
    open: (more) => new Beds24Spec({ ...internal, ...more }),
    knock: (spec) => (spec as Beds24Spec).call('properties'),
    refused: 401,
    ids: (spec) =>
      [1, 2, 3, 4, 5].flatMap((page) =>
        (spec as Beds24Spec)
          .read<{ id: number }[]>(`bookings?${STATUSES}&modifiedFrom=2020-01-01&page=${page}`)
          .map(({ id }) => String(id)),
      ),
  },
  {
    name: 'cloudbeds',
    open: (more) => new CloudbedsSpec({ ...internal, ...more }),
    knock: (spec) => (spec as CloudbedsSpec).call('getHotels'),
    refused: 401,
    ids: (spec) =>
      [1, 2, 3, 4, 5].flatMap((page) =>
        (spec as CloudbedsSpec)
          .read<{ reservationID: string }[]>(`getReservations?pageNumber=${page}`)
          .map((one) => one.reservationID),
      ),
  },
  {
    name: 'smoobu',
    open: (more) => new SmoobuSpec({ ...internal, ...more }),
    knock: (spec) => (spec as SmoobuSpec).call('/api/me'),
    refused: 401,
    ids: (spec) =>
      [1, 2, 3, 4, 5].flatMap((page) =>
        (spec as SmoobuSpec)
          .read<{ bookings: { id: number }[] }>(`/api/reservations?showCancellation=true&pageSize=100&page=${page}`)
          .bookings.map(({ id }) => String(id)),
      ),
  },
];

const ask = (spec: SpecWorld, method: string, path: string, body: object): ReturnType<typeof admin> =>
  admin(spec.world, { method, path: `/__simulator/${path}`, query: new URLSearchParams(), body }, spec.now);
const told = (spec: SpecWorld, steps: number, everyMs = 2_000): SpecWorld => {
  for (let step = 0; step < steps; step++) storyStep(spec.world, (spec.now += everyMs));
  return spec;
};

it('every provider is a case here', () => {
  expect(CASES.map(({ name }) => name).sort()).toEqual(PROVIDERS.map(({ name }) => name).sort());
});

describe.each(CASES)('$name', ({ name, open, knock, refused, ids }) => {
  it('tells a story of everything that it knows, in which no door has two guests', () => {
    // Over some days: not every day brings somebody who does not come.
    const spec = told(open(), 1_000, 300_000);

    const acts = new Set(spec.world.acts.map(({ act }) => act));
    expect(acts).toEqual(new Set([...Object.keys(spec.account.provider.story.weights), 'announce']));
    const stays = standing(spec.account).filter(holds);
    expect(stays.flatMap((one, at) => stays.slice(at + 1).filter((other) => overlap(one, other)))).toEqual([]);
  });

  it('shows after any story what the ledger says, each once', () => {
    const spec = told(open(), 400);
    const { accounts } = ledgerOf(spec.world, spec.now) as {
      accounts: { provider: string; truth: { reservations: { id: string }[] } }[];
    };
    const { provider, truth } = accounts[0]!;

    expect(provider).toBe(name);
    expect(ids(spec).sort()).toEqual(truth.reservations.map(({ id }) => id).sort());
  });

  it('tells the same story again from the same seed, whatever fault is turned on', () => {
    const story = (faults: object): unknown => {
      const spec = open();
      Object.assign(spec.account.faults, faults);
      return standing(told(spec, 200).account);
    };

    expect(story({ duplicates: 0.5, disorderMs: 300, disableWebhooks: true, slowMs: 5 })).toEqual(story({}));
  });

  it.each(['expireTokens', 'revokeTokens'])('%s: refused from then on', (deed) => {
    const spec = open();
    spec.now += 2_000;

    expect(knock(spec).status).toBe(200);
    ask(spec, 'POST', 'faults', { [deed]: true });
    expect(knock(spec).status).toBe(refused);
  });

  it('dropRegistrations: no webhook that is registered by API goes out from then on', () => {
    const spec = open(name === 'hostaway' ? { webhook: HOOKS.webhook } : {});
    const sent = (): number =>
      spec.act({ act: 'book', status: 'new', overlap: true }).deliveries.filter(({ hook }) => !BY_HAND.has(hook)).length;
    const { drop, registered } = spec.account.provider.hooks;
    if (name === 'cloudbeds') (spec as CloudbedsSpec).subscribe('reservation/created');

    expect(sent()).toBeGreaterThan(0);
    ask(spec, 'POST', 'faults', { dropRegistrations: true });
    expect(sent() === 0).toBe(drop !== undefined);
    expect(drop !== undefined).toBe(REGISTERS.has(name));
    expect(registered(spec.account)).not.toContainEqual(expect.objectContaining({ enabled: true }));
  });

  it('fails the next calls as told, without a violation of its limit', () => {
    const spec = open();
    spec.now += 2_000;
    knock(spec);
    ask(spec, 'POST', 'faults', { respond429: 1, respond500: 1, hang: 1, cut: 1, slowMs: 7, slowBodyMs: 9 });
    const status = (): number => spec.account.tally.calls.total;
    const before = status();

    const calls = [knock(spec), knock(spec), knock(spec)];

    expect(calls.at(-1)!.status).toBe(200);
    expect(status() - before).toBe(3);
    expect(spec.account.tally.calls.byStatus).toMatchObject({ 429: 1, 500: 1 });
    expect(spec.account.faults).toMatchObject({ respond429: 0, respond500: 0, hang: 0, cut: 0 });
    expect(spec.account.meter.refused).toBe(0);
  });

  it('loses webhooks where told so, and doubles and delays them where told so', () => {
    const spec = open();
    if (spec instanceof CloudbedsSpec) spec.subscribe('reservation/status_changed');
    const resent = (faults: object): { afterMs: number }[] => {
      Object.assign(spec.account.faults, { duplicates: 0, delayMs: 0, disableWebhooks: false }, faults);
      return spec.act({ act: 'resend' }).deliveries;
    };

    const plain = resent({}).length;

    expect(plain).toBeGreaterThan(0);
    expect(resent({ disableWebhooks: true })).toEqual([]);
    expect(spec.account.tally.webhooks.suppressed).toBe(plain);
    expect(resent({ duplicates: 1, delayMs: 500 }).map(({ afterMs }) => afterMs >= 500)).toEqual(Array(2 * plain).fill(true));
  });

  it('has the housekeeping app beside it', () => {
    const { deliveries } = open().act({ act: 'unitStatus' });

    expect(deliveries.filter(({ hook }) => hook === 'internal')).toHaveLength(1);
  });

  it('refuses acts that it does not know', () => {
    const spec = open();

    for (const act of spec.account.provider.story.lacks) expect(ask(spec, 'POST', 'act', { act }).status).not.toBe(200);
  });
});

it('several providers live in one world, and none sees the other', () => {
  const spec = new MewsSpec();
  for (const [accountId, more] of [BEDS24, SMOOBU, CLOUDBEDS].entries()) spec.add({ ...more, accountId: accountId + 1 });
  told(spec, 100);

  const { accounts } = ledgerOf(spec.world, spec.now) as { accounts: { provider: string }[] };

  expect(accounts.map(({ provider }) => provider)).toEqual(['mews', 'beds24', 'smoobu', 'cloudbeds']);
  expect(new Set(spec.world.acts.map(({ accountId }) => accountId))).toEqual(new Set([10450, 1, 2, 3]));
  expect(spec.ask({ url: '/api/v1.3/getHotels', headers: { 'x-api-key': SMOOBU.apiKey } }).status).toBe(401);
  expect(spec.call('services/getAll', { AccessToken: CLOUDBEDS.apiKey }).status).toBe(401);
  expect(MEWS.provider).toBe(spec.account.provider.name);
});
