import { z } from 'zod';

/** What the vault is asked, on `vault.<operation>.<caller>`: permissions let a service publish with its own name only. */
export const OPERATIONS = ['lease', 'report', 'webhook-secrets', 'put-credentials', 'put-webhook-secret'] as const;
/** What mends a lapse (vault-repair.ts), on subjects of the same form. Never asked twice: each may do something. */
export const REPAIRS = ['reauthorise', 'begin-code-grant', 'redeem-code'] as const;
export type RepairOperation = (typeof REPAIRS)[number];
export type VaultOperation = (typeof OPERATIONS)[number] | RepairOperation;

export function vaultSubject(operation: VaultOperation | KeyOperation | 'status', caller: string): string {
  return `vault.${operation}.${caller}`;
}

/** What the operator may ask about the vault's keys (vault-keys.ts), on subjects of the same form. */
export const KEY_OPERATIONS = ['keys', 'rotate-keys'] as const;
export type KeyOperation = (typeof KEY_OPERATIONS)[number];

/** Longest text in a request; secrets of PMSs are far shorter. */
const text = z.string().min(1).max(4096);

/** Like pms-port's `WebhookSecret`. */
export const webhookSecret = z.union([z.strictObject({ login: text, password: text }), z.strictObject({ key: text })]);
export type WebhookSecret = z.infer<typeof webhookSecret>;

const whose = { tenant: z.string().min(1).max(64), connection: z.string().min(1).max(64) };

/** Like pms-port's `ToSign`. */
export const toSign = z.strictObject({
  method: z.string().regex(/^[A-Z]{1,10}$/),
  path: text.startsWith('/'),
  bodySha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ToSign = z.infer<typeof toSign>;

const provider = z.string().min(1).max(32);
const credentials = z
  .record(z.string().min(1).max(64), text)
  .refine((fields) => Object.keys(fields).length <= 16, 'too many fields');
/** Who decided, and why: for the trail. */
const decided = { by: z.string().min(1).max(256), reason: z.string().min(1).max(256).optional() };

export const requests = {
  /** `after`: the newest lease that who asks has reported, 0 for none: any later one will do. Without it only the newest does. */
  lease: z.strictObject({ ...whose, toSign: toSign.optional(), after: z.int().min(0).optional() }),
  report: z.strictObject({ ...whose, lease: z.int().min(1), code: z.string().min(1).max(64) }),
  'webhook-secrets': z.strictObject(whose),
  'put-credentials': z.strictObject({ ...whose, provider, credentials }),
  'put-webhook-secret': z.strictObject({ ...whose, secret: webhookSecret }),
  reauthorise: z.strictObject({ ...whose, ...decided, provider, credentials }),
  /** `credentials`: the application's own, where they are others than those that are held. */
  'begin-code-grant': z.strictObject({ ...whose, ...decided, provider, credentials: credentials.optional() }),
  /** What a provider sent a browser back with: a code, or `refused`, which is an error of its own and nothing that is read here. */
  'redeem-code': z.strictObject({ ...whose, state: text, code: text.optional(), refused: z.boolean() }),
} as const satisfies Record<VaultOperation, z.ZodType>;
export type VaultRequest<O extends VaultOperation> = z.infer<(typeof requests)[O]>;

/** Spans instead of instants: the clocks of the two sides need not agree. Strict: a lease brings nothing that it is not for. */
const leased = { validForMs: z.number().min(0), lease: z.int().min(1) };
const lease = z.discriminatedUnion('kind', [
  z.strictObject({ ...leased, kind: z.literal('token'), accessToken: z.string().min(1) }),
  z.strictObject({ ...leased, kind: z.literal('signature'), headers: z.record(z.string(), z.string()) }),
  z.strictObject({ ...leased, kind: z.literal('fields'), fields: z.record(z.string(), z.string()) }),
]);

/** What became of a lease that was reported. */
export const REPORT_OUTCOMES = {
  renewed: 'another lease is to be had',
  accepted: 'the provider has accepted this lease elsewhere: what it refuses is the one operation',
  lapsed: 'the provider refuses the credentials',
  unknown: 'nobody can say yet',
} as const;
export type ReportOutcome = keyof typeof REPORT_OUTCOMES;

/** What came of a repair. */
export const REPAIR_OUTCOMES = {
  granted: 'the provider has given a token: it works',
  accepted: 'the provider accepts them: they work',
  stored: 'stored; the provider has not said yet what it thinks of them: the next call tells',
  unchanged: 'these are the credentials that the vault has, and they are in order',
  refused: 'the provider refuses them',
  unknown: 'the provider did not answer as it should: the vault tries again by itself',
  'unknown-state': 'nobody was sent to the provider with that state, or it was used already',
  'expired-state': 'more than ten minutes have passed since the person was sent to the provider',
  'not-agreed': 'the provider says that it was not agreed to',
} as const;
export type RepairOutcome = keyof typeof REPAIR_OUTCOMES;
/** `code`: the provider's answer as a PmsErrorCode, where there was one that was no token. */
const outcome = z.strictObject({
  outcome: z.enum(Object.keys(REPAIR_OUTCOMES) as [RepairOutcome, ...RepairOutcome[]]),
  code: z.string().nullable(),
  lease: z.int().min(0),
});

export const answers = {
  lease,
  /** A vault of the release before says nothing. */
  report: z.object({
    outcome: z.enum(Object.keys(REPORT_OUTCOMES) as [ReportOutcome, ...ReportOutcome[]]).default('unknown'),
  }),
  'webhook-secrets': z.object({ secrets: z.array(webhookSecret), validForMs: z.number().min(0) }),
  'put-credentials': z.object({}),
  'put-webhook-secret': z.object({}),
  reauthorise: outcome,
  'begin-code-grant': z.strictObject({ url: z.url(), validForMs: z.number().min(0) }),
  'redeem-code': outcome,
} as const satisfies Record<VaultOperation, z.ZodType>;
export type VaultAnswer<O extends VaultOperation> = z.infer<(typeof answers)[O]>;

/** The closed set of refusals, with their meaning. */
export const VAULT_ERROR_CODES = {
  unavailable: 'the vault, or what it needs, did not answer: ask again',
  'unknown-connection': 'no such connection',
  'not-allowed': 'this caller may not ask that, of that tenant, or in that form',
  'no-secret': 'nothing is stored for the connection',
  lapsed: 'the provider refuses the credentials: a person must act',
  'provider-refused': 'the provider gave no token: ask again later',
} as const;
export type VaultErrorCode = keyof typeof VAULT_ERROR_CODES;

/** Detail is a fixed text of the vault's own, never a provider's. `retryAfterMs`: asking earlier changes nothing. */
export const refusal = z.object({
  code: z.enum(Object.keys(VAULT_ERROR_CODES) as [VaultErrorCode, ...VaultErrorCode[]]),
  detail: z.string().optional(),
  retryAfterMs: z.number().min(0).optional(),
});
export type Refusal = z.infer<typeof refusal>;

/** Refusals are data: Nest would turn an exception into a text. */
export type Reply<O extends VaultOperation> = { value: VaultAnswer<O> } | { error: Refusal };
