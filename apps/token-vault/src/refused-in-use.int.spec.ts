import type { Connection } from '@roomwire/events';
import { adapterOf } from '@roomwire/pms-adapters';
import { httpSink, type HttpSink, type SinkAnswer } from '@roomwire/testkit';
import { VaultError, type ReportOutcome } from '@roomwire/vault-client';
import { PROBE_EVERY_MS } from './prober.ts';
import { grantFrom, probeWith } from './provider-calls.ts';
import { hostawayConnection, vaultReplicas } from './testing/desk.ts';
import { lapseRows, titleOf } from './testing/lapse-table.ts';
import { TokenDesk } from './token-desk.ts';

const DEADLINE_MS = 5_000;
/** Longer waits are deadlines, and none of them is met here. */
const WAIT_MS_MAX = 3_000;
const credentialsOf = {
  hostaway: { clientId: '1', clientSecret: 'planted' },
  beds24: { refreshToken: 'planted' },
  cloudbeds: { clientId: '1', clientSecret: 'planted', refreshToken: 'planted' },
  smoobu: { apiKey: 'planted', apiSecret: 'planted' },
  mews: { clientToken: 'planted', accessToken: 'planted' },
} as const;
type Provider = keyof typeof credentialsOf;
const PROVIDERS = Object.keys(credentialsOf) as Provider[];

/** What any of the providers says, in all their words. */
const yes = { body: { status: 'success', success: true, validToken: true, result: [] } };
const no: SinkAnswer = { status: 401, body: '' };
const silence: SinkAnswer = { status: 503, body: '' };

type World = Awaited<ReturnType<typeof world>>;
async function world(provider: Provider, sink: HttpSink) {
  const vault = vaultReplicas();
  const { clock } = vault;
  let granted = 0;
  const probes = () => sink.requests.length - granted;
  const at = { thinks: yes as SinkAnswer };
  sink.otherwise = ({ path }) => {
    if (!/accessTokens|access_token|authentication\/token/.test(path)) return at.thinks;
    const token = `token-${++granted}`;
    const lives = { expires_in: 28_800, expiresIn: 28_800 };
    return { body: { token_type: 'Bearer', access_token: token, token, refresh_token: `planted-${granted}`, ...lives } };
  };
  const sleep = (ms: number) =>
    ms > WAIT_MS_MAX ? new Promise<void>(() => undefined) : Promise.resolve(clock.set(clock.now() + ms));
  const calls = {
    grant: grantFrom(fetch, adapterOf, DEADLINE_MS),
    probe: probeWith(fetch, adapterOf, DEADLINE_MS, vault.shell.turn),
  };
  const operationsOf = (name: string) => adapterOf(name)?.token;
  const desk = new TokenDesk({ ...vault.shell, ...calls, operationsOf, sleep });
  const connection: Connection = { ...hostawayConnection, provider, baseUrl: sink.url };
  await vault.secrets.putCredentials(connection, credentialsOf[provider]);
  const toSign = { method: 'GET', path: '/x', bodySha256: '0'.repeat(64) };
  const lease = (): Promise<string> =>
    desk.lease(connection, { toSign }).then(
      () => 'ok',
      (error: unknown) => (error instanceof VaultError ? error.code : String(error)),
    );
  const report = async (code = 'credential-expired'): Promise<ReportOutcome> =>
    desk.report(connection, { lease: (await vault.store.read('c1')).entry!.lease, code });
  return { ...vault, at, desk, connection, lease, report, probes, granted: () => granted };
}

/** A worker whose call is refused, and again with the next lease. */
const refused = async ({ lease, report }: World): Promise<ReportOutcome> => {
  await lease();
  await report();
  await lease();
  return report();
};

