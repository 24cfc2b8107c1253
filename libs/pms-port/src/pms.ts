import { CURSOR_BYTES_MAX, utf8Bytes, type Kind } from '@roomwire/events';
import {
  READ_LAG_MS,
  type AccountContext,
  type Admission,
  type Credentials,
  type Decoded,
  type PmsAdapter,
  type Proof,
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
import { grant, redeem, type Agreement } from './grants.ts';
import { judge } from './judge.ts';
import type { Listing, PageEnd, PageJob, PagePlan } from './pages.ts';
import type { PushCommand, PushOutcome, PushPlan } from './push.ts';
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

  /** Most entities of a kind that one read asks for. */
  readsAtOnce(kind: Kind): number {
    return this.adapter.capabilities.readsAtOnce?.[kind] ?? 1;
  }

  /** The request of a by-id read. Throws PmsError('invalid-request') where nothing can read that. */
  readRequest(job: ReadJob, account: AccountContext): ReadPlan {
    const { adapter } = this;
    const operation = `read-${job.kind}`;
    if (!adapter.capabilities.reads.includes(job.kind)) throw this.refused(operation, 'nothing reads that kind');
    const most = this.readsAtOnce(job.kind);
    if (job.entities.length < 1 || job.entities.length > most)
      throw this.refused(operation, `one read asks for 1 to ${most} of them, not ${job.entities.length}`);
    const plan = this.planned(operation, () => adapter.readRequest!(job, account));
    return job.cursor === undefined ? plan : { ...plan, cursor: job.cursor };
  }

  /** See {@link PmsAdapter.readOn}. What cannot be understood is not read on: `decode` says why. */
  readOn(job: ReadJob, bytes: Uint8Array): string | undefined {
    const { adapter } = this;
    if (!adapter.readOn || job.entities.length !== 1) return undefined;
    try {
      const cursor = adapter.readOn(job, parseJson(bytes));
      const isUsable = cursor !== undefined && cursor !== '' && cursor !== job.cursor && utf8Bytes(cursor) <= CURSOR_BYTES_MAX;
      return isUsable ? cursor : undefined;
    } catch {
      return undefined;
    }
  }

  listing(name: string): Listing | undefined {
    return this.adapter.listings?.lists.find((each) => each.name === name);
  }

  /** The request of one page. Throws PmsError('invalid-request') where nothing lists that. */
  pageRequest(job: PageJob, account: AccountContext): PagePlan {
    const operation = `page-${job.list}`;
    const listing = this.listing(job.list);
    if (!this.adapter.listings || !listing) throw this.refused(operation, 'no such listing');
    if (job.since !== null && !listing.changedSince) throw this.refused(operation, 'it cannot be asked for changes alone');
    const { listings } = this.adapter;
    return this.planned(operation, () => listings.pageRequest(job, account));
  }

  /** What comes after a page. Throws PmsError('malformed-answer') where the answer does not say. */
  pageEnd(job: PageJob, bytes: Uint8Array): PageEnd {
    const { listings, provider } = this.adapter;
    const unreadable = (detail: string) => new PmsError('malformed-answer', { provider, operation: `page-${job.list}`, detail });
    let end: PageEnd;
    try {
      end = listings!.pageEnd(job, parseJson(bytes));
    } catch (error) {
      throw error instanceof PmsError ? error : unreadable(whereThrown(error));
    }
    if (end.next !== null && end.next === job.cursor) throw unreadable('the next page is this one again');
    if (end.next !== null && (end.next === '' || utf8Bytes(end.next) > CURSOR_BYTES_MAX)) throw unreadable('no usable cursor');
    return end;
  }

  /** The requests that carry the commands, all of one kind. Throws PmsError('invalid-request') where the provider takes none such. */
  pushRequests(commands: readonly PushCommand[], account: AccountContext): PushPlan[] {
    const operation = `push-${commands[0]?.kind ?? 'nothing'}`;
    const { push } = this.adapter;
    if (!push || !commands.every(({ kind }) => kind === commands[0]!.kind && push.kinds.includes(kind)))
      throw this.refused(operation, 'commands of one kind that this provider takes');
    const plans = this.tried(operation, () => push.pushRequests(commands, account));
    for (const plan of plans) this.planned(operation, () => plan);
    const carried = plans.flatMap(({ carries }) => [...carries]).sort((a, b) => a - b);
    if (carried.length !== commands.length || carried.some((position, index) => position !== index))
      throw this.refused(operation, 'each command is carried once, and by one request');
    return plans;
  }

  /** What became of each command that the plan carries: never success by silence. Does not throw. */
  pushed(plan: PushPlan, bytes: Uint8Array): PushOutcome[] {
    const unknown = plan.carries.map((): PushOutcome => ({ kind: 'unknown' }));
    try {
      const outcomes = this.adapter.push!.pushed(plan, parseJson(bytes));
      return unknown.map((silence, index) => outcomes[index] ?? silence);
    } catch {
      return unknown;
    }
  }

  private planned<P extends { path: string }>(operation: string, make: () => P): P {
    const plan = this.tried(operation, make);
    if (!join('http://base/', plan.path)) throw this.refused(operation, 'the plan is not relative to the provider');
    return plan;
  }

  private tried<T>(operation: string, make: () => T): T {
    try {
      return make();
    } catch (error) {
      throw error instanceof PmsError ? error : this.refused(operation, whereThrown(error));
    }
  }

  private refused(operation: string, detail: string): PmsError {
    return new PmsError('invalid-request', { provider: this.provider, operation, detail });
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

  /** What a socket brought, as it may be stored. */
  heard(bytes: Uint8Array): Uint8Array {
    return this.withheld(bytes);
  }

  /** A webhook and a read go the same way, through the same streams. */
  private withheld(bytes: Uint8Array): Uint8Array {
    return withhold(bytes, this.adapter.secretFields ?? []);
  }

  /** Asks for an access token: one call. `credentials` must hold the adapter's `credentialFields`; no error shows them. */
  grant(credentials: Record<string, string>, options: Omit<CallOptions, 'proof'>): Promise<TokenGrant> {
    return grant(this.adapter, credentials, this.askingFor(options));
  }

  /** What a person's agreement is worth: one call. See {@link redeem}. */
  redeem(credentials: Credentials, agreement: Agreement, options: Omit<CallOptions, 'proof'>): Promise<TokenGrant> {
    return redeem(this.adapter, credentials, agreement, this.askingFor(options));
  }

  /**
   * Asks whether what requests are proven with is any good: one call, whose answer says nothing else. `prove` is told what is to be
   * signed, where requests are. False: this provider cannot be asked. Throws the PmsError that says why it was not accepted.
   */
  async probe(prove: (toSign: ToSign | undefined) => Proof, options: Omit<CallOptions, 'proof'>): Promise<boolean> {
    if (!this.adapter.probe) return false;
    const request = { operation: 'probe', ...this.adapter.probe };
    await this.call(request, { ...options, proof: prove(this.toSign(request, options.baseUrl)) });
    return true;
  }

  private askingFor(options: Omit<CallOptions, 'proof'>): (request: CallRequest, secrets: string[]) => Promise<Answer> {
    return (request, secrets) => this.call(request, { ...options, secrets: [...secrets, ...(options.secrets ?? [])] });
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
