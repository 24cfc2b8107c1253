import { table } from './table.ts';

/** One decision, wherever it was written down. `trail`: LOG of the tenant, or whose chain in the installation's trail. */
export type Entry = {
  at: string;
  trail: 'log' | 'vault' | 'operator';
  tenant: string;
  by: string;
  action: string;
  about: string;
  reason: string;
  details: Record<string, unknown>;
};

/** An entry of LOG: what who decides writes down differs with what it is. */
export function decisionOf(tenant: string, topic: string, body: unknown, stored: Date): Entry {
  const said = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const { at, by, action, reason, ...details } = said;
  return {
    ...{ at: text(at) || stored.toISOString(), trail: 'log', tenant, by: text(by), details },
    ...{ action: [topic, text(action)].filter(Boolean).join(' '), reason: text(reason) },
    about: text(details['connection']) || aboutOf(details),
  };
}

/** An entry of the trail: of the vault's processes, or of an operator's command. */
type Said = {
  at: string;
  operation: string;
  caller: string;
  verdict: string;
  tenant?: string | undefined;
  connection?: string | undefined;
  code?: string | undefined;
  key?: string | undefined;
  by?: string | undefined;
  reason?: string | undefined;
  details?: Record<string, unknown> | undefined;
};

export function entryOf({ at, operation, caller, verdict, tenant, connection, code, key, by, reason }: Said): Entry {
  return {
    ...{ at, trail: 'vault', tenant: tenant ?? '', by: by ?? caller, about: connection ?? key ?? '' },
    ...{ action: `vault ${operation}, ${verdict}`, reason: reason ?? '', details: code === undefined ? {} : { code } },
  };
}

/** What an operator's command wrote down before it did it. */
export function commandOf({ at, operation, caller, tenant, connection, by, reason, details = {} }: Said): Entry {
  return {
    ...{ at, trail: 'operator', tenant: tenant ?? '', by: by ?? caller, action: operation, reason: reason ?? '', details },
    about: connection ?? aboutOf(details),
  };
}

export function decisionsText(entries: readonly Entry[]): string {
  return table(entries, [
    { title: 'at', of: ({ at }) => at },
    { title: 'tenant', of: ({ tenant }) => tenant },
    { title: 'by', of: ({ by }) => by },
    { title: 'what', of: ({ action }) => action },
    { title: 'about', of: ({ about }) => about },
    { title: 'why', of: ({ reason, details }) => reason || text(details['code']) },
  ]);
}

const aboutOf = (details: Record<string, unknown>): string =>
  text(details['conflict']) || text(details['unit']) || text(details['letter']);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
