import type { Counter, Histogram, Meter, ObservableCounter, ObservableGauge } from '@opentelemetry/api';

/**
 * Every metric of Roomwire: kind, unit, meaning, labels. docs/metrics.md is checked against this table both ways. A label's values
 * are few and known (never a receipt, an entity or an address).
 */
export const METRICS = {
  roomwire_http_requests_total: counted('requests answered, of every service', ['method', 'route', 'status']),
  roomwire_http_duration_seconds: timed('from the request’s headers to the end of its answer', ['method', 'route']),
  roomwire_webhooks_total: counted('webhook requests, by what became of them', ['provider', 'verdict']),
  roomwire_webhook_duration_seconds: timed('from receipt to answer of a stored webhook', ['provider']),
  roomwire_webhook_secrets_total: counted('how the secrets of a webhook were known: cached, fetched, stale or unavailable', [
    'from',
  ]),
  roomwire_normalized_total: counted('parts that a raw message was taken apart into', ['provider', 'part']),
  roomwire_normalize_duration_seconds: timed('decode and publishing of one raw message', ['provider']),
  roomwire_messages_total: counted('messages settled, by verdict', ['consumer', 'verdict']),
  roomwire_message_duration_seconds: timed('a handler’s time with one message', ['consumer']),
  roomwire_redeliveries_total: counted(
    'messages that were handed over again: delayed by a verdict, or left by whoever had them',
    ['consumer'],
  ),
  roomwire_dead_letters_total: counted('dead letters written; `reason` is its first word, and `other` after 64 of them', [
    'consumer',
    'reason',
  ]),
  roomwire_backlog_messages: looked('messages that a consumer has not settled: waiting or in hand', '1', ['tenant', 'consumer']),
  roomwire_oldest_unsettled_seconds: looked('age of the oldest message that a consumer has not settled', 's', [
    'tenant',
    'consumer',
  ]),
  roomwire_storage_bytes: looked('bytes that a tenant’s stream holds', 'By', ['tenant', 'stream']),
  roomwire_storage_filled_ratio: looked(
    'share of its limit that a tenant’s stream holds; streams without a limit have none',
    '1',
    ['tenant', 'stream'],
  ),
  roomwire_hop_seconds: timed('from the stamp before to this hop’s: see docs/tracing.md', ['hop', 'lane']),
  roomwire_drift_seconds: looked(
    'receipt less the provider’s modification time, of the newest webhook; silent connections are forgotten after an hour',
    's',
    ['connection'],
  ),
  roomwire_rebuild_remaining: looked(
    'messages of STATE to feed into Redis, then rooms to derive, until a tenant’s memory is whole again; absent = it is',
    '1',
    ['tenant', 'step'],
  ),
  roomwire_stream_clients: looked('clients that watch a tenant’s stream', '1', ['tenant']),
  roomwire_stream_waiting: looked('frames that wait for slow clients; never more than one per entity and client', '1', [
    'tenant',
  ]),
  roomwire_stream_frames_total: counted('frames handed to clients', []),
  roomwire_stream_conflated_total: counted(
    'frames that gave way to a newer one of their entity before a slow client took them',
    [],
  ),
  roomwire_stream_left_out_total: counted('announcements shown to nobody: unreadable, or not newer than what was shown', ['why']),
  roomwire_stream_latency_seconds: timed('from the arrival of the bytes to the write to connected clients', ['lane', 'kind']),
  roomwire_vault_requests_total: counted('requests to the vault, by what they were answered', ['operation', 'outcome']),
  roomwire_vault_grants_total: counted(
    'access tokens asked for at a provider: `granted`, `no-permit` where it may not be called yet, or the error’s code',
    ['provider', 'outcome'],
  ),
  roomwire_vault_reports_total: counted('reports of a refused token, by what was decided', ['provider', 'decision']),
  roomwire_vault_probes_total: counted('leases that a provider was asked about: `accepted`, or the error’s code', [
    'provider',
    'outcome',
  ]),
  roomwire_vault_notices_total: counted('lapses and repairs that were announced', ['provider', 'type']),
  roomwire_vault_leases_total: counted('leases that were given, by whose word: what is remembered, or the bucket’s leader', [
    'from',
  ]),
  roomwire_vault_limited_total: counted('requests to the vault that came too fast for their caller’s limit', ['operation']),
  roomwire_vault_resealed_total: counted('sealed values that were sealed anew under a new data key', []),
  roomwire_vault_data_keys: looked('data keys in the ring; more than one while a rotation is under way', '1', []),
  roomwire_vault_values_to_reseal: looked(
    'sealed values that are not under the active data key, as this replica saw it last',
    '1',
    [],
  ),
  roomwire_reads_total: counted('by-id reads at a provider: `answered`, or what came instead', ['provider', 'lane', 'outcome']),
  roomwire_read_duration_seconds: timed('from the request to the last byte of its answer', ['provider']),
  roomwire_permits_granted_total: counted('permits to call a provider that were granted', ['provider', 'lane']),
  roomwire_permit_used_ratio: looked(
    'part of its limit that is in use, of the fullest bucket of a scope that this worker had a permit of in the last minute',
    '1',
    ['provider', 'scope'],
  ),
  roomwire_credits_remaining: looked('credits that the provider’s last answer said are left', '1', ['provider', 'connection']),
  roomwire_permit_waits_total: counted('permits that were not granted at once: waited for, deferred or not to be had', [
    'provider',
    'lane',
    'outcome',
  ]),
  roomwire_breakers_open: looked(
    'accounts and addresses of a provider that this worker asks nothing because they failed, until one call is answered; absent = none ever',
    '1',
    ['provider', 'of'],
  ),
  roomwire_breakers_opened_total: counted(
    'breakers that opened, or stayed open after their one call: of `account` or `address`',
    ['provider', 'of'],
  ),
  roomwire_breaker_waits_total: counted('calls that were put off because a breaker was open', ['provider', 'lane']),
  roomwire_pushes_total: counted('calls that told a provider something: `answered`, or what came instead', [
    'provider',
    'lane',
    'outcome',
  ]),
  roomwire_push_cells_total: counted('nights, tasks and messages that a provider was told of: accepted, refused or unknown', [
    'provider',
    'kind',
    'outcome',
  ]),
  roomwire_pages_total: counted('pages of providers’ lists that were read', ['provider', 'list', 'lane']),
  roomwire_page_items_total: counted('items on those pages, known ones too', ['provider', 'list', 'lane']),
  roomwire_backfill_read_ratio: looked(
    'part of a list that a backfill under way has read, by the provider’s count; 0 where it counts nothing',
    '1',
    ['provider', 'connection', 'list'],
  ),
  roomwire_backfill_left_seconds: looked('how long that backfill will take from here on at its rate so far', 's', [
    'provider',
    'connection',
    'list',
  ]),
  roomwire_webhook_registrations_total: counted(
    'looks at the registration of a connection’s webhooks: `good`, `mended`, `later` (no permit, no token) or `problem`',
    ['provider', 'outcome'],
  ),
  roomwire_webhook_drift_seconds: looked(
    'how far the changes that polls have found go beyond the last webhook, two minutes allowed, of the connection that is furthest; 0 = webhooks come',
    's',
    ['provider'],
  ),
  roomwire_sockets_open: looked('sockets of providers that this process listens to', '1', ['provider']),
  roomwire_socket_tries_total: counted(
    'tries to open a provider’s socket: `open`, `refused` (answered, with no socket), `failed` (no answer) or `no-lease`',
    ['provider', 'outcome'],
  ),
  roomwire_socket_messages_total: counted(
    'messages of providers’ sockets: `stored`, or `lost` because the broker did not take them (then polls come sooner)',
    ['provider', 'outcome'],
  ),
  roomwire_reconcile_calls_total: counted('calls that comparing asked for: pages of lists, and reads by id of what differed', [
    'provider',
  ]),
  roomwire_reconcile_passes_total: counted(
    'times that all lists of a connection were compared with what is known: `whole`, or `partly` where one could not be read',
    ['provider', 'outcome'],
  ),
  roomwire_divergences_total: counted(
    'entities that lists and what is known differed in: `missing`, `changed`, `older` or `unlisted`, each time that they were found',
    ['provider', 'kind', 'why'],
  ),
  roomwire_divergence_repair_seconds: timed(
    'from when a difference was found until what is known was past it, of those that are remembered',
    ['provider', 'why'],
  ),
  roomwire_reconcile_unseen_seconds: looked(
    'how long a difference can have stood unfound: since the begin of the last comparison that ended, of the connection that is furthest',
    's',
    ['provider'],
  ),
  roomwire_reconcile_unrepaired_seconds: looked(
    'how long the oldest difference that was found is not repaired, of the connection that is furthest; 0 = none is open',
    's',
    ['provider'],
  ),
  roomwire_rounds_total: counted('lists that were read to their last page', ['provider', 'list', 'lane']),
  roomwire_retell_reads_total: counted(
    'reads for what was told under an older epoch or mapping: `asked`, and of these `answered` or `unanswered`',
    ['provider', 'outcome'],
  ),
  roomwire_retellings_open: looked('connections of which older tellings are still being read again', '1', []),
  roomwire_reads_disagreed_total: counted(
    'reads that say what is older than the record and differs: the `first`, one more (`again`), or `confirmed`',
    ['provider', 'outcome'],
  ),
  roomwire_epochs_raised_total: counted('epochs that were raised because reads agreed against the record', ['provider']),
  roomwire_event_loop_lag_seconds: looked(
    'how late the event loop was since the last look; 0.5 and 0.99 quantile, 1 = worst',
    's',
    ['quantile'],
  ),
  roomwire_process_cpu_seconds_total: { ...counted('processor time used, `user` or `system`', ['mode']), unit: 's' },
  roomwire_process_resident_bytes: looked('memory that the process holds', 'By', []),
  roomwire_spans_total: counted('sampled spans, where traces are exported: `ended`, and of these `exported` or `failed`', [
    'outcome',
  ]),
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
type Metric = { kind: 'counter' | 'histogram' | 'gauge'; unit: string; meaning: string; labels: readonly string[] };
type NameOf<K extends Metric['kind']> = { [N in MetricName]: (typeof METRICS)[N]['kind'] extends K ? N : never }[MetricName];

/** Seconds. Fine where the promise is (p99 under 100 ms), coarse where something is wrong. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function counter(meter: Meter, name: NameOf<'counter'>): Counter {
  return meter.createCounter(name, described(name));
}

/** `buckets`: where what is measured takes minutes. */
export function histogram(meter: Meter, name: NameOf<'histogram'>, buckets: readonly number[] = BUCKETS): Histogram {
  return meter.createHistogram(name, { ...described(name), advice: { explicitBucketBoundaries: [...buckets] } });
}

/** Asked when somebody looks, not kept. */
export function gauge(meter: Meter, name: NameOf<'gauge'>): ObservableGauge {
  return meter.createObservableGauge(name, described(name));
}

/** A sum that somebody else keeps: asked for when somebody looks. */
export function observedCounter(meter: Meter, name: NameOf<'counter'>): ObservableCounter {
  return meter.createObservableCounter(name, described(name));
}

function described(name: MetricName): { description: string; unit: string } {
  const { meaning, unit } = METRICS[name];
  return { description: meaning, unit };
}

function counted<const L extends readonly string[]>(meaning: string, labels: L) {
  return { kind: 'counter', unit: '1', meaning, labels } as const;
}

function timed<const L extends readonly string[]>(meaning: string, labels: L) {
  return { kind: 'histogram', unit: 's', meaning, labels } as const;
}

function looked<const L extends readonly string[]>(meaning: string, unit: string, labels: L) {
  return { kind: 'gauge', unit, meaning, labels } as const;
}
