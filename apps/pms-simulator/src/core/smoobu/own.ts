import { issueToken } from '../tokens.ts';
import type { Account, World } from '../world.ts';
import type { SmoobuConfig } from './config.ts';

export type SmoobuOwn = {
  config: SmoobuConfig;
  /** When each nonce was seen. */
  nonces: Map<string, number>;
};

/** An account is opened by its own provider, which alone asks. */
export const smoobuOf = ({ own }: Account): SmoobuOwn => own as SmoobuOwn;

export function openSmoobu(world: World, account: Account): SmoobuOwn {
  const config = account.config as SmoobuConfig;
  giveKeys(world, account, config);
  return { config, nonces: new Map() };
}

export function renewSmoobu(world: World, account: Account): void {
  const config = account.config as SmoobuConfig;
  smoobuOf(account).config = config;
  giveKeys(world, account, config);
}

function giveKeys(world: World, account: Account, { apiKey, legacyKey }: SmoobuConfig): void {
  issueToken(world, account, 'access', apiKey);
  if (legacyKey) issueToken(world, account, 'access', legacyKey);
}
