import { derivedKind, filterOf, kind, type DerivedKind, type Kind } from '@roomwire/events';
import { Bus, streamOf } from '@roomwire/jetstream';
import { Failure } from './core/failure.ts';
import { heldText, pastOf, pastText, toldIn, type Told } from './core/held-view.ts';
import { maskSecrets } from './core/mask.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type Look = { tenant?: string; json?: boolean };
type Named = { kind: Kind | DerivedKind; scope: string; entity: string };

/** What is known of one thing, as readers were told it last. */
export async function showHeld(session: Session, name: string, options: Look, terminal: Terminal): Promise<void> {
  const told = (await toldOf(session, name, options)).at(-1)!;
  if (options.json) return terminal.out(`${JSON.stringify({ ...told, change: maskSecrets(told.change) })}\n`);
  terminal.out(`${heldText(told)}\n`);
}

/** What STATE keeps of it. */
export async function showPast(session: Session, name: string, options: Look, terminal: Terminal): Promise<void> {
  const told = await toldOf(session, name, options);
  terminal.out(options.json ? `${JSON.stringify({ history: pastOf(told) })}\n` : `${pastText(told)}\n`);
}

async function toldOf({ nc }: Session, name: string, { tenant }: Look): Promise<Told[]> {
  const named = namedBy(name);
  const tenants = await allTenants(nc);
  const bus = new Bus(nc);
  return answering(async () => {
    for (const each of tenant === undefined ? tenants : [tenant]) {
      const told = await historyOf(bus, each, named);
      if (told.length > 0) return told;
    }
    throw new Failure('not-found', `nothing is known of ${name}`, [
      'an entity goes by the provider’s id: reservation/acme-hostaway/40; a room by its unit’s: room/u-0123456789ab',
      '`roomwire unit ls` lists units',
    ]);
  });
}

/** `kind/connection/id` of a record; `room/unit` and `conflict/id` of what is derived, whose house nobody has to know. */
function namedBy(name: string): Named {
  const [first = '', second = '', ...rest] = name.split('/');
  const derived = derivedKind.safeParse(first);
  if (derived.success && second !== '' && rest.length === 0) return { kind: derived.data, scope: '*', entity: second };
  const told = kind.safeParse(first);
  if (told.success && second !== '' && rest.join('/') !== '') return { kind: told.data, scope: second, entity: rest.join('/') };
  throw new Failure('usage', `not the name of a thing: ${JSON.stringify(name)}`, [
    `expected <kind>/<connection>/<id>, kind one of ${kind.options.join(', ')}`,
    'or room/<unit>, conflict/<id>',
  ]);
}

async function historyOf(bus: Bus, tenant: string, { kind: of, scope, entity }: Named): Promise<Told[]> {
  const [stream, filter] = [streamOf('STATE', tenant), filterOf(tenant, 'change', of, scope, entity)];
  const found: Told[] = [];
  for (let seq = 1; ;) {
    const next = await bus.nextOn(stream, filter, seq);
    if (!next) return found;
    const change = toldIn(JSON.parse(new TextDecoder().decode(next.data)));
    if (change) found.push({ seq: next.seq, at: next.time.getTime(), change });
    seq = next.seq + 1;
  }
}
