import type { AccountContext, RequestPlan } from './adapter.ts';

/** Registration of our webhooks by API. Webhooks are disabled and forgotten by providers: it is looked at again and again. */
export type WebhookRegistry = {
  /** Reads what is registered. Several requests where the provider keeps it in several places; each answer goes to `listed`. */
  listRequests(account: AccountContext): RequestPlan[];
  /** What one 2xx answer says is registered. Must throw PmsError('malformed-answer') when it cannot tell. */
  listed(plan: RequestPlan, body: unknown): Registration[];
  /**
   * What has to be sent so that each event that we want reaches `wanted` and nothing of ours goes elsewhere; empty when all is well.
   * Must leave alone what is not ours: `isOurs` knows our addresses, past ones too.
   */
  ensureRequests(registered: readonly Registration[], wanted: WantedWebhook, account: AccountContext): RequestPlan[];
};

export type Registration = {
  /** The provider's own id of it. */
  id: string;
  url: string;
  /** The provider's word for what it tells; null where one registration tells all. */
  event: string | null;
  enabled: boolean;
};

export type WantedWebhook = {
  /** Where it goes, with the secret in its query where that is how the provider proves itself. */
  url: string;
  /** What the provider is to prove itself with, where it can; the adapter knows in which way. */
  secret: { login: string; password: string } | { key: string } | null;
  isOurs: (url: string) => boolean;
};
