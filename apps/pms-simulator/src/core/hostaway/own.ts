import { newId, type Account } from '../world.ts';
import type { HostawayConfig } from './config.ts';

export type UnifiedWebhook = {
  id: number;
  enabled: boolean;
  url: string;
  login: string | null;
  password: string | null;
  alertingEmailAddress: string | null;
  /** Since when nothing has arrived any more. */
  failingSince: number | null;
};

export type HostawayOwn = { config: HostawayConfig; webhooks: UnifiedWebhook[] };

/** An account is opened by its own provider, which alone asks. */
export const hostawayOf = ({ own }: Account): HostawayOwn => own as HostawayOwn;

export function openHostaway(account: Account): HostawayOwn {
  const config = account.config as HostawayConfig;
  if (!config.webhook) return { config, webhooks: [] };
  const id = newId(account, 'webhook');
  return { config, webhooks: [{ id, enabled: true, ...config.webhook, alertingEmailAddress: null, failingSince: null }] };
}