/** How each row of the table comes about; the table says what is seen then. What the provider says of a lease is said last. */
const stories: Record<string, (world: World) => Promise<unknown>> = {
  'expired, a call': async ({ lease, report }) => [await lease(), await report()],
  'revoked, but tokens are granted, a call, of a fresh token too, and the probe': async (world) => {
    await world.lease();
    world.clock.set(world.clock.now() + PROBE_EVERY_MS);
    world.at.thinks = no;
    expect(await refused(world)).toBe('lapsed');
  },
  'one operation refused, a call, of a fresh token too, but not the probe': async (world) =>
    expect(await refused(world)).toBe('accepted'),
  'refused, and nobody says more, a call, of a fresh token too; the probe is not answered': async (world) => {
    await world.lease();
    world.clock.set(world.clock.now() + PROBE_EVERY_MS);
    world.at.thinks = silence;
    expect(await refused(world)).toBe('unknown');
  },
  'wrong scope, a call': async ({ lease, report }) => [await lease(), await report('forbidden')],
  'business refusal, a call': async ({ lease, report }) => [await lease(), await report('forbidden')],
};

const rows = lapseRows('a call');

describe('docs/vault.md says what becomes of a connection whose calls are refused', () => {
  it('in every case that there is', () => {
    expect(rows.map(titleOf).sort()).toEqual(Object.keys(stories).sort());
  });

  const cases = PROVIDERS.flatMap((provider) => rows.map((row) => [provider, titleOf(row), row] as const));
  it.each(cases)('%s: %s', async (provider, title, [, , , state, notice, lease]) => {
    await using sink = await httpSink();
    const seen = await world(provider, sink);
    await stories[title]!(seen);
    expect(`\`${await seen.lease()}\``).toBe(lease);
    expect((await seen.store.read('c1')).entry!.state).toBe(state);
    expect(seen.book.told.at(-1) ?? 'c1 active').toBe(`c1 ${state}`);
    const told = seen.journal.notices.map(({ type, cause }) => [type, cause].filter(Boolean).join(', '));
    expect(told.join() || 'none').toBe(notice);
    expect(JSON.stringify(seen.journal.audits)).not.toContain('planted');
  });
});

describe('an operation that is refused again and again', () => {
  it.each(PROVIDERS)('has %s asked once in ten seconds, and for a token not at all', async (provider) => {
    await using sink = await httpSink();
    const seen = await world(provider, sink);
    await refused(seen);
    const [granted, probed] = [seen.granted(), seen.probes()];
    for (let second = 0; second < 600; second++) {
      expect(await seen.lease()).toBe('ok');
      const outcomes = await Promise.all([seen.report(), seen.report(), seen.report()]);
      expect(outcomes).toEqual(['accepted', 'accepted', 'accepted']);
      seen.clock.set(seen.clock.now() + 1_000);
    }
    expect(seen.granted()).toBe(granted);
    expect(seen.probes() - probed).toBeGreaterThanOrEqual(59);
    expect(seen.probes() - probed).toBeLessThanOrEqual(61);
  });

  it.each(PROVIDERS)('is told from %s’s credentials as soon as those are refused', async (provider) => {
    await using sink = await httpSink();
    const seen = await world(provider, sink);
    await refused(seen);
    seen.at.thinks = no;
    seen.clock.set(seen.clock.now() + PROBE_EVERY_MS);
    await seen.report();
    await seen.lease();
    await seen.report();
    expect(await seen.lease()).toBe('lapsed');
    const trail = seen.journal.audits.map(({ operation, verdict, code }) => [operation, verdict, code].join(' '));
    expect(new Set(trail)).toEqual(new Set(['probe refused credential-expired']));
    expect(seen.journal.notices).toMatchObject([{ type: 'token-lapsed' }]);
  });
});

describe('a lapse', () => {
  it.each(PROVIDERS)('at %s is over when a lease on trial is accepted', async (provider) => {
    await using sink = await httpSink();
    const seen = await world(provider, sink);
    await seen.lease();
    seen.clock.set(seen.clock.now() + PROBE_EVERY_MS);
    seen.at.thinks = no;
    await refused(seen);
    expect(await seen.lease()).toBe('lapsed');
    seen.at.thinks = yes;
    seen.clock.set(seen.clock.now() + 66_000);
    expect(await seen.lease()).toBe('ok');
    await seen.report();
    expect(seen.journal.notices.map(({ type }) => type)).toEqual(['token-lapsed', 'token-restored']);
    expect(seen.book.told.at(-1)).toBe('c1 active');
  });
});
