import { KNOB_NAMES } from './core/admin.ts';
import { ACTS } from './core/act-command.ts';

export const HELP = `pms-simulator: fake PMSs over HTTP, with a story of its own.

Environment
  PORT                          4010; 0 takes a free one
  HOST                          127.0.0.1
  LOG_LEVEL                     info (logs go to stderr)
  SIMULATOR_ACCOUNTS            JSON: [{provider?, accountId, listings?, multiUnit?: {listings, units}, calendar?:
                                {daysBack, daysAhead}, timeZone?, internalWebhook?: {url, key: "whsec_…"}, …}]; credentials, webhooks
                                and readings of each provider: README.md
  SIMULATOR_ACCOUNTS_FILE       the same, in a file
  SIMULATOR_SEED                1; the same seed tells the same story
  SIMULATOR_RATE                0; events a second
  SIMULATOR_TIME_SCALE          1; shrinks the waits before a webhook is tried again (0.01: 600 ms instead of a minute)
  SIMULATOR_CLOCK_BEHIND_MINUTES 0; how far behind the providers' clock is at first
  SIMULATOR_CLOCK_SPEED         1; how many times as fast it runs until it has caught up
  SIMULATOR_WEBHOOK_TIMEOUT_MS  for every webhook; by default each provider's own

Each provider lies under its own paths: Hostaway /v1, Mews /api/connector/v1 and /ws/connector, Beds24 /api/v2, Cloudbeds /api/v1.3,
/api/v1.2, /oauth and /userinfo, Smoobu /api and /booking. The header x-simulated-egress names the address that a call is counted for.

Admin API, for this machine only
  GET    /__simulator/ledger?accountId=   everything as it stands now, acts, calls, webhooks, violations of limits
  GET    /__simulator/truth?accountId=    of one account what stands, in no provider's words
  GET    /__simulator/nights?accountId=   of one account its listings' nights, from= until=: what is taken, closed, and the price
  GET    /__simulator/calls?accountId=    its calls of late, one by one; since= (epoch ms)
  POST   /__simulator/act                 {act, accountId?, listing?, reservation?, silent?, overlap?, …}
                                          ${ACTS.slice(0, 11).join(' ')}
                                          ${ACTS.slice(11).join(' ')}
  GET    /__simulator/faults              what is turned on
  POST   /__simulator/faults              {accountId?, …}: ${KNOB_NAMES.slice(0, 6).join(' ')}
                                          ${KNOB_NAMES.slice(6, 12).join(' ')}
                                          ${KNOB_NAMES.slice(12, 18).join(' ')}
                                          ${KNOB_NAMES.slice(18).join(' ')}
  DELETE /__simulator/faults              all off
  POST   /__simulator/rate                {perSecond}
  POST   /__simulator/accounts            one of SIMULATOR_ACCOUNTS; for a known accountId: new credentials, readings
  GET    /healthz

When it listens it says so in one line on stdout: {"event":"listening","url":"http://127.0.0.1:4010"}
`;
