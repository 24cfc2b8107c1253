import type { Connection } from '@roomwire/events';
import { PmsError, type TokenGrant } from '@roomwire/pms-port';
import { VaultError } from '@roomwire/vault-client';
import { TIMES } from './core/intent.ts';
import { STEPS, type Step } from './faults.ts';
import { hostawayConnection, vaultReplicas } from './testing/desk.ts';
import { TokenDesk } from './token-desk.ts';

const connection: Connection = { ...hostawayConnection, provider: 'cloudbeds' };
const refreshToken = 'planted-refresh-0';
const STANDS_MS = TIMES.sendWithinMs + TIMES.requestMs + 500;
const settle = async (): Promise<void> => {
  for (let n = 0; n < 5; n++) await new Promise(setImmediate);
};

/** A provider whose refresh tokens rotate: the one before is dead at once, or good once more. */
class Rotating {
  current = refreshToken;
  previous = '';
  rotated = 0;
  refused = 0;

  constructor(private readonly grace: boolean) {}

  grant(shown: string): TokenGrant {
    if (shown !== this.current && !(this.grace && shown === this.previous)) {
      this.refused++;
      throw new PmsError('credential-rejected', { provider: 'cloudbeds', operation: 'token' });
    }
    [this.previous, this.current] = [this.current, `planted-refresh-${++this.rotated}`];
    const next = { refreshToken: this.current };
    return { accessToken: `access-${this.rotated}`, expiresInMs: 28_800_000, usableAfterMs: 0, next };
  }
}

/** Two replicas, of which the first is held up where the spec says. */
async function fleet({ grace, at }: { grace: boolean; at: Step | 'asked' }) {
  const vault = vaultReplicas(2);
  const provider = new Rotating(grace);
  const held = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const hold = (step: Step | 'asked'): Promise<void> => {
    if (step !== at) return Promise.resolve();
    reached.resolve();
    return held.promise;
  };
  const grant = (holds: boolean) => async (_connection: Connection, credentials: Record<string, string>) => {
    const answer = provider.grant(credentials['refreshToken']!);
    if (holds) await hold('asked');
    return answer;
  };
  const victim = new TokenDesk({ ...vault.shell, owner: 'victim', at: hold, grant: grant(true) });
  const other = new TokenDesk({ ...vault.shell, owner: 'other', grant: grant(false) });
  await vault.secrets.putCredentials(connection, { clientId: 'c', clientSecret: 'planted-secret', refreshToken });
  return { ...vault, provider, victim, other, grant: grant(false), reached: reached.promise, resume: held.resolve };
}
type Fleet = Awaited<ReturnType<typeof fleet>>;

/** Asks the other replica as a worker does, again and again; what it was told in the end, and after how long. */
async function told({ other, clock, store }: Fleet): Promise<{ code: string; cause: string | null; afterMs: number }> {
  const from = clock.now();
  for (;;) {
    let answer: string | undefined;
    void other.lease(connection).then(
      (lease) => (answer = lease.kind === 'token' ? lease.accessToken : lease.kind),
      (error: unknown) => (answer = error instanceof VaultError ? error.code : String(error)),
    );
    while (answer === undefined) {
      await settle();
      if (answer === undefined) await clock.advance(100);
    }
    const cause = (await store.read('c1')).entry!.cause;
    if (answer !== 'unavailable') return { code: answer, cause, afterMs: clock.now() - from };
  }
}

const STEPS_OF_A_RENEWAL = [...STEPS.slice(0, 3), 'asked', ...STEPS.slice(3)] as (Step | 'asked')[];
const isLost = (step: Step | 'asked') => step === 'asked' || step === 'answered';
/** Nobody knows of an intent before it is stored, nor after what came of it was. */
const isWaitedFor = (step: Step | 'asked') => step !== 'planned' && step !== 'stored';

