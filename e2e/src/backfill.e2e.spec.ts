import { Fleet } from '@roomwire/fleet';
import { eventually, track, type Spread } from '@roomwire/testkit';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ACCOUNT,
  callsOf,
  connect,
  CONNECTION,
  openAccount,
  pagesIn,
  staysOf,
  TENANT,
  type PageCall,
  type Stay,
} from './backfill/account.ts';
import { differences } from './backfill/comparison.ts';
import { Guests, type Live } from './backfill/live.ts';
import { listings as LISTINGS } from './backfill/settings.ts';
import type { Ready } from './fleet.ts';
import type { Tenant } from './hostaway-webhook.ts';
import { roomwire } from './outcomes.ts';
import { simulate } from './simulator.ts';
import { Witness } from './siege/broker.ts';
import { pause } from './siege/provider.ts';
import { randomOf } from './siege/random.ts';
import { isLab, keptIn, seed } from './siege/settings.ts';

/** Each has a stay in five or six days. */
const HOUSES = { listings: LISTINGS, calendar: { daysBack: 7, daysAhead: 345 } };
const PAGE = 100;
/** Of the provider's calls in ten seconds; ours leave a tenth free. */
const [LIMIT, WINDOW_S] = [15, 10];
const KILLS = Math.ceil(LISTINGS / 100);
const [TELL_MS, EVERY_MS] = [125 * LISTINGS, 125];
/** Reads show what was so long ago: a page brings older contents than the webhooks of while it was read. */
const LAG_MS = 2_000;
const WITHIN_MS = 900_000;
/** From the last deed on: polls find what no webhook told. */
const SETTLED_MS = 300_000;
/** Below it a ratio tells of the machine: ten processes on two cores. */
const NOISE_MS = 100;
const NEIGHBOUR = 20_771;

type Round = { page: number; items: number; total: number | null };
type Reading = {
  list: string;
  lane: string;
  round: Round | null;
  last: { pages: number; items: number; problem: string | null } | null;
};

