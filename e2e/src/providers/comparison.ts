import { read } from '../board.ts';
import type { Ready } from '../fleet.ts';
import type { Tenant } from '../hostaway-webhook.ts';
import { connectionOf, type ProviderName } from './accounts.ts';
import type { Expected } from './expected.ts';

type Held = {
  record: { kind: string; entity: string; facets: Record<string, { content: Record<string, unknown> }> };
  gone: boolean;
  property: string | null;
};
const AT_ONCE = 8;

/** Of one provider and kind. */
export type Row = { provider: string; kind: string; entities: number; facets: number; different: string[] };

/** What Roomwire holds of one provider's account beside what it should. */
export async function compare(ready: Ready, tenant: Tenant, provider: ProviderName, expected: Expected[]): Promise<Row[]> {
  const connection = connectionOf(provider);
  const stays = await staysOf(ready, tenant, connection);
  const rows = new Map<string, Row>();
  const [onlyHouse, ...others] = expected.flatMap(({ kind, entity }) => (kind === 'property' ? [entity] : []));
  const houses = new Map<string, string | null | undefined>();
  /** What stands in another house than its own has that one's hours and zone. */
  const displacement = async (house: string, { record: { kind, entity }, property }: Held): Promise<string[]> => {
    if (!houses.has(house)) houses.set(house, (await record(ready, tenant, `property/${connection}/${house}`))?.property);
    return property === houses.get(house) ? [] : [`${kind} ${entity} stands in ${property}, should in ${houses.get(house)}`];
  };
  const singly = await recordsOf(ready, tenant, connection, expected);
  for (const wanted of expected) {
    const { kind, entity, facets } = wanted;
    const held = kind === 'reservation' ? stays.get(entity) : singly.get(wanted);
    const row = rows.get(kind) ?? { provider, kind, entities: 0, facets: 0, different: [] };
    rows.set(kind, row);
    row.entities++;
    row.facets += Object.keys(facets).length;
    row.different.push(...differencesOf(wanted, held));
    const house = (facets['core']?.['property'] ?? (kind === 'unit-status' && others.length === 0 ? onlyHouse : undefined)) as
      string | undefined;
    if (house && held) row.different.push(...(await displacement(house, held)));
    if (kind === 'reservation') stays.delete(entity);
  }
  const left = [...stays.values()].filter(({ gone }) => !gone);
  rows
    .get('reservation')
    ?.different.push(...left.map(({ record: { entity } }) => `reservation ${entity} is there, and should not be`));
  return [...rows.values()];
}

function differencesOf({ kind, entity, facets }: Expected, held: Held | undefined): string[] {
  if (!held || held.gone) return [`${kind} ${entity} is ${held ? 'gone' : 'not known'}`];
  return Object.entries(facets).flatMap(([name, wanted]) => {
    const content = held.record.facets[name]?.content;
    const looked = content && Object.fromEntries(Object.keys(wanted as object).map((key) => [key, content[key]]));
    const [is, should] = [JSON.stringify(looked), JSON.stringify(wanted)];
    return is === should ? [] : [`${kind} ${entity} ${name}: ${is}, should be ${should}`];
  });
}

async function staysOf(ready: Ready, tenant: Tenant, connection: string): Promise<Map<string, Held>> {
  const stays = new Map<string, Held>();
  for (let cursor: string | null = ''; cursor !== null;) {
    const after: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    type Page = { items: Held[]; next: string | null };
    const page: Page = await read<Page>(ready, tenant, `/v1/reservations?limit=200&connection=${connection}${after}`);
    for (const held of page.items) stays.set(held.record.entity, held);
    cursor = page.next;
  }
  return stays;
}

/** Of what no list shows. A few at a time: one after the other they would take longer than what is compared. */
async function recordsOf(ready: Ready, tenant: Tenant, connection: string, expected: readonly Expected[]) {
  const wanted = expected.filter(({ kind }) => kind !== 'reservation');
  const held = new Map<Expected, Held | undefined>();
  const next = wanted.values();
  const read = async (): Promise<void> => {
    for (const one of next)
      held.set(one, await record(ready, tenant, `${one.kind}/${connection}/${encodeURIComponent(one.entity)}`));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, read));
  return held;
}

async function record(ready: Ready, tenant: Tenant, path: string): Promise<Held | undefined> {
  return read<Held>(ready, tenant, `/v1/records/${path}`).catch(() => undefined);
}

/** Provider × kind, with how many facets were compared and how many differ. */
export function tableOf(rows: readonly Row[]): string {
  const line = (...cells: (string | number)[]): string => cells.map((cell, at) => String(cell).padEnd(at < 2 ? 12 : 10)).join('');
  return [
    line('provider', 'kind', 'entities', 'facets', 'different'),
    ...rows.map(({ provider, kind, entities, facets, different }) => line(provider, kind, entities, facets, different.length)),
  ].join('\n');
}
