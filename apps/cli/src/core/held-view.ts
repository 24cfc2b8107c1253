import { change, type Change, type EntityRecord } from '@roomwire/events';
import { maskSecrets } from './mask.ts';
import { table } from './table.ts';

/** A message of STATE: what readers were told. */
export type Told = { seq: number; at: number; change: Change };

export function toldIn(body: unknown): Change | undefined {
  // Fields that may be left out are typed as that in our types, and as perhaps undefined in zod's.
  return change.safeParse(body).data as Change | undefined;
}

const recordOf = ({ data }: Change): EntityRecord | undefined => ('record' in data ? data.record : undefined);

/** The thing as it was told last: of a record each facet with its version, which says why it won. */
export function heldText({ seq, at, change: told }: Told): string {
  const head = `${told.type}, revision ${told.revision}, message ${seq} of STATE, told ${new Date(at).toISOString()}`;
  const record = recordOf(told);
  if (!record) return `${head}\n\n${pretty(told.data)}`;
  const facets = Object.entries(record.facets).map(([name, state]) => ({ name, ...state }));
  const rows = table(facets, [
    { title: 'facet', of: ({ name }) => name },
    { title: 'epoch', of: ({ version }) => version.epoch },
    { title: 'modified at', of: ({ version }) => instant(version.modifiedAt) },
    { title: 'from', of: ({ version }) => (version.rank === 1 ? 'read' : 'push') },
    { title: 'observed at', of: ({ version }) => instant(version.observedAt) },
    { title: 'mapping', of: ({ version }) => version.mapping },
    { title: 'settled', of: ({ settled }) => (settled ? 'yes' : '') },
    { title: 'content', of: ({ content }) => JSON.stringify(maskSecrets(content)) },
  ]);
  const { data } = told;
  const place =
    'units' in data ? `stands at ${data.property ?? 'no house that is known'}, ${data.units.join(', ') || 'no unit'}` : '';
  const doubt = 'ambiguous' in data && data.ambiguous ? 'ambiguous: a read is owed\n' : '';
  return `${head}\n${place}\n${doubt}\n${rows}`;
}

export type Past = { seq: number; at: string; type: string; revision: number; receipt: string; changed: string[] };

/** What STATE keeps of a thing, oldest first, and what each telling changed. */
export function pastOf(told: readonly Told[]): Past[] {
  return told.map(({ seq, at, change: now }, index) => ({
    ...{ seq, at: new Date(at).toISOString(), type: now.type, revision: now.revision, receipt: now.receipt ?? '' },
    changed: changedIn(now, told[index - 1]?.change),
  }));
}

export function pastText(told: readonly Told[]): string {
  return table(pastOf(told), [
    { title: 'revision', of: ({ revision }) => revision },
    { title: 'at', of: ({ at }) => at },
    { title: 'what', of: ({ type }) => type },
    { title: 'changed', of: ({ changed }) => changed.join(', ') },
    { title: 'receipt', of: ({ receipt }) => receipt },
    { title: 'message', of: ({ seq }) => seq },
  ]);
}

/** Names of facets, or of a room's fields. A confirmation changes versions alone, and nothing here. */
function changedIn(now: Change, before: Change | undefined): string[] {
  const [after, past] = [facesOf(now), before && facesOf(before)];
  return Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(past?.[name]));
}

function facesOf(told: Change): Record<string, unknown> {
  const record = recordOf(told);
  if (!record) return { ...told.data };
  return Object.fromEntries(Object.entries(record.facets).map(([name, { content }]) => [name, content]));
}

/** Microseconds; 0 is none. */
const instant = (micros: number): string => (micros === 0 ? '' : new Date(Math.floor(micros / 1000)).toISOString());
const pretty = (value: unknown): string => JSON.stringify(maskSecrets(value), null, 2);
