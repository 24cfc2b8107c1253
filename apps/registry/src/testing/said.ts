import { eventOf, type AnsweredHint, type EventMessage, type Kind, type RawContext, type ReadContext } from '@roomwire/events';
import { goneOf, tellingOf, toldAt, toldByRead, type RawMessage } from '@roomwire/pms-port';

/** What a provider says of one entity at once, before anybody has understood it: some facets, and how they were learnt. */
export type Said = {
  /** `page`: one row of a poll or of a backfill, which names no ids. */
  via: 'push' | 'read' | 'page';
  kind: Kind;
  entity: string;
  /** By facet. Empty, of a read: there is no such entity. */
  contents: Record<string, unknown>;
  /** Microseconds of the provider's clock; of no meaning for calendars, whose clock is the read. */
  modifiedAt: number;
  /** Microseconds at which the read was granted; 0 for pushes. */
  observedAt: number;
  /** The provider's own `Date`, ms. */
  providerDate: number | null;
  mapping: number;
  epoch: number;
  /** The read answers a hint, which had this time (µs) or none. */
  hint?: { modifiedAt?: number };
};

/** Calendars have no modification time anywhere. */
export const OBSERVED: ReadonlySet<Kind> = new Set(['availability', 'rate']);

export const CONNECTION = 'c1';

/** The event that the registry gets of it: by the port's own hands, so that what adapters may not say is not said. */
export function eventFor(said: Said): EventMessage {
  const { kind, entity, contents, modifiedAt, mapping, epoch } = said;
  const receivedAt = new Date().toISOString();
  const receipt = 'receipt-of-a-history';
  const read = said.via === 'push' ? undefined : readOf(said);
  const context: RawContext = read ? { via: 'read', receipt, receivedAt, read } : { via: 'push', receipt, receivedAt };
  const raw: RawMessage = { tenant: 't1', connection: CONNECTION, account: null, body: new Uint8Array(), context };
  const told =
    read && OBSERVED.has(kind)
      ? toldByRead(read, mapping)
      : toldAt(context, modifiedAt, { clock: 'provider', resolutionMs: 1_000 }, mapping);
  const isGone = Object.keys(contents).length === 0;
  const record = isGone ? goneOf(raw, read!, entity, mapping) : tellingOf(raw, kind, entity, contents, told)!;
  // As the normalizer does with what an adapter tells of a connection whose epoch was raised.
  for (const state of Object.values(record.facets)) state.version.epoch = epoch;
  const lane = said.via === 'page' ? 'bulk' : 'live';
  return eventOf(record, { tenant: 't1', provider: 'hostaway', lane, receipt, receivedAt });
}

export function hintOf({ hint, kind, entity }: Said): AnsweredHint | undefined {
  return hint && { kind, entity, ...hint };
}

function readOf({ via, kind, entity, contents, observedAt, providerDate }: Said): ReadContext {
  const status = Object.keys(contents).length > 0 ? 200 : 404;
  const asked = via === 'read' ? { ids: [entity] } : {};
  return { kind, operation: via, status, observedAt, providerDate, ...asked };
}
