import { filterOf, parseSubject, subjectOf, type EntityRecord, type Kind, type RecordChange } from '@roomwire/events';
import { streamOf, type Bus } from '@roomwire/jetstream';

type Of = { tenant: string; connection: string; kind: Kind };

/** An entity as it is announced: our own words, which were checked against their schema when they were made. */
export async function announced(
  bus: Pick<Bus, 'lastOnLeader'>,
  { tenant, connection, kind, entity }: Of & { entity: string },
): Promise<EntityRecord | undefined> {
  const subject = subjectOf({ tenant, family: 'change', kind, scope: connection, entity });
  const message = await bus.lastOnLeader(streamOf('STATE', tenant), subject);
  return message && (JSON.parse(new TextDecoder().decode(message.data)) as RecordChange).data.record;
}

/** Names of all entities of a kind that the connection has told of and nobody has forgotten, gone ones too. */
export async function announcedNames(bus: Pick<Bus, 'subjectsOn'>, { tenant, connection, kind }: Of): Promise<string[]> {
  const subjects = await bus.subjectsOn(streamOf('STATE', tenant), filterOf(tenant, 'change', kind, connection));
  return subjects.flatMap((text) => {
    const subject = parseSubject(text);
    return subject?.family === 'change' ? subject.entity : [];
  });
}
