import { elapsed, eventually, type Spawned } from '@roomwire/testkit';
import { natsVaultClient, VaultError, type Lease, type VaultClient } from '@roomwire/vault-client';
import { describeVaultClient } from '@roomwire/vault-client/conformance';
import { standsMs, TIMES, type Times } from './core/intent.ts';
import { isLab } from './testing/environment.ts';
import { VaultFleet, type Mine } from './testing/vault-fleet.ts';

const times: Times = isLab ? TIMES : { sendWithinMs: 1_000, requestMs: 1_500, repeatableMs: 1_000 };
const STANDS_MS = standsMs('rotating-refresh-token', times);
const STOPPED_MS = isLab ? 60_000 : 0;
/** Beyond the intent: a request, a notice, and a machine that has other things to do. */
const SLACK_MS = 5_000;

type Step = 'planned' | 'intended' | 'sending' | 'asked' | 'answered' | 'stored';
type Harm = 'kill -9' | 'SIGSTOP';
type Case = { step: Step; harm: Harm; grace?: true; lab?: true };
const cases: Case[] = [
  { step: 'planned', harm: 'kill -9', lab: true },
  { step: 'intended', harm: 'kill -9', lab: true },
  { step: 'sending', harm: 'kill -9', lab: true },
  { step: 'asked', harm: 'kill -9' },
  { step: 'answered', harm: 'kill -9', lab: true },
  { step: 'answered', harm: 'kill -9', grace: true, lab: true },
  { step: 'stored', harm: 'kill -9', lab: true },
  { step: 'planned', harm: 'SIGSTOP', lab: true },
  { step: 'intended', harm: 'SIGSTOP', lab: true },
  { step: 'sending', harm: 'SIGSTOP', lab: true },
  { step: 'asked', harm: 'SIGSTOP', lab: true },
  { step: 'answered', harm: 'SIGSTOP' },
  { step: 'stored', harm: 'SIGSTOP', lab: true },
];

const titleOf = ({ step, harm, grace }: Case): string =>
  `${harm} of the replica that renews it at “${step}”${grace ? ', the old one being good once more' : ''}`;

let fleet: VaultFleet;
let worker: VaultClient;
/** It must not outlive its case: it would be asked in the next. */
let victimOfCase: Spawned | undefined;

/** Gives up at once: a request that a dead replica has in its hands must not be what wakes the others. */
async function impatient(): Promise<VaultClient> {
  return natsVaultClient(await fleet.connectAs('sync-worker'), 'sync-worker', { patienceMs: { all: 700, each: 700 } });
}
const tokenIn = (lease: Lease): string => (lease.kind === 'token' ? lease.accessToken : '');
const whole = ({ tenant, connection }: Mine) => ({ tenant, connection });

/** A replica of its own that is held up at `step` of the first renewal that reaches it, and the account that it renews. */
async function heldUp({ step, harm, grace }: Case): Promise<{ victim: Spawned; mine: Mine; release: () => void }> {
  const knob = step === 'asked' ? 'sending:0' : `${step}:${harm === 'SIGSTOP' ? 1_000 : 60_000}`;
  const victim = await fleet.replica({ ROOMWIRE_FAULT_PAUSE_RENEWAL_AT: knob });
  victimOfCase = victim;
  const isHeldUp = (): Promise<boolean> =>
    victim.line(/held up by a test knob/, 500).then(
      () => true,
      () => false,
    );
  const released = Promise.withResolvers<void>();
  if (step === 'asked')
    fleet.provider.hold = async () => {
      if (!(await isHeldUp())) return;
      fleet.provider.hold = async () => undefined; // whoever takes over is answered
      await released.promise;
    };
  const client = await impatient();
  for (;;) {
    const mine = await fleet.account({ grace: grace === true });
    // The broker gives it to any of them.
    const isAnswered = await client.lease(whole(mine)).then(
      () => true,
      () => false,
    );
    if (isAnswered || !(await isHeldUp())) continue;
    if (step === 'asked') await eventually(() => expect(fleet.provider.of(mine.account).rotated).toBe(1));
    return { victim, mine, release: released.resolve };
  }
}

/** Until the entry waits for nobody any more, with no lease asked for. */
async function settled(mine: Mine): Promise<{ state: string; cause: string | null; afterMs: number }> {
  const from = performance.now();
  const within = { withinMs: STANDS_MS + times.requestMs + SLACK_MS };
  const { state, cause } = await eventually(async () => {
    const entry = await fleet.entry(mine);
    expect(entry).toMatchObject({ intent: null, owes: null, unsure: false });
    return entry;
  }, within);
  return { state, cause, afterMs: performance.now() - from };
}

