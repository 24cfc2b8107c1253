import { webhookUrl, type Connection, type Drain, type Hook, type SocketState } from '@roomwire/events';
import type { PmsAdapter } from '@roomwire/pms-port';

/** A webhook may be on its way for so long, and clocks may differ so much, ms. */
const GRACE_MS = 120_000;

/**
 * When the provider last changed a stay, which every provider's webhooks tell of, as far as polls of the connection have found: epoch
 * ms by its own clock. Undefined: none has found any.
 */
export function changedAt({ listings }: PmsAdapter, drainOf: (list: string) => Drain | undefined): number | undefined {
  const ofStays = (listings?.lists ?? []).filter(({ kinds }) => kinds.includes('reservation'));
  const stamps = ofStays.flatMap(({ name }) => drainOf(name)?.last?.mark.newest ?? []).filter((micros) => micros > 0);
  return stamps.length > 0 ? Math.max(...stamps) / 1_000 : undefined;
}

/**
 * How far a change that a poll has found goes beyond the last webhook, ms: one should have come by now, and none has since, so that
 * all may be lost. 0: nothing says so.
 */
export function driftOf({ changed, heardAt, now }: { changed: number | undefined; heardAt: number; now: number }): number {
  if (changed === undefined || changed + GRACE_MS >= now) return 0;
  return Math.max(0, changed - heardAt - GRACE_MS);
}

/**
 * Whether something may have happened that nobody told, as far as is known: its webhooks do not come, or its socket is not open, or has
 * been opened since a poll looked last (`polledAt`). A socket that was never open is missed by nobody.
 */
export function mayMiss(hook: Hook | undefined, socket: SocketState | undefined, polledAt: number): boolean {
  if ((hook?.silentSince ?? null) !== null) return true;
  if (!socket) return false;
  return socket.openSince === null ? socket.closedSince !== null : polledAt <= socket.openSince;
}

/** The address of a connection's webhooks, and how to know it again. `bases`: the gateway's public address, then those it has had. */
export function addressesOf(
  bases: readonly string[],
  connection: Pick<Connection, 'provider' | 'id'>,
): { url: string; isOurs: (url: string) => boolean } {
  const urls = bases.map((base) => webhookUrl(base, connection));
  return { url: urls[0]!, isOurs: (other) => urls.some((url) => other === url || other.startsWith(`${url}?`)) };
}
