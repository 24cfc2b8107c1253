import { eventually, httpSink, type HttpSink } from '@roomwire/testkit';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeOf, shows, watch } from './board.ts';
import { fleet, type Fleet } from './fleet.ts';
import { envelope, reservation, send, type Tenant } from './hostaway-webhook.ts';
import { book, simulate } from './simulator.ts';
import { attribute, picture, spansOf, startOf, told, wayTo, type Span } from './traces.ts';

const GATEWAY = 'ingest-gateway: POST /v1/webhooks/:provider/:connection';
const RAW = 'pms.{tenant}.raw.live.hostaway.{connection}';
const EVENT = 'pms.{tenant}.event.live.booking.{property}';
const ROOM = 'pms.{tenant}.change.room.{scope}.{entity}';
const FETCH = 'pms.{tenant}.fetch.live.hostaway.{connection}.reservation.{entity}';
/** From raw bytes to the screens: the same for a webhook and for what was read. */
const FROM_RAW = [
  ...[`normalizer: process ${RAW}`, `normalizer: publish ${EVENT}`],
  ...[`registry: process ${EVENT}`, 'registry: announce room', `registry: publish ${ROOM}`],
  `propagator: process ${ROOM}`,
];
const STRANGER = '0af7651916cd43dd8448eb211c80319c';
/** Two processes' clocks, ms. */
const SLACK_MS = 3;