beforeAll(async () => {
  fleet = await VaultFleet.start(times);
  await fleet.replica();
  worker = natsVaultClient(await fleet.connectAs('sync-worker'), 'sync-worker');
}, 60_000);
afterEach(async () => {
  fleet.provider.hold = async () => undefined;
  await victimOfCase?.kill();
});
afterAll(() => fleet[Symbol.asyncDispose]());

const clientOf = async (service: string): Promise<VaultClient> => natsVaultClient(await fleet.connectAs(service), service);

describeVaultClient('token-vault, for providers of every kind,', {
  open: async () => {
    const [operator, gateway] = [await clientOf('operator'), await clientOf('ingest-gateway')];
    const [worker, otherWorker] = [await clientOf('sync-worker'), await clientOf('sync-worker')];
    return { operator, gateway, worker, otherWorker, mine: await fleet.rotating() };
  },
  others: async () => ({
    operator: await clientOf('operator'),
    worker,
    signed: await fleet.connection('signed', 'smoobu', { apiKey: 'placeholder', apiSecret: 'planted-secret' }),
    paired: await fleet.connection('paired', 'mews', { clientToken: 'placeholder-1', accessToken: 'placeholder-2' }),
  }),
});

describe('a rotating refresh token', () => {
  it('is used once by three replicas that are asked for two hundred leases at a time', async () => {
    const others = await Promise.all([fleet.replica(), fleet.replica()]);
    const mine = await fleet.account({ lifeSeconds: 1 });
    const first = await worker.lease(whole(mine));
    const account = fleet.provider.of(mine.account);
    account.lifeSeconds = 28_800;
    await eventually(() => expect(Date.now()).toBeGreaterThan(first.expiresAt));
    const links = await Promise.all(Array.from({ length: 5 }, () => fleet.connectAs('sync-worker')));
    const clients = Array.from({ length: 200 }, (_, n) => natsVaultClient(links[n % links.length]!, 'sync-worker'));
    const before = account.asked;
    const leases = await Promise.all(clients.map((client) => client.lease(whole(mine))));
    await Promise.all(others.map((other) => other.stop()));
    expect([account.asked - before, account.refused]).toEqual([1, 0]);
    // Whoever asked first may have had the last moment of the old one.
    expect(leases.map(tokenIn)).toContain(`access-${mine.account}-${account.rotated}`);
  }, 60_000);

  it.each(cases.filter(({ lab }) => isLab || !lab).map((each) => [titleOf(each), each] as const))(
    'outlives %s, or is told as lost',
    async (title, each) => {
      const { step, harm, grace } = each;
      const { victim, mine, release } = await heldUp(each);
      const stoppedAt = performance.now();
      if (harm === 'SIGSTOP') victim.pause();
      else await victim.kill();
      const { state, cause, afterMs } = await settled(mine);
      const isLost = (step === 'asked' || step === 'answered') && !grace;
      process.stdout.write(`  ${title}: ${state}${cause ? `, ${cause}` : ''} after ${Math.round(afterMs)} ms\n`);
      expect([state, cause]).toEqual(isLost ? ['lapsed', 'answer-lost'] : ['active', null]);
      expect(await fleet.status(mine)).toBe(state);
      expect(await fleet.notices(mine)).toMatchObject(isLost ? [{ type: 'token-lapsed', cause: 'answer-lost' }] : []);

      if (harm === 'SIGSTOP') {
        await elapsed(STOPPED_MS, stoppedAt);
        release();
        victim.resume();
        await victim.stop(); // which ends what it was about
        if (step === 'answered') expect(await fleet.entry(mine)).toMatchObject({ state: 'active' });
      }
      release();
      await consistent(mine, isLost);
    },
    isLab ? 180_000 : 60_000,
  );

  it('leaves no secret in a log', () => {
    expect(fleet.output()).toContain('token granted');
    expect(fleet.output()).not.toContain('planted-');
  });
});

/** What is stored is what the provider gave last, or nobody believes that it is good. */
async function consistent(mine: Mine, mayBeLost: boolean): Promise<void> {
  const lease = await worker.lease(whole(mine)).catch((error: unknown) => error as VaultError);
  if (lease instanceof VaultError) {
    expect([mayBeLost, lease.code]).toEqual([true, 'lapsed']);
    return;
  }
  const account = fleet.provider.of(mine.account);
  expect(tokenIn(lease)).toBe(`access-${mine.account}-${account.rotated}`);
  await worker.report({ ...whole(mine), lease: lease.lease, code: 'credential-expired' });
  expect(await worker.lease(whole(mine))).toMatchObject({ lease: lease.lease + 1 });
}
