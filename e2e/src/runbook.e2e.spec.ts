import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { eventually, spawnedSource } from '@roomwire/testkit';
import { fleet, pidOf, type Fleet, type Ready } from './fleet.ts';
import { envelope, reservation, send, stamp, type Tenant } from './hostaway-webhook.ts';
import { runbook, wordsOf, type Line } from './runbook/page.ts';
import { isLab } from './siege/settings.ts';
import { book, simulate } from './simulator.ts';

const ACCOUNT = 10450;
const WITHIN = { withinMs: 60_000, everyMs: 1_000 };
/** What Kubernetes starts anew is killed here: its supervisor starts it again. */
const ROLLOUT = /^kubectl --namespace roomwire rollout restart \w+\/([\w-]+)$/;

/** How the fleet comes into an alert's state, and what others do for it to end: a provider, an owner. */
type State = { make(): Promise<void>; mend?(): Promise<void> };

(isLab ? describe : describe.skip)('docs/runbook.md', () => {
  let started: Fleet;
  let ready: Ready;
  let tenant: Tenant;
  const variables: Record<string, string> = {};
  let next = 5_000;

  beforeAll(async () => {
    started = await fleet();
    ready = started.ready;
    tenant = ready.tenants[0] as Tenant;
  }, 90_000);
  afterAll(() => started?.[Symbol.asyncDispose](), 60_000);

  const signal = (name: string, word: NodeJS.Signals): void => void process.kill(pidOf(ready, name), word);
  /** Answered 202, its receipt is the page's `$RECEIPT`. */
  const told = async (more: Record<string, unknown> = {}): Promise<void> => {
    const answer = await send(tenant, envelope(reservation(next++, more)));
    variables['RECEIPT'] = String(answer.body['receipt']);
    expect(answer.status).toBe(202);
  };
  const credentials = (): void => {
    const { clientSecrets } = JSON.parse(readFileSync(join(ready.data, 'secrets.json'), 'utf8')) as {
      clientSecrets: Record<string, string>;
    };
    writeFileSync(
      join(ready.data, 'new.json'),
      JSON.stringify({ clientId: `${ACCOUNT}`, clientSecret: clientSecrets[tenant.tenant] }),
    );
  };

  const states: Record<string, State> = {
    WebhooksRefused: {
      make: async () => {
        const answer = await send(tenant, envelope(reservation(next++)), { authorization: `Basic ${btoa('hostaway:wrong')}` });
        expect(answer.status).toBe(401);
        // Until the first list was begun there is none to begin again.
        await eventually(
          async () => expect((await roomwire(['connection', 'ls', '--tenant', 'seaside'])).out).toMatch(/backfill/),
          WITHIN,
        );
      },
      mend: () => told(),
    },
    ConnectionLapsed: {
      make: async () => {
        credentials();
        await simulate(ready, 'faults', { accountId: ACCOUNT, omitUpdatedOn: true, revokeTokens: true, refuseCredentials: true });
        await book(ready, ACCOUNT);
      },
      mend: () =>
        simulate(ready, 'faults', { accountId: ACCOUNT, omitUpdatedOn: false, refuseCredentials: false }).then(() => undefined),
    },
    DeadLettersGrowing: { make: () => told({ arrivalDate: 'the day after tomorrow' }) },
    ConsumerBehind: {
      make: async () => {
        signal('registry', 'SIGSTOP');
        await told();
      },
    },
    RedisAway: {
      make: async () => {
        signal('redis-server', 'SIGSTOP');
        await told();
      },
    },
    BrokerAway: { make: async () => signal('nats-server', 'SIGSTOP') },
    SlowToScreen: {
      make: async () => {
        signal('normalizer', 'SIGSTOP');
        await told();
        signal('normalizer', 'SIGCONT');
      },
    },
    ProviderLimited: {
      make: async () => {
        const { id } = await book(ready, ACCOUNT);
        await simulate(ready, 'faults', { accountId: ACCOUNT, respond429: 1_000 });
        // Without its time a webhook is a hint, which has to be read.
        const answer = await send(tenant, envelope({ ...reservation(id), updatedOn: undefined }));
        variables['RECEIPT'] = String(answer.body['receipt']);
      },
      mend: () => simulate(ready, 'faults', { accountId: ACCOUNT, respond429: 0 }).then(() => undefined),
    },
    BackfillStuck: {
      make: () => roomwire(['connection', 'pause', 'seaside-hostaway', '--reason', 'asked by the owner']).then(() => undefined),
    },
    WorkFull: {
      make: async () => {
        const nc = await connect({
          servers: ready.nats.replace(/\/\/.*@/, '//'),
          ...loginOf(ready.nats),
          inboxPrefix: '_INBOX.operator',
        });
        try {
          const { streams } = await jetstreamManager(nc, { checkAPI: false });
          await streams.update('WORK_midtown', { max_bytes: 65_536 });
        } finally {
          await nc.close();
        }
        signal('normalizer', 'SIGSTOP');
        const other = ready.tenants[1] as Tenant;
        const fill = () =>
          send(other, envelope(reservation(next++, { hostNote: 'x'.repeat(4_000), updatedOn: stamp(Date.now()) }), 20771));
        await eventually(async () => expect((await fill()).status).toBe(503), { withinMs: 60_000, everyMs: 10 });
      },
    },
  };

  async function roomwire(words: readonly string[]): Promise<{ code: number | null; out: string }> {
    const run = spawnedSource('apps/cli/src/main.ts', {
      // A file of the page's lies where the fleet keeps its own.
      args: words.map((word) => (word.endsWith('.json') ? join(ready.data, word) : word)),
      env: {
        NATS_URL: ready.nats,
        NATS_USER: undefined,
        NATS_PASSWORD: undefined,
        REDIS_URL: ready.redis,
        NODE_OPTIONS: undefined,
      },
      name: `roomwire ${words.join(' ')}`,
    });
    const { code } = await run.exited;
    return { code, out: run.output() };
  }

  /** Again and again, as somebody at a terminal would, until it prints what the page says. */
  async function follow({ command, shows }: Line): Promise<void> {
    const restarted = ROLLOUT.exec(command)?.[1];
    if (restarted) return signal(restarted, 'SIGKILL');
    const [program, ...words] = wordsOf(command, variables);
    expect(program).toBe('roomwire');
    await eventually(async () => expect(flat((await roomwire(words)).out)).toMatch(oneOf(shows)), WITHIN);
  }

  it.each(runbook())(
    '$alert: from its state to its end by the page alone',
    async ({ alert, look, act, over }) => {
      const { make, mend } = states[alert]!;
      await make();
      for (const line of look) await follow(line);
      await mend?.();
      for (const line of [...act, ...over]) await follow(line);
    },
    300_000,
  );
});

const oneOf = (shows = ''): RegExp => new RegExp(shows.replaceAll(' | ', '|'));
const flat = (text: string): string => text.replace(/\s+/g, ' ');

function loginOf(url: string): { user: string; pass: string } {
  const { username, password } = new URL(url);
  return { user: username, pass: decodeURIComponent(password) };
}
