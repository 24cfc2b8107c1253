import {
  READ_LAG_MS,
  type AccountContext,
  type Admission,
  type Decoded,
  type PmsAdapter,
  type RawMessage,
  type ReadJob,
  type ReadPlan,
  type TokenGrant,
  type ToSign,
  type WebhookRequest,
  type WebhookSecret,
} from './adapter.ts';
import { parseJson } from './bytes.ts';
import { call, join, toSign, type Answer, type CallOptions, type CallRequest } from './call.ts';
import { PmsError } from './error.ts';
import { judge } from './judge.ts';
import { withhold } from './withhold.ts';

/** What callers hold: an adapter, and everything around it that is the same for every provider. Stateless; share it freely. */
export class Pms {
  constructor(readonly adapter: PmsAdapter) {}

  get provider(): PmsAdapter['provider'] {
    return this.adapter.provider;
  }

  get readLagMs(): number {
    return this.adapter.readLagMs ?? READ_LAG_MS;
  }

  /** See {@link PmsAdapter.admit}. Without a secret nobody can prove anything. */
  admit(request: WebhookRequest, secrets: readonly WebhookSecret[], now: number): Admission {
    const { webhooks, webhookAuth } = this.adapter.capabilities;
    if (!webhooks) return { kind: 'forged', reason: 'this provider sends no webhooks' };
    if (secrets.length === 0 && webhookAuth !== 'none') return { kind: 'forged', reason: 'no secret is set' };
    const admission = this.adapter.admit(request, secrets, now);
    return admission.kind === 'genuine' ? { ...admission, body: this.withheld(admission.body) } : admission;
  }

  /** Never throws, and never answers with nothing: what cannot be used is a reject, a hint or ignored with a reason. */
  decode(raw: RawMessage): Decoded {
    let decoded: Decoded;
    try {
      decoded = this.adapter.decode(raw);
    } catch (error) {
      return {
        tellings: [],
        hints: [],
        rejects: [{ reason: 'adapter-threw', pointer: '', detail: whereThrown(error) }],
        ignored: [],
      };
    }
    return judge(this.adapter, raw, decoded);
  }

  /** The request of a by-id read. Throws PmsError('invalid-request') where nothing can read that. */
  readRequest(job: ReadJob, account: AccountContext): ReadPlan {
    const refused = (detail: string) =>
      new PmsError('invalid-request', { provider: this.provider, operation: `read-${job.kind}`, detail });
    if (!this.adapter.readRequest || !this.adapter.capabilities.reads.includes(job.kind))
      throw refused('nothing reads that kind');
    let plan: ReadPlan;
    try {
      plan = this.adapter.readRequest(job, account);
    } catch (error) {
      throw error instanceof PmsError ? error : refused(whereThrown(error));
    }
    if (!join('http://base/', plan.path)) throw refused('the plan is not relative to the provider');
    return plan;
  }

  /** What the vault is asked to sign of a request; undefined where this provider's requests are not signed. */
  toSign(request: CallRequest, baseUrl: string | null): ToSign | undefined {
    const isSigned = this.adapter.token?.kind === 'request-signing';
    return isSigned ? toSign(request, baseUrl ?? this.adapter.baseUrl) : undefined;
  }

  /** See {@link call}. */
  async call(request: CallRequest, options: CallOptions): Promise<Answer> {
    const answer = await call(this.adapter, request, options);
    return { ...answer, bytes: this.withheld(answer.bytes) };
  }

  /** A webhook and a read go the same way, through the same streams. */
  private withheld(bytes: Uint8Array): Uint8Array {
    return withhold(bytes, this.adapter.secretFields ?? []);
  }

  /** Asks for an access token: one call. `credentials` must hold the adapter's `credentialFields`; no error shows them. */
  async grant(credentials: Record<string, string>, options: Omit<CallOptions, 'proof'>): Promise<TokenGrant> {
    const operation = 'token';
    const fail = (code: 'invalid-request' | 'malformed-answer', detail: string) =>
      new PmsError(code, { provider: this.provider, operation, detail });
    const { token } = this.adapter;
    if (!token || !('grantRequest' in token)) throw fail('invalid-request', 'this provider has no access tokens');
    const missing = token.credentialFields.filter((field) => !credentials[field]);
    if (missing.length > 0) throw fail('invalid-request', `credentials lack ${missing.join(', ')}`);
    const secrets = [...Object.values(credentials), ...(options.secrets ?? [])];
    const answer = await this.call({ operation, ...token.grantRequest(credentials) }, { ...options, secrets });
    const grant = token.grantAnswer(parseJson(answer.bytes));
    if (!grant.accessToken || !(grant.expiresInMs > 0)) throw fail('malformed-answer', 'no usable token in the answer');
    const next = Object.entries(grant.next ?? {});
    const mayChange = token.kind === 'rotating-refresh-token' ? token.credentialFields : [];
    if (next.some(([field, value]) => !mayChange.includes(field) || !value))
      throw fail('malformed-answer', 'the answer changes what it may not');
    return grant;
  }
}

export function pms(adapter: PmsAdapter): Pms {
  return new Pms(adapter);
}

/** Name and function of an error. Its message is left out: JSON.parse and others quote the body in theirs. */
function whereThrown(error: unknown): string {
  if (!(error instanceof Error)) return 'threw no error';
  const at = /\n\s*at (?:async )?([\w.$<> ]+) \(/.exec(error.stack ?? '')?.[1];
  return at ? `${error.name} in ${at}` : error.name;
}
