import {
  decoded,
  parseJson,
  rejected,
  rejectOf,
  together,
  type Admission,
  type Decoded,
  type PmsAdapter,
  type RawMessage,
  type WebhookRequest,
  type WebhookSecret,
} from '@roomwire/pms-port';
import { CLOCKS, errorCode, factOf, MAPPING } from './mapping.ts';
import { signatureProblem } from './signature.ts';
import { wireWebhook } from './wire.ts';

/** Our own webhook: housekeeping apps, locks and people tell what no PMS does. Schema and signature are in README.md. */
export const internal: PmsAdapter = {
  provider: 'internal',
  mapping: MAPPING,
  capabilities: {
    webhooks: true,
    webhookAuth: 'hmac',
    pushes: ['unit-status', 'task', 'ticket'],
    reads: [],
    token: 'none',
  },
  clocks: CLOCKS,
  limits: [],
  baseUrl: '',
  admit,
  decode,
  errorCode,
};

function admit(request: WebhookRequest, secrets: readonly WebhookSecret[], now: number): Admission {
  const problem = signatureProblem(request, secrets, now);
  if (problem) return { kind: 'forged', reason: problem };
  const { body } = request;
  return parseJson(body) === undefined ? { kind: 'malformed', reason: 'not JSON' } : { kind: 'genuine', body };
}

function decode(raw: RawMessage): Decoded {
  if (raw.context.via === 'read') return rejected('unreadable-answer', 'nothing is read here');
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const webhook = wireWebhook.safeParse(body);
  if (!webhook.success) return decoded({ rejects: [rejectOf(webhook.error, body)] });
  const { facts } = webhook.data;
  return facts.length === 0
    ? decoded({ ignored: ['no facts'] })
    : together(facts.map((fact, index) => factOf(raw, fact, ['facts', index])));
}
