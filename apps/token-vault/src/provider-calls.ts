import type { Connection } from '@roomwire/events';
import { agreementUrl, pms, PmsError, type PmsAdapter } from '@roomwire/pms-port';
import type { CodeDeskParts } from './code-desk.ts';
import type { Grant, Probe } from './shell.ts';
import type { TakeTurn } from './turns.ts';

export type AdapterOf = (provider: string) => PmsAdapter | undefined;

/** One call to the provider where the connection is. */
export function grantFrom(http: typeof fetch, adapters: AdapterOf, deadlineMs: number): Grant {
  return async (at, credentials) =>
    pms(adapterFor(at, adapters)).grant(credentials, { baseUrl: at.baseUrl, deadlineMs, fetch: http });
}

/** The same, to learn whether a lease is any good. */
export function probeWith(http: typeof fetch, adapters: AdapterOf, deadlineMs: number, takeTurn: TakeTurn): Probe {
  return async (at, prove) => {
    const port = pms(adapterFor(at, adapters));
    if (!port.adapter.probe) return false;
    const turn = await takeTurn(at, 'probe');
    return turn.use(() => port.probe(prove, { baseUrl: at.baseUrl, deadlineMs, fetch: http }));
  };
}

/** The same for what a person brings back. `redirectUri`: the address that providers send people back to. */
export function codesWith(
  http: typeof fetch,
  adapters: AdapterOf,
  deadlineMs: number,
  redirectUri: string | undefined,
): CodeDeskParts {
  return {
    redirectUri,
    redeem: async (at, credentials, agreement) =>
      pms(adapterFor(at, adapters)).redeem(credentials, agreement, { baseUrl: at.baseUrl, deadlineMs, fetch: http }),
    agreementUrl: async (at, credentials, back) =>
      agreementUrl(adapterFor(at, adapters), credentials, { ...back, baseUrl: at.baseUrl }),
  };
}

function adapterFor({ provider }: Connection, adapters: AdapterOf): PmsAdapter {
  const adapter = adapters(provider);
  if (!adapter) throw new PmsError('invalid-request', { provider, operation: 'token', detail: 'no adapter' });
  return adapter;
}
