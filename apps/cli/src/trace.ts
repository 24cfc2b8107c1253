import {
  filterOf,
  HEADER,
  outcomeMessage,
  parseSubject,
  receiptId,
  subjectOf,
  type OutcomeMessage,
  type Subject,
} from '@roomwire/events';
import {
  Bus,
  handedTo,
  LATER_HEADER,
  lookThrough,
  parseDeadLetter,
  readAll,
  streamOf,
  type StoredMessage,
} from '@roomwire/jetstream';
import { z } from 'zod';
import { Failure } from './core/failure.ts';
import { table, printable } from './core/table.ts';
import { answersOf, hopsOf, isKnown, stepsOf, takerOf, type Traced } from './core/trace-story.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type Trace = { tenant?: string; json?: boolean };

/** Of each family in a work queue: one request a message. */
const LOOKED_MAX = 20_000;
/** A hint is read, and what that owes is read once more. */
const DEPTH_MAX = 3;
const EVENT_ID = /^(?:ev:)?([0-9a-f]{40})$/;

/** Where something that came in is now, hop by hop. By its receipt, or by the id of an event that was made of it. */
export async function trace({ nc }: Session, id: string, { tenant, json }: Trace, terminal: Terminal): Promise<void> {
  const event = EVENT_ID.exec(id)?.[1];
  if (!event && !receiptId.safeParse(id).success)
    throw new Failure('usage', `neither a receipt nor the id of an event: ${JSON.stringify(id)}`, [
      'a gateway answers {"receipt": "…"}; an event’s id is 40 of 0-9 and a-f',
    ]);
  const tenants = tenant === undefined ? await allTenants(nc) : [tenant];
  const bus = new Bus(nc);
  const found = await answering(async () => {
    for (const each of tenants) {
      const receipt = event ? await receiptOfEvent(bus, each, event) : id;
      const traced = receipt && (await look(bus, each, receipt));
      if (traced && isKnown(traced)) return traced;
    }
    return undefined;
  });
  if (!found)
    throw new Failure('not-found', `nothing names ${id}`, [
      'outcomes are kept for seven days, and no longer than LOG has room',
      'a gateway that answered 2xx has stored it: is this the right installation?',
    ]);
  tell(found, terminal, json);
}

function tell(found: Traced, terminal: Terminal, json: boolean | undefined): void {
  const steps = stepsOf(found);
  const answers = answersOf(found, terminal.now());
  if (json) return terminal.out(`${JSON.stringify({ ...found, steps, answers })}\n`);
  const began = steps[0]?.at ?? 0;
  const rows = table(steps, [
    { title: 'at', of: ({ at }) => new Date(at).toISOString() },
    { title: 'ms', of: ({ at }) => `+${at - began}` },
    { title: 'where', of: ({ where }) => where },
    { title: 'what', of: ({ what, depth }) => `${'  '.repeat(depth)}${what}` },
  ]);
  terminal.out(`${found.receipt} of ${found.tenant}\n\n${rows}\n\n${answers.map(printable).join('\n')}\n`);
  for (const line of found.unseen) terminal.err(`not seen: ${line}\n`);
}

async function look(bus: Bus, tenant: string, receipt: string, depth = 0): Promise<Traced> {
  const unseen: string[] = [];
  const names = (message: StoredMessage): boolean => message.header(HEADER.receipt) === receipt;
  const queued = async (family: 'raw' | 'event' | 'later' | 'fetch'): Promise<StoredMessage[]> => {
    const stream = streamOf(family === 'fetch' ? 'FETCH' : 'WORK', tenant);
    const seen = await lookThrough(bus, stream, filterOf(tenant, family), { most: LOOKED_MAX, isWanted: names });
    if (!seen.isAll) unseen.push(`${stream}: of ${family} only ${LOOKED_MAX} messages were looked at`);
    return seen.found;
  };
  // In the order of the way: what moves on while it is looked for is met further on.
  const raw = await queued('raw');
  const events = await queued('event');
  const copies = await queued('later');
  const jobs = await queued('fetch');
  const outcomes = await outcomesOf(bus, tenant, receipt);
  const letters = await lettersOf(bus, tenant, names);
  const reads = outcomes.flatMap(({ verdict, detail }) => (verdict === 'read' && detail && detail !== receipt ? [detail] : []));
  const stamps = [...raw, ...events, ...copies].map((message) => message.header(HEADER.hops));
  return {
    ...{ tenant, receipt, unseen, outcomes },
    hops: hopsOf(
      [...stamps, ...letters.map(({ headers }) => headers[HEADER.hops] ?? '')],
      outcomes.filter(({ verdict }) => verdict !== 'read'),
    ),
    raw: await places(bus, raw),
    events: await places(bus, events),
    jobs: await places(bus, jobs),
    copies: copies.map(copyOf),
    letters: letters.map(({ id, stage, reason, detail, pointer, lastAt }) => ({
      id,
      stage,
      reason,
      detail,
      pointer,
      at: Date.parse(lastAt),
    })),
    changes: await changesOf(bus, tenant, receipt, outcomes),
    reads: depth < DEPTH_MAX ? await Promise.all([...new Set(reads)].map((read) => look(bus, tenant, read, depth + 1))) : [],
  };
}

