import type { Connection, Drain, Hook, Reconciling, SocketState } from '@roomwire/events';
import { comparingFindings } from './comparing.ts';
import { danger, notSeen, ok, warning, type Finding } from './finding.ts';
import { readingText } from './reading.ts';
import { age } from './table.ts';

/** What the vault says of a connection's credentials. */
type Credentials = { kind: string | null; state: string; why: string | null; tokenUntil: number | null; retryAt: number | null };

export type SeenConnection = {
  connection: Connection;
  /** Undefined: the vault did not answer; null: it holds nothing of the connection. */
  credentials: Credentials | null | undefined;
  /** `heardAt`: null, where no genuine webhook has ever come; `hook`: null, where nobody watches the registration yet. */
  webhooks: { heardAt: number | null; hook: Hook | null };
  /** Null: its provider has none, or nobody has listened yet. */
  socket: SocketState | null;
  lists: Drain[];
  /** Null: nobody compares them yet. */
  comparing: Reconciling | null;
  /** Jobs that wait until it is active. */
  parked: number;
  deadLetters: number;
};

/** Longer without a single webhook than any busy house is quiet; a house may be, so it is no danger. */
const QUIET_MS = 86_400_000;

export function connectionFindings(seen: SeenConnection, now: number): Finding[] {
  const { connection, credentials, lists, parked, deadLetters } = seen;
  return [
    statusFinding(connection),
    credentialsFinding(connection, credentials, now),
    heardFinding(seen, now),
    ...registrationFindings(seen, now),
    ...socketFindings(seen, now),
    ...lists.map((list) => listFinding(list, connection.id, now)),
    ...comparingFindings(seen.comparing, now),
    parked === 0
      ? ok('parked', 'no read waits for it')
      : warning(
          'parked',
          `${parked} ${parked === 1 ? 'read waits' : 'reads wait'} until it is active`,
          'they go on by themselves within seconds of that',
        ),
    deadLetters === 0
      ? ok('dead letters', 'none')
      : warning('dead letters', `${deadLetters} of it`, `roomwire dlq ls --tenant ${connection.tenant}`),
  ];
}

function statusFinding({ id, status, provider }: Connection): Finding {
  if (status === 'active') return ok('status', `active, ${provider}`);
  if (status === 'paused') return warning('status', 'paused: nothing is read for it', `roomwire connection resume ${id}`);
  return danger(
    'status',
    'lapsed: the provider refuses its credentials',
    `roomwire vault reauthorise ${id} --credentials <file>`,
  );
}

function credentialsFinding({ id, provider }: Connection, held: SeenConnection['credentials'], now: number): Finding {
  const todo = `roomwire vault reauthorise ${id} --credentials <file>`;
  if (held === undefined) return notSeen('credentials', 'the vault does not answer', 'is token-vault running and ready?');
  if (provider === 'internal') return ok('credentials', 'none are needed: nothing is read from it');
  if (held === null) return danger('credentials', 'the vault holds nothing of it: no lease is possible', todo);
  const why = held.why ? `: ${held.why}` : '';
  if (held.state === 'ok')
    return ok(
      'credentials',
      held.tokenUntil === null
        ? 'a lease is possible'
        : `a lease is possible, the token is good for ${age(now, held.tokenUntil)}`,
    );
  if (held.state === 'cooling-down')
    return warning(
      'credentials',
      `the provider gave no token${why}`,
      `it is asked again by itself${held.retryAt === null ? '' : ` in ${age(now, held.retryAt)}`}`,
    );
  return danger('credentials', `${held.state}${why}: no lease is possible`, todo);
}

function heardFinding({ connection: { status }, webhooks: { heardAt, hook } }: SeenConnection, now: number): Finding {
  const todo = 'is the address set at the provider, and the secret right? polls find what webhooks miss';
  if (heardAt === null) return warning('last webhook', 'none has ever come', todo);
  const seen = `${age(heardAt, now)} ago`;
  const silent = hook?.silentSince ?? null;
  if (silent !== null)
    return warning('last webhook', `${seen}; the provider has changed things that none told, for ${age(silent, now)}`, todo);
  return now - heardAt > QUIET_MS && status === 'active' ? warning('last webhook', seen, todo) : ok('last webhook', seen);
}

function registrationFindings({ webhooks: { hook } }: SeenConnection, now: number): Finding[] {
  if (!hook || (hook.goodAt === null && hook.problem === null)) return [];
  if (hook.problem !== null)
    return [warning('registration', hook.problem, 'it is looked at again by itself; else set it by hand at the provider')];
  return [ok('registration', `as it should be ${age(hook.goodAt!, now)} ago`)];
}

function socketFindings({ socket }: SeenConnection, now: number): Finding[] {
  if (!socket) return [];
  if (socket.openSince !== null) return [ok('socket', `open for ${age(socket.openSince, now)}`)];
  const since = socket.closedSince === null ? 'not open yet' : `closed for ${age(socket.closedSince, now)}`;
  const seen = socket.problem === null ? since : `${since}: ${socket.problem}`;
  return [warning('socket', seen, 'it is tried again by itself; webhooks and polls bring the same, later')];
}

function listFinding(list: Drain, id: string, now: number): Finding {
  const about = `${list.list}, ${list.lane}`;
  const seen = readingText(list, now);
  const problem = list.last?.problem ?? null;
  if (problem === null || list.round) return ok(about, seen);
  return warning(about, seen, `it is tried again by itself; roomwire dlq ls, roomwire connection backfill ${id}`);
}
