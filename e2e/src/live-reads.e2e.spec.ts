import { connect, type NatsConnection } from '@nats-io/transport-node';
import { median, spreadOf, type SseClient } from '@roomwire/testkit';
import { randomUUID } from 'node:crypto';
import { changeOf, watch } from './board.ts';
import { fleet, type Fleet } from './fleet.ts';
import type { Tenant } from './hostaway-webhook.ts';
import { ACCOUNTS, connectionOf, openAccounts, TENANT } from './providers/accounts.ts';
import { pause } from './siege/provider.ts';
import { isLab } from './siege/settings.ts';
import { simulate } from './simulator.ts';

const POLLS = 10_000;
const [CHANGES, EVERY_MS, ROUNDS] = [150, 200, 3];
const LATE_MS = 5_000;
/** Below it a ratio tells of the machine: ten processes on two cores. */
const NOISE_MS = 100;
const FETCH = `pms.${TENANT}.fetch.poll.mews.${connectionOf('mews')}`;

type Hops = Record<string, number>;
type Times = { toRequest: number; toClient: number; count: number };

/** Short forms: `pressure.int.spec.ts` of the sync-worker, and the isolation of `npm run isolation`. */
(isLab ? describe : describe.skip)('a webhook that only says that something changed, at a provider with a limit', () => {
  let started!: Fleet;
  let tenant!: Tenant;
  let nats!: NatsConnection;
  let screen!: SseClient;
  /** By receipt of the read; of those that a webhook asked for. */
  const hops = new Map<string, Hops>();
  const shown = new Map<string, number>();

  beforeAll(async () => {
    started = await fleet({ POLLING: 'off' });
    tenant = await openAccounts(started.ready, { listings: 60, multiUnit: { listings: 5, units: 3 } });
    const { username, password, host } = new URL(started.ready.nats);
    nats = await connect({ servers: host, user: username, pass: password, inboxPrefix: `_INBOX.${username}` });
    nats.subscribe(`pms.${TENANT}.outcome.>`, {
      callback: (_error, message) => {
        const outcome = message.json<{ receipt: string; hops: Hops }>();
        if (['received', 'requested', 'answered'].every((hop) => outcome.hops[hop])) hops.set(outcome.receipt, outcome.hops);
      },
    });
    screen = await watch(started.ready, tenant, 'kind=unit-status');
    void follow();
  }, 180_000);
  afterAll(async () => {
    await screen?.[Symbol.asyncDispose]();
    await nats?.close();
    await started?.[Symbol.asyncDispose]();
  }, 60_000);

  async function follow(): Promise<void> {
    for await (const event of screen) if (event.event === 'change') shown.set(changeOf(event).receipt ?? '', Date.now());
  }

  /** Rooms cleaned and made dirty, one after the other; from receipt to the request's start, and from its answer to the screen, p99 in ms. */
  async function told(): Promise<Times> {
    shown.clear();
    for (let n = 0; n < CHANGES; n++) {
      await simulate(started.ready, 'act', { act: 'unitStatus', accountId: ACCOUNTS.mews.id });
      await pause(EVERY_MS);
    }
    // Some acts change nothing that anybody shows. What comes later than this counts for nothing here: there must be as many each time.
    await pause(LATE_MS);
    const seen = [...shown].flatMap(([receipt, at]) => (hops.has(receipt) ? [{ at, of: hops.get(receipt)! }] : []));
    expect(seen.length).toBeGreaterThan(CHANGES / 5);
    const p99 = (time: (one: { at: number; of: Hops }) => number) => spreadOf(Float64Array.from(seen, time)).p99;
    return {
      toRequest: p99(({ of }) => of['requested']! - of['received']!),
      toClient: p99(({ at, of }) => at - of['answered']!),
      count: seen.length,
    };
  }

  async function poll(): Promise<void> {
    for (let n = 0; n < POLLS; n++) {
      const entity = randomUUID();
      const names = { tenant: TENANT, provider: 'mews', connection: connectionOf('mews'), kind: 'task', entity };
      const job = { ...names, lane: 'poll', reason: 'hint', hintAt: new Date().toISOString(), receipt: `poll-${entity}` };
      nats.publish(`${FETCH}.task.${entity}`, JSON.stringify(job));
      if (n % 500 === 0) await nats.flush();
    }
    await nats.flush();
  }
  const waiting = async (): Promise<number> => {
    const answer = await nats.request(`$JS.API.STREAM.INFO.FETCH_${TENANT}`, JSON.stringify({ subjects_filter: `${FETCH}.>` }));
    return answer.json<{ state: { num_subjects?: number; messages: number } }>().state.messages;
  };

  it('is asked about no later, and shown no later, while ten thousand polls wait', async () => {
    const [alone, beside]: [Times[], Times[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      alone.push(await told());
      await poll();
      beside.push(await told());
      expect(await waiting()).toBeGreaterThan(POLLS / 2);
      for (const stream of [`FETCH_${TENANT}`, `WORK_${TENANT}`])
        await nats.request(
          `$JS.API.STREAM.PURGE.${stream}`,
          JSON.stringify({ filter: stream.startsWith('F') ? `${FETCH}.>` : `pms.${TENANT}.later.>` }),
        );
    }
    for (const way of ['toRequest', 'toClient'] as const) {
      const [before, after] = [alone, beside].map((times) => median(times.map((each) => each[way])));
      const counted = [...alone, ...beside].map(({ count }) => count).join(', ');
      process.stdout.write(`${way}: p99 ${before} ms alone, ${after} ms beside ${POLLS} polls (changes: ${counted})\n`);
      expect(after!).toBeLessThanOrEqual(1.5 * Math.max(before!, NOISE_MS));
    }
  }, 900_000);
});