async function places(bus: Bus, messages: readonly StoredMessage[]): Promise<Traced['raw']> {
  return Promise.all(
    messages.map(async ({ subject: text, seq, time }) => {
      const subject = parseSubject(text)!;
      const taker = takerOf(subject);
      const stream = streamOf(subject.family === 'fetch' ? 'FETCH' : 'WORK', subject.tenant);
      const handed = taker === undefined ? undefined : await handedTo(bus, stream, taker);
      return { subject, seq, at: time.getTime(), isHanded: handed ? handed.seq >= seq : null };
    }),
  );
}

function copyOf(message: StoredMessage): Traced['copies'][number] {
  const subject = parseSubject(message.subject);
  return {
    ...{ seq: message.seq, at: message.time.getTime(), stage: subject?.family === 'later' ? subject.stage : '' },
    dueAt: Number(message.header(LATER_HEADER.due)),
    parkedFor: message.header(LATER_HEADER.parkedFor) || null,
    attempts: Number(message.header(LATER_HEADER.attempts)),
  };
}

async function outcomesOf(bus: Bus, tenant: string, receipt: string): Promise<Traced['outcomes']> {
  const found: Traced['outcomes'] = [];
  for await (const { data, time } of readAll(
    bus.nc,
    streamOf('LOG', tenant),
    subjectOf({ tenant, family: 'outcome', receipt }),
  )) {
    const told = outcomeMessage.safeParse(jsonIn(data));
    if (told.success) found.push({ ...told.data, at: time.getTime() });
  }
  return found;
}

async function lettersOf(bus: Bus, tenant: string, names: (message: StoredMessage) => boolean, headersOnly = true) {
  const found = [];
  for await (const message of readAll(bus.nc, streamOf('DEAD', tenant), filterOf(tenant, 'dead'), { headersOnly })) {
    const letter = names(message) && parseDeadLetter(message);
    if (letter) found.push(letter);
  }
  return found;
}

/** As much of a change as leads to the rooms that it touched. */
const heard = z.object({
  type: z.string(),
  revision: z.int(),
  receipt: z.string().optional(),
  data: z.object({ property: z.string().nullish(), units: z.array(z.string()).optional() }),
});

/** What readers were told because of it: the record, and the rooms on which it stands. */
async function changesOf(
  bus: Bus,
  tenant: string,
  receipt: string,
  outcomes: readonly OutcomeMessage[],
): Promise<Traced['changes']> {
  const records = outcomes.flatMap(({ stage, kind, entity, connection }): Subject[] =>
    stage === 'registry' && kind && entity ? [{ tenant, family: 'change', kind, scope: connection, entity }] : [],
  );
  const rooms = new Map<string, Subject>();
  const changes: Traced['changes'] = [];
  const take = async (subject: Subject): Promise<void> => {
    for await (const { data, seq, time } of readAll(bus.nc, streamOf('STATE', tenant), subjectOf(subject))) {
      const told = heard.safeParse(jsonIn(data)).data;
      if (!told) continue;
      for (const unit of told.data.units ?? [])
        rooms.set(unit, { tenant, family: 'change', kind: 'room', scope: told.data.property ?? '', entity: unit });
      if (told.receipt === receipt)
        changes.push({ seq, at: time.getTime(), type: told.type, about: aboutOf(subject), revision: told.revision });
    }
  };
  for (const subject of unique(records)) await take(subject);
  for (const subject of [...rooms.values()]) await take(subject);
  return changes;
}

const unique = (subjects: readonly Subject[]): Subject[] => [
  ...new Map(subjects.map((each) => [subjectOf(each), each])).values(),
];
const aboutOf = (subject: Subject): string => (subject.family === 'change' ? `${subject.scope}/${subject.entity}` : '');

/** An outcome of the registry carries the event's id in its own; an event that has none yet still stands in WORK, or is a dead letter. */
async function receiptOfEvent(bus: Bus, tenant: string, event: string): Promise<string | undefined> {
  for await (const message of readAll(bus.nc, streamOf('LOG', tenant), filterOf(tenant, 'outcome')))
    if (message.header('Nats-Msg-Id').startsWith(`oc:${event}:`)) return receiptIn(message.subject);
  const isIt = (message: StoredMessage): boolean => (jsonIn(message.data) as { id?: unknown } | undefined)?.id === event;
  const waiting = await lookThrough(bus, streamOf('WORK', tenant), filterOf(tenant, 'event'), {
    most: LOOKED_MAX,
    isWanted: isIt,
  });
  const [first] = waiting.found;
  if (first) return first.header(HEADER.receipt);
  return (await lettersOf(bus, tenant, isIt, false))[0]?.receipt;
}

function receiptIn(text: string): string | undefined {
  const subject = parseSubject(text);
  return subject?.family === 'outcome' ? subject.receipt : undefined;
}

function jsonIn(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}
