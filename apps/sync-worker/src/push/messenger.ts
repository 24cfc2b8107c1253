import { HEADER, type PushOrder } from '@roomwire/events';
import { BusError, done, reject, type Bus, type Delivery, type Verdict } from '@roomwire/jetstream';
import { PmsError, type PmsErrorCode, type PushPlan } from '@roomwire/pms-port';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Figures } from '../figures.ts';
import { idOf, verdictOf, type Party } from '../party.ts';
import { refused } from '../plan.ts';
import type { Reader, ReadOutcome } from '../reader.ts';

const STREAM = 'KV_sync';
/** `sending`: perhaps sent, by whoever had that delivery in hand. */
const entry = z.strictObject({ state: z.enum(['sending', 'unsent', 'sent']), by: z.string() });
type Entry = z.infer<typeof entry>;
/** Failures after which the provider may have taken it all the same; all others come before it is sent, or are its refusal. */
const PERHAPS: ReadonlySet<string> = new Set<PmsErrorCode>(['timeout', 'network', 'provider-error', 'malformed-answer']);
const BREAKER = 'breaker-open-';
const PERHAPS_SENT = reject(
  'perhaps-sent',
  'nobody knows whether the provider took it: look at the conversation, then replay or drop it',
);

export type MessengerParts = {
  bus: Pick<Bus, 'publish' | 'lastOnLeader'>;
  reader: Pick<Reader, 'read'>;
  figures: Pick<Figures, 'told'>;
};

/**
 * A message to a guest, who would read it twice if it were sent twice. So it is noted before it is sent, and who finds the note of
 * somebody who did not come to an end does not send: only a person can say whether it went, and replays it if not.
 */
export class Messenger {
  constructor(private readonly parts: MessengerParts) {}

  async send(delivery: Delivery, order: PushOrder, party: Party): Promise<Verdict> {
    const note = await Note.of(this.parts.bus, order, idOf(delivery));
    if (note.state === 'sent') return done;
    if (note.state === 'sending' && !(await isReleased(delivery, note))) return PERHAPS_SENT;
    let plan: PushPlan;
    try {
      plan = messagePlan(order, party);
    } catch (error) {
      if (!(error instanceof PmsError)) throw error;
      return refused(error);
    }
    const { tenant, provider, connection, lane, order: name } = order;
    let isBegun = false;
    const outcome = await this.parts.reader.read(
      {
        ...{ id: idOf(delivery), tenant, provider, connection, kind: 'push-message', entity: name },
        lane: lane === 'critical' ? 'push' : 'poll',
      },
      ...([party.connection, party.provider, plan] as const),
      async () => (isBegun = await note.write('sending')),
    );
    // Nobody was called: there is nothing to doubt.
    if (!isBegun && outcome.kind === 'decision') return verdictOf(outcome.decision, party.connection);
    const fate = fateOf(plan, outcome, party);
    if (fate.state !== 'sending') await note.write(fate.state);
    this.parts.figures.told(provider, 'message', fate.told, 1);
    return fate.verdict;
  }
}

/** A person says that it did not go. Noted at once: a copy that has waited for a permit does not show any more who sent it. */
async function isReleased(delivery: Delivery, note: Note): Promise<boolean> {
  return !note.isOwn && delivery.header(HEADER.replay) !== '' && note.write('unsent');
}

function messagePlan({ what }: PushOrder, { provider, connection }: Party): PushPlan {
  if (what.kind !== 'message') throw new TypeError('not a message');
  return provider.pushRequests([what], connection)[0]!;
}

type Fate = { state: Entry['state']; told: 'accepted' | 'refused' | 'unknown'; verdict: Verdict };
const UNKNOWN: Fate = { state: 'sending', told: 'unknown', verdict: PERHAPS_SENT };

function fateOf(plan: PushPlan, outcome: ReadOutcome, { connection, provider }: Party): Fate {
  if (outcome.kind === 'decision') {
    const { decision } = outcome;
    if (PERHAPS.has(decision.reason) || decision.reason.startsWith(BREAKER)) return UNKNOWN;
    return { state: 'unsent', told: 'refused', verdict: verdictOf(decision, connection) };
  }
  const { status, bytes } = outcome.answer;
  if (status >= 300) return { state: 'unsent', told: 'refused', verdict: reject('not-found', `status ${status}`) };
  const said = provider.pushed(plan, bytes)[0]!;
  if (said.kind === 'unknown') return UNKNOWN;
  if (said.kind === 'refused') return { state: 'unsent', told: 'refused', verdict: reject(said.code, said.detail) };
  return { state: 'sent', told: 'accepted', verdict: done };
}

/** What is known of one message: bucket `sync`, written by compare-and-set alone. */
class Note {
  private constructor(
    private readonly bus: MessengerParts['bus'],
    private readonly key: string,
    private readonly by: string,
    private value: Entry | undefined,
    private seq: number,
  ) {}

  static async of(bus: MessengerParts['bus'], { connection, order }: PushOrder, by: string): Promise<Note> {
    const key = `$KV.sync.push.${connection}.message.${order}`;
    const message = await bus.lastOnLeader(STREAM, key);
    const isThere = message !== undefined && message.data.length > 0;
    const value = isThere ? entry.parse(JSON.parse(new TextDecoder().decode(message.data))) : undefined;
    return new Note(bus, key, by, value, message?.seq ?? 0);
  }

  get state(): Entry['state'] | undefined {
    return this.value?.state;
  }

  /** Of the delivery in hand. */
  get isOwn(): boolean {
    return this.value?.by === this.by;
  }

  /** False: somebody else has it in hand. */
  async write(state: Entry['state']): Promise<boolean> {
    const value: Entry = { state, by: this.by };
    try {
      const { seq } = await this.bus.publish(this.key, value, { id: `${this.key}:${randomUUID()}`, expectLast: this.seq });
      Object.assign(this, { value, seq });
      return true;
    } catch (error) {
      if (error instanceof BusError && error.code === 'conflict') return false;
      throw error;
    }
  }
}