/** Short forms: `polling.int.spec.ts` of the sync-worker for the kill, `providers.e2e.spec.ts` for polls beside webhooks. */
(isLab ? describe : describe.skip)(`a backfill of ${LISTINGS} houses beside webhooks (seed ${seed})`, () => {
  const data = keptIn ?? mkdtempSync(join(tmpdir(), 'roomwire-backfill-'));
  const fleet = new Fleet({
    ...{ root: fileURLToPath(new URL('../../', import.meta.url)), data, ports: 'auto', bundles: true },
    ...{ env: { NODE_OPTIONS: undefined }, say: () => undefined },
  });
  const chance = randomOf(seed);
  let ready!: Ready;
  let tenant!: Tenant;
  let witness!: Witness;
  let ended = (): void => undefined;
  /** As the list has them: those that changed last come first. */
  let listed: Stay[] = [];
  let pages: PageCall[] = [];
  let watching: Promise<void> = Promise.resolve();
  let over = false;

  beforeAll(async () => {
    ended = track({ name: 'fleet with a backfill', kill: () => fleet.killNow() });
    await fleet.start();
    ready = fleet.ready as Ready;
    await openAccount(ready, HOUSES);
    await simulate(ready, 'faults', { accountId: ACCOUNT, laggingReadsMs: LAG_MS });
    listed = (await staysOf(ready, ACCOUNT)).sort((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt) || +b.id - +a.id);
    witness = new Witness(ready.nats);
    await witness.follow(['midtown']);
  }, 120_000);
  afterAll(async () => {
    over = true;
    try {
      await watching;
      await witness?.close();
      await fleet.stop();
      if (!keptIn) rmSync(data, { recursive: true, force: true });
    } finally {
      ended();
    }
  }, 60_000);

  const watch = async (): Promise<void> => {
    while (!over) {
      pages = pagesIn(await callsOf(ready)).filter(({ status }) => status === 200);
      await pause(250);
    }
  };
  const readings = async (): Promise<Reading[]> => {
    const { connections } = await roomwire<{ connections: { connection: { id: string }; lists: Reading[] }[] }>(
      ready,
      'connection',
      'ls',
    );
    return connections.find(({ connection }) => connection.id === CONNECTION)!.lists;
  };
  const reading = async (): Promise<Reading> =>
    (await readings()).find(({ list, lane }) => list === 'reservations' && lane === 'backfill')!;
  /** Polls go first, and the first of an account are long: houses, and a hundred pages of tasks. */
  const polled = async (): Promise<void> => {
    const polls = (await readings()).filter(({ lane }) => lane === 'poll');
    expect(polls.every(({ last }) => last !== null)).toBe(true);
  };
  /** Every other one is about to be on a page, or has just been. */
  const anyStay = (): number => {
    const at = Math.floor(chance() * (chance() < 0.5 ? 2 * PAGE : listed.length)) + (chance() < 0.5 ? pages.length * PAGE : 0);
    return Number(listed[at % listed.length]!.id);
  };
  const unapplied = (): Promise<number> => witness.waiting(`WORK_${TENANT}`, `pms.${TENANT}.event.bulk.>`);
  const taking = (name: string): string => {
    const status = readFileSync(`/proc/${fleet.member(name).pid}/status`, 'utf8');
    return `${name} ${Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024)} MB`;
  };
  const say = (line: string): void => void process.stdout.write(`${line}\n`);

  it('leaves live as fast as it is, overwrites nothing, and loses no page with its worker', async () => {
    const neighbours = (await staysOf(ready, NEIGHBOUR)).map(({ id }) => Number(id));
    let turn = 0;
    tenant = await connect(ready);
    await witness.follow([tenant.tenant]);
    watching = watch();
    const lives: Live[] = [
      { accountId: ACCOUNT, tenant, next: anyStay },
      { accountId: NEIGHBOUR, tenant: ready.tenants[1]!, next: () => neighbours[turn++ % neighbours.length]! },
    ];
    await eventually(() => expect(pages.length).toBeGreaterThan(1), { withinMs: 60_000, everyMs: 250 });
    await eventually(polled, { withinMs: WITHIN_MS, everyMs: 2_000 });
    const since = Date.now();
    const guests = await Promise.all(lives.map((live) => Guests.open(ready, live)));
    const told = () => Promise.all(guests.map((each) => each.told(TELL_MS, EVERY_MS)));
    const beside = await told();
    const during = pages.length;
    const measured = pages.filter(({ at }) => at >= since);
    say(
      `pages: ${(measured.length / ((Date.now() - since) / 1_000)).toFixed(2)}/s of ${LIMIT / WINDOW_S} that the provider allows`,
    );
    say(JSON.stringify(await reading()));
    expect(during * PAGE).toBeLessThan(listed.length);

    let kills = 0;
    let busy = true;
    const stirring = (async () => {
      while (busy) await Promise.all(guests.map((each) => each.told(1_000, EVERY_MS)));
    })();
    const left = listed.length / PAGE - pages.length;
    const at = Array.from({ length: KILLS }, () => pages.length + 2 + Math.floor(chance() * (left - 6))).sort((a, b) => a - b);
    for (const page of at) {
      await eventually(() => expect(pages.length).toBeGreaterThanOrEqual(page), { withinMs: WITHIN_MS, everyMs: 50 });
      await pause(Math.floor(chance() * 700));
      fleet.member('sync-worker').kill();
      kills++;
      const before = pages.length;
      await eventually(() => expect(pages.length).toBeGreaterThan(before), { withinMs: 60_000, everyMs: 250 });
    }
    const done = await eventually(
      async () => {
        const { round, last } = await reading();
        expect(round).toBeNull();
        return last!;
      },
      { withinMs: WITHIN_MS, everyMs: 3_000 },
    );
    const seconds = (pages.at(-1)!.at - pages[0]!.at) / 1_000;
    busy = false;
    await stirring;
    // Nothing of it any more: what was read is applied, and what is read after it (calendars) is parked.
    await roomwire(ready, 'connection', 'pause', CONNECTION, '--reason', 'webhooks are measured alone');
    const began = Date.now();
    const behind = await unapplied();
    await eventually(async () => expect(await unapplied()).toBe(0), { withinMs: WITHIN_MS, everyMs: 1_000 });
    say(`${behind} of them were still to be applied when the last page was read: ${(Date.now() - began) / 1_000} s`);
    const alone = await told();
    await roomwire(ready, 'connection', 'resume', CONNECTION, '--reason', 'measured');
    over = true;
    await watching;

    const names = pages.map(({ after }) => after);
    const twice = names.length - new Set(names).size;
    say(`${done.items} reservations on ${done.pages} pages in ${seconds} s; ${kills} kills, ${twice} pages asked for twice`);
    for (const [n, who] of ['the same tenant', 'another tenant'].entries()) {
      const [before, after] = [alone[n]!, beside[n]!];
      const figures = ({ p50, p99, max, count }: Spread & { count: number }): string =>
        `p50 ${p50}, p99 ${p99}, max ${max} ms of ${count}`;
      say(`${who}: ${figures(before)} alone; ${figures(after)} beside it; ratio ${(after.p99 / before.p99).toFixed(2)}`);
    }
    say(
      ['sync-worker', 'normalizer', 'registry', 'propagator', 'simulator', 'redis-server', 'nats-server'].map(taking).join(', '),
    );
    await Promise.all(guests.map((each) => each[Symbol.asyncDispose]()));

    const truth = await staysOf(ready, ACCOUNT);
    await eventually(async () => expect((await differences(witness, truth)).slice(0, 20)).toEqual([]), {
      withinMs: SETTLED_MS,
      everyMs: 5_000,
    });
    expect(twice).toBeLessThanOrEqual(kills);
    expect(witness.outOfOrder.slice(0, 20)).toEqual([]);
    expect([...witness.dead]).toEqual([]);
    for (const [n, { p99 }] of beside.entries()) expect(p99).toBeLessThanOrEqual(1.5 * Math.max(alone[n]!.p99, NOISE_MS));
  }, 2_000_000);
});