describe.each(STEPS_OF_A_RENEWAL)('a replica that is held up at “%s” while it renews a rotating token', (at) => {
  it.each([true, false])('and killed: another recovers what can be, and tells what cannot (grace: %s)', async (grace) => {
    const world = await fleet({ grace, at });
    void world.victim.lease(connection);
    await world.reached;
    const { code, cause, afterMs } = await told(world);
    if (isLost(at) && !grace) {
      expect([code, cause]).toEqual(['lapsed', 'answer-lost']);
      expect(world.journal.notices).toMatchObject([{ type: 'token-lapsed', cause: 'answer-lost' }]);
    } else {
      expect([code, cause]).toEqual([`access-${world.provider.rotated}`, null]);
      expect(world.journal.notices).toEqual([]);
    }
    expect(afterMs).toBeGreaterThanOrEqual(isWaitedFor(at) ? STANDS_MS : 0);
    expect(afterMs).toBeLessThanOrEqual(isWaitedFor(at) ? STANDS_MS + 500 : 500);
    expect(world.provider.rotated + world.provider.refused).toBeLessThanOrEqual(2);
  });

  it.each([true, false])('and stopped: it sends nothing late, and keeps what nobody has newer (grace: %s)', async (grace) => {
    const world = await fleet({ grace, at });
    const asking = world.victim.lease(connection).catch((error: unknown) => error);
    await world.reached;
    await told(world);
    await world.clock.advance(60_000 - STANDS_MS);
    const sent = world.provider.rotated + world.provider.refused;
    world.resume();
    await settle();
    await world.clock.advance(1_000);
    await asking;
    expect(world.provider.rotated + world.provider.refused).toBe(sent);
    // The token that the provider gave last is the one that is stored, or the lapse would only come later.
    const { entry } = await world.store.read('c1');
    const place = { tenant: 't1', connection: 'c1', field: 'credentials' } as const;
    expect(world.keeper.open(entry!.credentials!, place)).toMatchObject({ refreshToken: world.provider.current });
    expect(entry).toMatchObject({ state: 'active', intent: null, unsure: false });
    const lost = isLost(at) && !grace;
    expect(world.journal.notices.map(({ type }) => type)).toEqual(lost ? ['token-lapsed', 'token-restored'] : []);
  });
});

