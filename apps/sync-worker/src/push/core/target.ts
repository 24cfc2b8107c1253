import { canonicalJson, encodeToken, type PushWhat } from '@roomwire/events';
import type { PushCommand } from '@roomwire/pms-port';
import { nightsOf, spansOf, type Span } from './nights.ts';
import type { Said, Wanted } from './standing.ts';

/** What has a standing of its own at a provider. */
export type Target =
  | { kind: 'availability'; unitType: string }
  | { kind: 'rate'; unitType: string; ratePlan: string | null }
  | { kind: 'unit-status'; unit: string }
  | { kind: 'task'; task: string };
export type CalendarOrder = Extract<PushWhat, { kind: 'availability' | 'rate' }>;
export type Statement = Exclude<PushWhat, { kind: 'message' | 'hold' }>;
/** One command, and the cells that it tells of. */
export type Told = { command: PushCommand; cells: string[]; wanted: Wanted };

/** Ids of a provider are any text: each is one token. */
export function targetKey(connection: string, target: Target): string {
  const { kind, ...ids } = target;
  return ['push', connection, kind, ...Object.values(ids).map((id) => (id === null ? '' : encodeToken(id)))]
    .join('.')
    .replace(/\.$/, '');
}

/** What an order says of each target that it names. Of two spans of one order about one night the later one counts. */
export function saidOf(what: Statement): { target: Target; said: Said[] }[] {
  if (what.kind === 'unit-status')
    return [{ target: { kind: what.kind, unit: what.unit }, said: [{ cell: '', fields: { status: what.status } }] }];
  if (what.kind === 'task')
    return [{ target: { kind: what.kind, task: what.task }, said: [{ cell: '', fields: { status: what.status } }] }];
  const targets = new Map<string, { target: Target; cells: Map<string, Record<string, unknown>> }>();
  for (const { target, span, fields } of spansIn(what)) {
    const key = canonicalJson(target);
    const known = targets.get(key) ?? { target, cells: new Map() };
    targets.set(key, known);
    for (const night of nightsOf(span)) known.cells.set(night, { ...known.cells.get(night), ...fields });
  }
  return [...targets.values()].map(({ target, cells }) => ({
    target,
    said: [...cells].map(([cell, fields]) => ({ cell, fields })),
  }));
}

function spansIn(what: CalendarOrder): { target: Target; span: Span; fields: Record<string, unknown> }[] {
  if (what.kind === 'availability')
    return what.nights.map(({ unitType, from, until, available, closed }) => ({
      ...{ target: { kind: 'availability', unitType }, span: { from, until } },
      fields: set({ available, closed }),
    }));
  return what.nights.map(({ unitType, ratePlan, from, until, price, minimumStay }) => ({
    ...{ target: { kind: 'rate', unitType, ratePlan }, span: { from, until } },
    fields: set({ price, minimumStay }),
  }));
}

/** Null leaves it as it is. */
function set(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** The commands that tell what is owed, as few as can be: nights that follow each other and want the same are one. */
export function commandsOf(target: Target, owed: readonly (readonly [cell: string, wanted: Wanted])[]): Told[] {
  if (target.kind === 'unit-status' || target.kind === 'task')
    return owed.map(([cell, wanted]) => ({ command: { ...target, ...wanted } as PushCommand, cells: [cell], wanted }));
  const texts = owed.map(([cell, wanted]): [string, { wanted: Wanted; text: string }] => [
    cell,
    { wanted, text: canonicalJson(wanted) },
  ]);
  return spansOf(texts, (a, b) => a.text === b.text).map(({ value: { wanted }, ...span }) => {
    const { available = null, closed = null, price, minimumStay = null } = wanted;
    const command =
      target.kind === 'availability' ? { ...target, ...span, available, closed } : { ...target, ...span, price, minimumStay };
    return { command: command as PushCommand, cells: nightsOf(span), wanted };
  });
}
