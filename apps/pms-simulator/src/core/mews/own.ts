import { issueToken } from '../tokens.ts';
import type { Account, World } from '../world.ts';
import type { MewsConfig } from './config.ts';

export type MewsEvent = { Discriminator: string; Value: { Id: string } };
export type Restriction = Record<string, unknown> & { Id: string };

export type MewsOwn = {
  config: MewsConfig;
  /** Of each enterprise, by its number: events that wait for their batch. */
  held: Map<number, MewsEvent[]>;
  restrictions: Restriction[];
  /** Of `services/updateAvailability`, by "category/date". */
  adjustments: Map<string, number>;
};

/** An account is opened by its own provider, which alone asks. */
export const mewsOf = ({ own }: Account): MewsOwn => own as MewsOwn;

export function openMews(world: World, account: Account): MewsOwn {
  const config = account.config as MewsConfig;
  issueToken(world, account, 'access', config.accessToken);
  return {
    ...{ config, held: new Map(), restrictions: [], adjustments: new Map() },
  };
}

/** The old token stays as it is: what ends it is a fault of its own. */
export function renewMews(world: World, account: Account): void {
  const config = account.config as MewsConfig;
  mewsOf(account).config = config;
  issueToken(world, account, 'access', config.accessToken);
}
