import { eventually } from '@roomwire/testkit';
import { fleet, type Fleet } from './fleet.ts';
import type { Tenant } from './hostaway-webhook.ts';
import { Astray } from './lossy/astray.ts';
import { ACCOUNTS, openAccounts, type ProviderName } from './providers/accounts.ts';
import { compare } from './providers/comparison.ts';
import { chosen } from './providers/environment.ts';
import { expectedOf } from './providers/expected.ts';
import { ledgerOf } from './providers/ledger.ts';
import { Progress, type Standing } from './providers/progress.ts';
import { CALM, tell } from './providers/story.ts';
import { pause } from './siege/provider.ts';
import { isLab, seed } from './siege/settings.ts';
import { simulate } from './simulator.ts';

/** The providers' hour is ten minutes of ours: their clock begins far behind, and has not caught up when it ends. */
const SPEED = 6;
const HOUR_MS = 3_600_000;
const CLOCK = { SIMULATOR_CLOCK_SPEED: String(SPEED), SIMULATOR_CLOCK_BEHIND_MINUTES: '150' };
const quick = (seconds: number): string => String(seconds / SPEED);
/** The times of docs/environment.md as fast as that clock; calls stay what a provider allows in our time, so polls are a third as many. */
const ENVIRONMENT = {
  ...CLOCK,
  ...{ POLL_LEAST_SECONDS: quick(180), POLL_MOST_SECONDS: quick(900), POLL_DAYS_BEFORE: '20', POLL_DAYS_AFTER: '70' },
  ...{ RECONCILE_FOUND_MINUTES: quick(60), RECONCILE_REPAIRED_MINUTES: quick(15), RECONCILE_SHARE: '0.5' },
  ROOMWIRE_EPOCH_CONFIRM_MS: quick(300_000),
};
/** What may be other than it is: found within sixty minutes, repaired fifteen later. */
const ASTRAY_MS = (75 * 60_000) / SPEED;
/** Of stays; messages and rooms' conditions are told by webhooks alone, so that of all webhooks it is every fifth. */
const LOST = 0.28;
/** Two hundred changes in their hour, of sixteen doors. Of ten times as many the conflicts' reads, which go before all else, took every call. */
const EVERY_MS = 3_000;
/** Of each half of the hour. */
const CHANGES = HOUR_MS / SPEED / 2 / EVERY_MS;
const STORY = { everyMs: EVERY_MS, weather: { ...CALM, duplicates: 0.1, disorderMs: 400 }, lost: LOST };
const LOOK_EVERY_MS = 2_000;
const HOUSES = { listings: 12, multiUnit: { listings: 2, units: 3 } };
const RESTORED_BY_MS = 10 * 60_000;
/** Which provider lets go of a stay so that no list has it. */
const REMOVES: ReadonlySet<ProviderName> = new Set(['hostaway', 'cloudbeds', 'smoobu']);

/** Whose signatures say our time is refused by a clock that is hours behind. */
const SIGNED: ReadonlySet<ProviderName> = new Set(['smoobu']);
const told = chosen.filter((provider) => !SIGNED.has(provider));

type Hour = Standing & { astray: Astray; different: string[]; calls: number };

(isLab ? describe : describe.skip)(`an hour in which every fifth webhook is lost (seed ${seed})`, () => {
  let started!: Fleet;
  let tenant!: Tenant;
  const progress = isLab ? new Progress() : undefined;
  const hours = new Map<ProviderName, Promise<Hour>>();

  beforeAll(async () => {
    started = await fleet(ENVIRONMENT);
    tenant = await openAccounts(started.ready, HOUSES, told);
    // All at once: their clock is one, and so is their hour.
    for (const provider of told) hours.set(provider, hourOf(provider));
  }, 120_000);
  afterAll(async () => {
    progress?.[Symbol.dispose]();
    await started?.[Symbol.asyncDispose]();
  }, 60_000);

  const differences = async (provider: ProviderName): Promise<string[]> => {
    const expected = expectedOf(provider, await ledgerOf(started.ready, ACCOUNTS[provider].id));
    return (await compare(started.ready, tenant, provider, expected)).flatMap(({ different }) => different);
  };
  const settled = (provider: ProviderName, withinMs: number): Promise<void> =>
    eventually(async () => expect(await differences(provider)).toEqual([]), { withinMs, everyMs: 1_000 });

  const hourOf = async (provider: ProviderName): Promise<Hour> => {
    const { id: accountId } = ACCOUNTS[provider];
    await settled(provider, 120_000);
    const callsBefore = await callsOf(started, accountId);
    const [astray, looking] = [new Astray(), new AbortController()];
    const looked = look(astray, () => differences(provider), looking.signal);
    const standing: Standing = { done: 0, lost: 0, differ: null, of: 2 * CHANGES, startedAt: Date.now() };
    progress?.standings.set(provider, standing);

    await tell(started.ready, provider, { ...STORY, changes: CHANGES, seed }, standing);
    if (REMOVES.has(provider)) await simulate(started.ready, 'act', { act: 'remove', accountId, silent: true });
    await simulate(started.ready, 'faults', { accountId, restoreTo: await theirTime(started, -RESTORED_BY_MS) });
    await tell(started.ready, provider, { ...STORY, changes: 2 * CHANGES, seed: seed + 1 }, standing);

    const different = await settled(provider, ASTRAY_MS).then(
      () => [],
      () => differences(provider),
    );
    standing.differ = different.length;
    looking.abort();
    await looked;
    return { ...standing, astray, different, calls: (await callsOf(started, accountId)) - callsBefore };
  };

  it.each(told)(
    '%s: what no webhook told is found in time, an account from a backup too',
    async (provider) => {
      const { done, lost, astray, different, calls } = await hours.get(provider)!;

      process.stderr.write(`${provider}: ${done} changes, ${lost} webhooks lost, ${calls} calls; ${astray.line(SPEED)}\n`);
      expect(different).toEqual([]);
      expect(lost).toBeGreaterThan(done * 0.15);
      expect(astray.longestMs).toBeLessThan(ASTRAY_MS);
    },
    1_200_000,
  );
});

/** Until it is told to end. */
async function look(astray: Astray, differences: () => Promise<string[]>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const at = performance.now();
    astray.seen(await differences(), at);
    await pause(Math.max(0, at + LOOK_EVERY_MS - performance.now()));
  }
  astray.seen(await differences(), performance.now());
}

/** So many milliseconds after the providers' present. */
async function theirTime({ ready }: Fleet, afterMs: number): Promise<string> {
  const { headers } = await fetch(`${ready.simulator}/healthz`);
  return new Date(Date.parse(headers.get('date')!) + afterMs).toISOString();
}

async function callsOf({ ready }: Fleet, accountId: number): Promise<number> {
  return (await ledgerOf(ready, accountId)).calls.total;
}
