import { eventually } from '@roomwire/testkit';
import { fleet, type Fleet } from './fleet.ts';
import type { Tenant } from './hostaway-webhook.ts';
import { ACCOUNTS, openAccounts, PROVIDERS, type ProviderName } from './providers/accounts.ts';
import { compare, tableOf, type Row } from './providers/comparison.ts';
import { expectedOf } from './providers/expected.ts';
import { ledgerOf } from './providers/ledger.ts';
import { Screen } from './providers/screen.ts';
import { tell } from './providers/story.ts';
import { Witness } from './siege/broker.ts';
import { isLab, seed } from './siege/settings.ts';

const STORY = isLab ? { changes: 10_000, everyMs: 30 } : { changes: 50, everyMs: 40 };
const HOUSES = isLab
  ? { listings: 60, multiUnit: { listings: 5, units: 3 } }
  : { listings: 3, multiUnit: { listings: 1, units: 2 } };
/** Polls find what no webhook told; Smoobu's two changes of one minute are settled by a read a minute later. */
const SETTLED_WITHIN_MS = isLab ? 1_800_000 : 150_000;

describe(`five providers behind one port (seed ${seed})`, () => {
  let started!: Fleet;
  let tenant!: Tenant;
  let witness!: Witness;
  let screen!: Screen;
  const rows: Row[] = [];
  const stories = new Map<ProviderName, ReturnType<typeof told>>();

  beforeAll(async () => {
    const nights = { POLL_DAYS_BEFORE: '20', POLL_DAYS_AFTER: '70' };
    started = await fleet({ ...nights, POLL_LEAST_SECONDS: isLab ? '20' : '5', POLL_MOST_SECONDS: isLab ? '60' : '10' });
    tenant = await openAccounts(started.ready, HOUSES);
    witness = new Witness(started.ready.nats);
    await witness.follow([tenant.tenant]);
    screen = await Screen.open(started.ready, tenant);
    for (const provider of PROVIDERS) stories.set(provider, told(provider));
  }, 120_000);
  afterAll(async () => {
    process.stderr.write(`${tableOf(rows)}\n${isLab ? screen.timesOf(witness) : ''}`);
    await screen?.[Symbol.asyncDispose]();
    await witness?.close();
    await started?.[Symbol.asyncDispose]();
  }, 60_000);

  const look = async (provider: ProviderName): Promise<Row[]> =>
    compare(started.ready, tenant, provider, expectedOf(provider, await ledgerOf(started.ready, ACCOUNTS[provider].id)));

  /** All at once, as it is in life: their tests only wait. */
  const told = async (provider: ProviderName): Promise<{ found: Row[]; done: number; lost: number }> => {
    const counts = await tell(started.ready, provider, { ...STORY, seed });
    let found = await look(provider);
    await eventually(async () => expect((found = await look(provider)).flatMap(({ different }) => different)).toEqual([]), {
      withinMs: SETTLED_WITHIN_MS,
      everyMs: isLab ? 10_000 : 1_000,
    }).catch(() => undefined);
    return { found, ...counts };
  };

  it.each(PROVIDERS)(
    '%s: after the dust has settled Roomwire holds what is true',
    async (provider) => {
      const { found, done, lost } = await stories.get(provider)!;

      rows.push(...found);
      expect(found.flatMap(({ different }) => different)).toEqual([]);
      expect(done).toBe(STORY.changes);
      expect(lost).toBeGreaterThan(0);
      expect([...witness.dead]).toEqual([]);
    },
    SETTLED_WITHIN_MS + 600_000,
  );
});