describe('one webhook is one trace', () => {
  let collector!: HttpSink;
  let started!: Fleet;
  let first: Tenant;
  let second: Tenant;

  beforeAll(async () => {
    collector = await httpSink();
    started = await fleet({
      POLLING: 'off',
      WEBHOOK_BASE_URL: '',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '200',
    });
    [first, second] = started.ready.tenants as [Tenant, Tenant];
  }, 90_000);
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
    await collector?.[Symbol.asyncDispose]();
  }, 40_000);

  /** The span that told the screens of a receipt's change, once everything above it has been exported too. */
  const fanOut = (matches: (span: Span, way: string[]) => boolean): Promise<Span> =>
    eventually(
      () => {
        const spans = spansOf(collector);
        const found = spans.find((span) => told(span) === FROM_RAW.at(-1) && matches(span, wayTo(span, spans).map(told)));
        if (!found) throw new Error(`not among ${spans.length} spans:\n${[...new Set(spans.map(told))].join('\n')}`);
        return found;
      },
      { withinMs: 15_000 },
    );
  /** All of a trace: every span's parent is there but the one that began it. */
  const whole = async (title: string, { traceId }: Span): Promise<Span[]> => {
    const spans = await eventually(
      () => {
        const found = spansOf(collector).filter((span) => span.traceId === traceId);
        const orphans = found.filter(({ parentSpanId }) => !found.some(({ spanId }) => spanId === parentSpanId));
        expect(orphans.map(told)).toEqual([GATEWAY]);
        return found;
      },
      { withinMs: 15_000 },
    );
    process.stderr.write(`\n${title}\n${picture(spans)}\n`);
    return spans;
  };
  const expectRising = (way: Span[]): void => {
    for (const [i, span] of way.entries())
      if (i > 0) expect(startOf(span)).toBeGreaterThanOrEqual(startOf(way[i - 1]!) - SLACK_MS);
  };

  it('from the gateway to the screens, with every hop the child of the one before', async () => {
    await using board = await watch(started.ready, first);
    const { headers } = first.connections[0]!;
    const answer = await send(first, envelope(reservation(2001)), {
      ...headers,
      traceparent: `00-${STRANGER}-b7ad6b7169203331-00`,
    });
    const change = changeOf(await board.next(shows(2001)));

    const shown = await fanOut((_, way) => way[0] === GATEWAY);
    const spans = await whole('a webhook with everything in it', shown);
    const way = wayTo(shown, spans);

    expect(way.map(told)).toEqual([GATEWAY, `ingest-gateway: publish ${RAW}`, ...FROM_RAW]);
    expect(way.map(({ kind }) => kind)).toEqual([2, 4, 5, 4, 5, 1, 4, 5]);
    expectRising(way);
    expect(change.receipt).toBe(answer.body['receipt']);
    const [gateway, , consumed, , applied] = way as [Span, Span, Span, Span, Span];
    expect(attribute(gateway, 'http.response.status_code')).toBe(202);
    for (const span of [gateway, consumed, applied]) expect(attribute(span, 'roomwire.receipt')).toBe(change.receipt);
    expect([consumed, applied].map((span) => [attribute(span, 'roomwire.verdict'), attribute(span, 'roomwire.attempt')])).toEqual(
      [['done', 1], ['done', 1]], // prettier-ignore
    );
    expect(attribute(applied, 'messaging.destination.name')).toMatch(
      new RegExp(`^pms\\.${first.tenant}\\.event\\.live\\.booking\\.`),
    );
    // Its log line leads to the trace.
    const log = join(started.ready.data, 'logs/ingest-gateway.log');
    await eventually(() => {
      const line = readFileSync(log, 'utf8')
        .split('\n')
        .find((text) => text.includes(`"receipt":"${change.receipt}"`));
      expect(JSON.parse(line ?? '{}')).toMatchObject({ msg: 'request', trace_id: shown.traceId });
    });
    // Sampled although the stranger said not to, and in no trace of theirs.
    expect(gateway.links?.map(({ traceId }) => traceId)).toEqual([STRANGER]);
    expect(gateway.parentSpanId ?? '').toBe('');
    expect(spansOf(collector).filter(({ traceId }) => traceId === STRANGER)).toEqual([]);
  }, 60_000);

  it('and with what a hint needs: the worker, the vault and the provider', async () => {
    await using board = await watch(started.ready, second);
    await simulate(started.ready, 'faults', { accountId: 20771, omitUpdatedOn: true });
    await book(started.ready, 20771);
    await board.next((event) => event.event === 'change' && changeOf(event).data.current?.guest === 'Grace Hopper', 15_000);

    const shown = await fanOut((_, way) => way[0] === GATEWAY && way.includes(`sync-worker: process ${FETCH}`));
    const spans = await whole('a hint', shown);
    const way = wayTo(shown, spans);
    expect(way.map(told)).toEqual([
      ...[GATEWAY, `ingest-gateway: publish ${RAW}`],
      ...[`normalizer: process ${RAW}`, `normalizer: publish ${FETCH}`],
      ...[`sync-worker: process ${FETCH}`, `sync-worker: publish ${RAW}`],
      ...FROM_RAW,
    ]);
    expectRising(way);
    const under = (name: string): string[] =>
      wayTo(
        spans.find((span) => told(span) === name)!,
        spans,
      ).map(told);
    const job = way.slice(0, 5).map(told);
    expect(under('sync-worker: GET /v1/reservations/{id}')).toEqual([...job, 'sync-worker: GET /v1/reservations/{id}']);
    expect(under('token-vault: POST /v1/accessTokens')).toEqual([
      ...[...job, 'sync-worker: request vault.lease.{caller}', 'token-vault: process vault.lease.{caller}'],
      'token-vault: POST /v1/accessTokens',
    ]);
  }, 60_000);

  it('and no byte of it is a secret or a guest', async () => {
    const secrets = JSON.parse(readFileSync(join(started.ready.data, 'secrets.json'), 'utf8')) as object;
    const leaves = (value: unknown): string[] =>
      typeof value === 'string' ? [value] : Object.values(value as object).flatMap(leaves);
    const basics = started.ready.tenants.flatMap(({ connections }) =>
      connections.flatMap(({ headers }) => Object.values(headers)),
    );
    const planted = [
      ...[...leaves(secrets), ...basics.map((header) => header.split(' ').at(-1)!)],
      ...['Ada', 'Lovelace', 'Grace', 'Hopper', 'door-secret', 'Bearer', 'Basic '],
    ];

    const exported = collector.requests.map(({ body }) => body.toString()).join('\n');

    expect(planted.length).toBeGreaterThan(20);
    expect(planted.filter((secret) => exported.includes(secret))).toEqual([]);
    expect(exported.length).toBeGreaterThan(10_000);
  });
});
