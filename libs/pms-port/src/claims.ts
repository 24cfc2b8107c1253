import type { PmsAdapter } from './adapter.ts';

/** What an adapter may leave out, by the names that the conformance kit skips it under. docs/providers.md is made of it. */
export const CLAIMS = {
  webhooks: ({ capabilities }) => capabilities.webhooks,
  reads: ({ capabilities }) => capabilities.reads.length > 0,
  listings: ({ listings }) => listings !== undefined,
  push: ({ push }) => push !== undefined,
  'webhook registration': ({ webhooks }) => webhooks !== undefined,
  usage: (adapter) => adapter.readUsage !== undefined,
  token: ({ capabilities }) => capabilities.token !== 'none',
  probe: ({ probe }) => probe !== undefined,
} as const satisfies Record<string, (adapter: PmsAdapter) => boolean>;
export type Claim = keyof typeof CLAIMS;

/** The parts of the conformance kit that every adapter is held to. */
export const ALWAYS = ['capabilities', 'decode', 'clocks', 'errors'] as const;