describe('a renewal', () => {
  it('is stored as soon as that is possible, and nobody has the token before', async () => {
    const world = await fleet({ grace: false, at: 'answered' });
    const asking = world.victim.lease(connection);
    await world.reached;
    const write = world.store.write.bind(world.store);
    world.store.write = () => Promise.reject(new Error('the broker is away'));
    world.resume();
    let answered = false;
    void asking.then(() => (answered = true));
    await settle();
    await world.clock.advance(5_000);
    expect(answered).toBe(false);
    world.store.write = write;
    await world.clock.advance(500);
    expect(await asking).toMatchObject({ accessToken: 'access-1' });
    expect(await world.other.lease(connection)).toMatchObject({ accessToken: 'access-1' });
    expect(world.provider.rotated).toBe(1);
  });

  it('is not thrown away because the same credentials were sealed anew meanwhile, but because others were put', async () => {
    for (const putsOthers of [false, true]) {
      const world = await fleet({ grace: false, at: 'answered' });
      const asking = world.victim.lease(connection);
      await world.reached;
      const { entry, revision } = await world.store.read('c1');
      const place = { tenant: 't1', connection: 'c1', field: 'credentials' } as const;
      const credentials = world.keeper.seal(world.keeper.open(entry!.credentials!, place), place);
      if (putsOthers) {
        world.provider.current = 'planted-other';
        await world.secrets.putCredentials(connection, { clientId: 'c', clientSecret: 's', refreshToken: 'planted-other' });
      } else await world.store.write('c1', { ...entry!, credentials }, revision);
      world.resume();
      await settle();
      expect(await asking).toMatchObject({ accessToken: putsOthers ? 'access-2' : 'access-1', lease: 1 });
    }
  });

  it('that lapsed is not told late by a replica that was stopped, and its status is what is true since', async () => {
    for (const at of ['stored', 'asked'] as const) {
      const world = await fleet({ grace: false, at });
      world.provider.current = 'planted-other';
      const held = Promise.withResolvers<void>();
      const credentialsAre = async (id: string, state: 'active' | 'lapsed'): Promise<void> => {
        if (state === 'lapsed') await held.promise;
        await world.book.credentialsAre(id, state);
      };
      const late = new TokenDesk({ ...world.shell, book: { credentialsAre }, grant: world.grant });
      const asking = (at === 'stored' ? world.victim : late).lease(connection).catch((error: unknown) => error);
      await settle();
      const others = { clientId: 'c', clientSecret: 's', refreshToken: 'planted-other' };
      await world.secrets.putCredentials(connection, others);
      expect(await world.other.lease(connection)).toMatchObject({ accessToken: 'access-1' });
      world.resume();
      held.resolve();
      await asking;
      expect(world.book.told.at(-1)).toBe('c1 active');
      if (at === 'stored') expect(world.journal.notices.map(({ type }) => type)).toEqual(['token-lapsed', 'token-restored']);
    }
  });

  it('is not undone by whoever puts the credentials again that the provider has since replaced', async () => {
    const { store, secrets, clock, shell } = vaultReplicas();
    const provider = new Rotating(false);
    const grant = async (_connection: Connection, { refreshToken: shown = '' }: Record<string, string>) => provider.grant(shown);
    const desk = new TokenDesk({ ...shell, grant });
    const put = { clientId: 'c', clientSecret: 'planted-secret', refreshToken };
    await secrets.putCredentials(connection, put);
    for (let lease = 1; lease <= 3; lease++) {
      expect(await desk.lease(connection)).toMatchObject({ lease });
      const { revision } = await store.read('c1');
      await secrets.putCredentials(connection, put);
      expect((await store.read('c1')).revision).toBe(revision);
      clock.set(clock.now() + 28_800_000);
    }
    expect(provider.refused).toBe(0);
    await secrets.putCredentials(connection, { ...put, clientSecret: 'planted-next' });
    expect((await store.read('c1')).entry).toMatchObject({ token: null, generation: 5 });
  });

  it('sends no credentials that were replaced since it was intended', async () => {
    const world = await fleet({ grace: false, at: 'intended' });
    const asking = world.victim.lease(connection);
    await world.reached;
    world.provider.current = 'planted-other';
    await world.secrets.putCredentials(connection, { clientId: 'c', clientSecret: 's', refreshToken: 'planted-other' });
    world.resume();
    expect(await asking).toMatchObject({ accessToken: 'access-1', lease: 1 });
    expect(world.provider.refused).toBe(0);
  });

  it('that another replica has begun is not begun again by a report, and nobody is given the refused token', async () => {
    const vault = vaultReplicas(2);
    const [one, two] = vault.desks as [TokenDesk, TokenDesk];
    await vault.secrets.putCredentials(hostawayConnection, { clientId: '1', clientSecret: 'planted' });
    await one.lease(hostawayConnection);
    vault.clock.set(vault.clock.now() + 0.92 * 3_600_000);
    const answer = Promise.withResolvers<void>();
    vault.provider.answer = () => answer.promise.then(() => vault.provider.good());
    const ahead = one.lease(hostawayConnection);
    await settle();
    await two.report(hostawayConnection, { lease: 1, code: 'credential-expired' });
    const asking = two.lease(hostawayConnection);
    await settle();
    answer.resolve();
    await settle();
    await vault.clock.advance(200);
    expect(await asking).toMatchObject({ accessToken: 'token-2', lease: 2 });
    expect(vault.provider.asked).toBe(2);
    await ahead;
  });

  it('of a token that may be repeated is not waited for as long', async () => {
    const vault = vaultReplicas(2);
    await vault.secrets.putCredentials(hostawayConnection, { clientId: '1', clientSecret: 'planted' });
    vault.provider.answer = () => (vault.provider.asked === 1 ? new Promise(() => undefined) : vault.provider.good());
    void vault.desks[0]!.lease(hostawayConnection);
    await settle();
    const asking = vault.desks[1]!.lease(hostawayConnection);
    await settle();
    await vault.clock.advance(TIMES.repeatableMs + 200);
    expect(await asking).toMatchObject({ accessToken: 'token-2', lease: 1 });
  });
});
