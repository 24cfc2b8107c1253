import type { Proof } from './adapter.ts';

/** A WebSocket of the provider's. It is listened to for speed alone: whatever it misses, webhooks and polls bring. */
export type Socket = {
  /** `wss://…` of the provider whose API is at this address; `ws://…` where that is `http://…`. Nothing but scheme and host may differ. */
  baseUrlOf(apiUrl: string): string;
  /** Path and headers that open it; secrets in headers only. */
  open(proof: Proof): { path: string; headers: Record<string, string> };
};
