import { kind, type Kind } from '@roomwire/events';
import {
  decoded,
  goneOf,
  parseJson,
  pathSegment,
  PmsError,
  provesLogin,
  rejected,
  rejectOf,
  together,
  type Admission,
  type Decoded,
  type HttpRequest,
  type PmsAdapter,
  type RawMessage,
  type ReadJob,
  type ReadPlan,
  type TokenGrant,
  type WebhookRequest,
  type WebhookSecret,
} from '@roomwire/pms-port';
import { CLOCKS, decodeEntity, errorCode, MAPPING } from './mapping.ts';
import { wirePush, wireToken } from './wire.ts';

const READS: readonly Kind[] = kind.options;

/** The reference: every capability of the port in its simplest form. Copy the folder to begin a provider. */
export const memory: PmsAdapter = {
  provider: 'memory',
  mapping: MAPPING,
  capabilities: {
    webhooks: true,
    webhookAuth: 'basic',
    pushes: READS.filter((each) => CLOCKS[each].clock === 'provider'),
    reads: READS,
    token: 'client-credentials',
  },
  clocks: CLOCKS,
  limits: [{ scope: 'account', limit: 100, windowMs: 1_000 }],
  baseUrl: 'http://memory.invalid',
  admit,
  decode,
  readRequest,
  token: { kind: 'client-credentials', credentialFields: ['login', 'password'], grantRequest, grantAnswer },
  errorCode,
};

function admit({ headers, body }: WebhookRequest, secrets: readonly WebhookSecret[]): Admission {
  if (!provesLogin(headers['authorization'], secrets)) return { kind: 'forged', reason: 'no such login' };
  return parseJson(body) === undefined ? { kind: 'malformed', reason: 'not JSON' } : { kind: 'genuine', body };
}

function decode(raw: RawMessage): Decoded {
  if (raw.context.via === 'read') return decodeRead(raw);
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const push = wirePush.safeParse(body);
  if (!push.success) return decoded({ rejects: [rejectOf(push.error, body)] });
  const { account, entities } = push.data;
  if (account && raw.account !== null && account !== raw.account)
    return rejected('wrong-account', 'names another account', '/account');
  if (entities.length === 0) return decoded({ ignored: ['no entities'] });
  return together(entities.map((entity, index) => decodeEntity(raw, entity, ['entities', index])));
}

function decodeRead(raw: RawMessage): Decoded {
  if (raw.context.via !== 'read') return decoded({});
  const { read } = raw.context;
  const [asked] = read.ids ?? [];
  if (asked === undefined) return rejected('unreadable-answer', 'the read named no id');
  if (read.status === 404) return decoded({ tellings: [goneOf(raw, read, asked, MAPPING)] });
  const body = parseJson(raw.body);
  return body === undefined ? rejected('not-json', 'not JSON in UTF-8') : decodeEntity(raw, body, [], asked);
}

function readRequest({ kind, entities: [entity = ''] }: ReadJob): ReadPlan {
  return { operation: `read-${kind}`, method: 'GET', path: `/${kind}/${pathSegment(entity)}`, ids: [entity], answers: [404] };
}

function grantRequest({ login, password }: Record<string, string>): HttpRequest {
  return {
    method: 'POST',
    path: '/token',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  };
}

function grantAnswer(body: unknown): TokenGrant {
  const parsed = wireToken.safeParse(body);
  if (!parsed.success) throw new PmsError('malformed-answer', { provider: 'memory', operation: 'token' });
  return { accessToken: parsed.data.token, expiresInMs: parsed.data.seconds * 1_000, usableAfterMs: 0 };
}
