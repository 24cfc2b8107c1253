import type { NatsConnection } from '@nats-io/nats-core';
import { askOnce } from './ask-once.ts';
import type { Whose } from './vault-client.ts';
import { answers, vaultSubject, type VaultAnswer, type VaultRequest } from './wire.ts';

export type Repaired = VaultAnswer<'redeem-code'>;

/** The operator's hand on a lapse. @throws {VaultError} */
export function natsVaultRepair(nc: NatsConnection, service: string) {
  return {
    /** Takes new credentials in and tries them at once. */
    reauthorise: (request: VaultRequest<'reauthorise'>) =>
      askOnce(nc, vaultSubject('reauthorise', service), request, answers.reauthorise),
    /** Where a person has to go and agree, and for how long that is waited for. */
    beginCodeGrant: (request: VaultRequest<'begin-code-grant'>) =>
      askOnce(nc, vaultSubject('begin-code-grant', service), request, answers['begin-code-grant']),
  };
}

/** For whoever a person comes back to from a provider. @throws {VaultError} */
export function natsCodeDesk(nc: NatsConnection, service: string) {
  return (request: VaultRequest<'redeem-code'>): Promise<Repaired> =>
    askOnce(nc, vaultSubject('redeem-code', service), request, answers['redeem-code']);
}

/** What a person takes along to the provider and back: whose grant it is, and what only the vault can have thought of. */
export function grantState({ tenant, connection }: Whose, secret: string): string {
  return `${tenant}.${connection}.${secret}`;
}

/** Undefined for what {@link grantState} does not make. Only the vault knows whether it is true. */
export function whoseIsState(state: string): Whose | undefined {
  const [, tenant, connection] = /^([a-z0-9-]{1,64})\.([a-z0-9-]{1,64})\.[A-Za-z0-9_-]{43}$/.exec(state) ?? [];
  return tenant && connection ? { tenant, connection } : undefined;
}
