import type { SlidingWindow } from '../limits.ts';
import type { Door } from '../provider.ts';
import type { Answer } from '../request.ts';
import type { Knock } from '../route.ts';
import { ownerOf, stateOf } from '../tokens.ts';
import { smoobuOf } from './own.ts';
import { isSigned } from './signing.ts';

/** The bodies of refusals are NOT FOUND beyond the status: chosen. */
export const problem = (status: number, title: string, detail: string): Answer => ({ status, body: { status, title, detail } });
export const notFound = (what: string): Answer => problem(404, 'Not found', `${what} not found`);
export const invalid = (detail: string): Answer => problem(400, 'Bad request', detail);

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

const unauthorized = (why: string): Answer => problem(401, 'Unauthorized', why);

export const door: Omit<Door, 'routes'> = {
  serves: (path) => path.startsWith('/api/') || path.startsWith('/booking/'),
  claimant(world, { headers }) {
    const account = ownerOf(world, headers['x-api-key'] ?? headers['api-key']);
    return account?.provider.name === 'smoobu' ? account : undefined;
  },
  refusal(knock) {
    const { world, account, request, now } = knock;
    const key = request.headers['x-api-key'] ?? request.headers['api-key'];
    const valid = account && stateOf(world.tokens.get(key ?? ''), now) === 'valid' && !account.faults.refuseCredentials;
    if (!valid) return unauthorized('Invalid API key');
    return key === request.headers['x-api-key'] ? unsigned(knock) : legacy(knock);
  },
  tooMany: () => problem(429, 'Too many requests', 'Rate limit exceeded'),
  broken: problem(500, 'Internal server error', 'An error occurred'),
  unknown: notFound('Page'),
  dress,
};

/** The key alone: being switched off. */
function legacy({ account, request }: Knock): Answer | undefined {
  const { config } = smoobuOf(account!);
  const taken = config.readings.legacyKey && request.headers['api-key'] === config.legacyKey;
  return taken ? undefined : unauthorized('Api-Key is not supported any more');
}

/** Why a signed request is not taken. A nonce counts as used only once its signature has been found right. */
function unsigned({ account, request, now }: Knock): Answer | undefined {
  const { config, nonces } = smoobuOf(account!);
  const { 'x-timestamp': timestamp = '', 'x-nonce': nonce = '', 'x-signature': signature = '' } = request.headers;
  const skewMs = config.readings.skewSeconds * 1000;
  if (!ISO_UTC.test(timestamp) || Math.abs(Date.parse(timestamp) - now) > skewMs) return unauthorized('Timestamp out of range');
  if (!UUID_V4.test(nonce)) return unauthorized('Invalid nonce');
  const signed = { ...request, timestamp, nonce, apiKey: request.headers['x-api-key'] ?? '' };
  if (!isSigned(signed, config.apiSecret, signature, config.readings.queryEncoding)) return unauthorized('Invalid signature');
  if (nonces.has(nonce)) return unauthorized('Nonce already used');
  // Longer than a timestamp can be good: until then a replay would pass.
  for (const [old, at] of nonces) if (at < now - 2 * skewMs) nonces.delete(old);
  nonces.set(nonce, now);
  return undefined;
}

function dress(answer: Answer, { account, now }: Knock): Answer {
  if (!account) return answer;
  const window = account.meter as SlidingWindow;
  const limits = {
    'x-ratelimit-limit': String(window.limit),
    'x-ratelimit-remaining': String(Math.max(0, window.limit - window.held(now))),
  };
  if (answer.status !== 429) return { ...answer, headers: { ...answer.headers, ...limits } };
  const freeAt = window.freeAt(now);
  const epoch = smoobuOf(account).config.readings.retryAfter === 'epoch';
  const retryAfter = Math.ceil((epoch ? freeAt : freeAt - now) / 1000);
  return { ...answer, headers: { ...limits, 'x-ratelimit-retry-after': String(retryAfter) } };
}
