/**
 * Every `ROOMWIRE_*` variable of any program of ours, so that one environment can serve the whole fleet and a typing error is
 * noticed all the same. A spec compares it with the programs' environment files, both ways.
 */
export const ROOMWIRE_VARIABLES = [
  'ROOMWIRE_BLOCKED_MS_MAX',
  'ROOMWIRE_BODY_BYTES_MAX',
  'ROOMWIRE_EPOCH_CONFIRM_MS',
  'ROOMWIRE_EPOCH_QUORUM',
  'ROOMWIRE_EPOCH_RAISE_EVERY_MS',
  'ROOMWIRE_FAULT_DELAY_MS',
  'ROOMWIRE_FAULT_HANG_PIPELINE',
  'ROOMWIRE_FAULT_PAUSE_BEFORE_ANNOUNCE_MS',
  'ROOMWIRE_FAULT_PAUSE_RENEWAL_AT',
  'ROOMWIRE_HEARTBEAT_MS',
  'ROOMWIRE_INFLIGHT_PER_TENANT_MAX',
  'ROOMWIRE_OAUTH_CALLBACK_URL',
  'ROOMWIRE_RETELL_IN_FLIGHT_MAX',
  'ROOMWIRE_RETELL_PER_SECOND_MAX',
  'ROOMWIRE_SECRETS_STALE_MAX_MS',
  'ROOMWIRE_STOP_MS_MAX',
  'ROOMWIRE_STREAMS_PER_TENANT_MAX',
  'ROOMWIRE_TICKET_KEY',
  'ROOMWIRE_VAULT_KEYS',
  'ROOMWIRE_VAULT_KEYS_FILE',
  'ROOMWIRE_VAULT_KEY_GRACE_SECONDS',
  'ROOMWIRE_VAULT_REQUESTS_PER_SECOND',
  'ROOMWIRE_VERSION',
  'ROOMWIRE_WEBHOOK_SECRET_OVERLAP_HOURS',
] as const;

/** Those of the npm verbs, which every program that a verb starts inherits: what they are for. */
export const SCRIPT_VARIABLES = {
  ROOMWIRE_BUNDLES:
    '`npm start` and specs: 1 = what `npm run build` made of the services instead of their sources, which starts sooner',
  ROOMWIRE_CACHE: 'folder of the downloaded servers, for every verb; `.cache` of the repository by default',
  ROOMWIRE_DATA: '`npm start`, and the fleet under siege: a folder that keeps state and logs',
  ROOMWIRE_DEMO_RATE: '`npm start`: events a second that the simulator makes up; 2 by default, 0 = silent',
  ROOMWIRE_HISTORIES: 'so many generated histories are told to the registry; 10 000 by `npm run lab`, 200 by `npm test`',
  ROOMWIRE_LISTINGS: 'so many houses has the account that `npm run lab:backfill` reads; 800, about 50 000 reservations',
  ROOMWIRE_LAB: 'set by `npm run lab`: the long forms of tests',
  ROOMWIRE_NATS_IMAGE:
    '`npm run int`: image of NATS to test against where a container engine answers; by default the official one',
  ROOMWIRE_PORTS: '`npm start`: `auto` picks free ports',
  ROOMWIRE_REDIS_IMAGE: 'the same of Redis',
  ROOMWIRE_SEED: 'the story that is told to the fleet under siege, and the histories that are told to the registry: a number',
  ROOMWIRE_STRICT: '`npm test`: 1 = a latency gate that could not tell is a failure',
  ROOMWIRE_TOTALS: 'set by `npm test` for its test runs: file in which they count',
} as const;
