import { z } from 'zod';
import { pushed } from '../push.ts';
import { visibleStamp, type Call, type Route } from '../route.ts';
import { isRefused } from '../act-scene.ts';
import type { Message } from '../world.ts';
import { forbidden, invalid, ok } from './answer.ts';
import { idList, interval, isAmong, isWithin, limitation, utc } from './fields.ts';
import { guid, numberIn } from './ids.ts';
import { listed, operation, type Item } from './operation.ts';
import { mewsOf } from './own.ts';
import { wireMessage } from './wire-resource.ts';

const threadFilters = z
  .object({
    ...{ EnterpriseIds: idList().nullish(), MessageThreadIds: idList().nullish() },
    ...{ CreatedUtc: interval(3).nullish(), UpdatedUtc: interval(3).nullish(), Limitation: limitation },
  })
  .refine(({ MessageThreadIds, CreatedUtc, UpdatedUtc }) => MessageThreadIds ?? CreatedUtc ?? UpdatedUtc);
/** No filter by message: the id in MessageAdded cannot be looked up (M:operations/messages.md). */
const messageFilters = z.object({
  ...{ MessageThreadIds: idList(), CreatedUtc: interval(1).nullish(), Limitation: limitation },
});
const newMessages = z.object({
  Messages: z.array(z.object({ MessageThreadId: z.string(), Text: z.string().min(1), Identifier: z.string().nullish() })).min(1),
});

export const messageRoutes: readonly Route[] = [
  operation('messageThreads/getAll', threadFilters, (call, asked) => {
    const wanted = ({ Id, at, wire }: Item): boolean =>
      isAmong(Id, asked.MessageThreadIds) &&
      isWithin(at, asked.CreatedUtc) &&
      isWithin(Date.parse((wire() as { UpdatedUtc: string }).UpdatedUtc), asked.UpdatedUtc);
    return listed(call, 'MessageThreads', { all: threadsOf(call), wanted, page: asked.Limitation });
  }),

  operation('messages/getAll', messageFilters, (call, asked) => {
    const all = messagesSeen(call).map((message): Item => {
      const wire = wireMessage(call.account, message);
      return { Id: wire.Id, at: message.at, wire: () => wire };
    });
    const wanted = ({ wire, at }: Item): boolean =>
      isAmong((wire() as { MessageThreadId?: string }).MessageThreadId ?? null, asked.MessageThreadIds) &&
      isWithin(at, asked.CreatedUtc);
    return listed(call, 'Messages', { all, wanted, page: asked.Limitation });
  }),

  operation('messages/add', newMessages, (call, { Messages }) => {
    const { account } = call;
    const targets = Messages.map(({ MessageThreadId }) => reservationOf(call, MessageThreadId));
    if (targets.includes(undefined)) return invalid('MessageThreadId');
    const written = Messages.map(({ Text, Identifier = null }, index) => {
      const record = pushed(call, { act: 'reply', reservation: targets[index]!, body: Text });
      if (isRefused(record)) return record;
      const message = account.messages.find(({ id }) => id === record.id)!;
      return { Identifier, Message: wireMessage(account, message) };
    });
    const refused = written.find(isRefused);
    return refused ? forbidden(refused.refused) : ok({ Messages: written });
  }),
];

/** Visible by now; where the reading says so, only of threads in which the client has written itself. */
function messagesSeen(call: Call): Message[] {
  const { account } = call;
  const seen = account.messages.filter(({ at }) => at <= visibleStamp(call));
  if (mewsOf(account).config.readings.threads === 'all') return seen;
  const own = new Set(account.messages.filter(({ incoming }) => !incoming).map(({ conversationId }) => conversationId));
  return seen.filter(({ conversationId }) => own.has(conversationId));
}

function threadsOf(call: Call): Item[] {
  const threads = new Map<number, Message[]>();
  for (const message of messagesSeen(call))
    threads.set(message.conversationId, [...(threads.get(message.conversationId) ?? []), message]);
  return [...threads].map(([conversation, messages]) => {
    const [first, last] = [messages[0]!, messages.at(-1)!];
    const guest = call.account.reservations.get(first.reservationId)?.current?.guest;
    const Id = guid(call.account, 'thread', conversation);
    const OriginalSender = guest ? `${guest.firstName} ${guest.lastName}`.trim() : null;
    const wire = { Id, OriginalSender, Subject: 'Your stay', CreatedUtc: utc(first.at), UpdatedUtc: utc(last.at) };
    return { Id, at: first.at, wire: () => wire };
  });
}

function reservationOf({ account }: Call, thread: string): number | undefined {
  const conversation = numberIn(account, 'thread', thread);
  const known = [...account.reservations.values()].find(({ current }) => current?.conversationId === conversation);
  return known?.current?.id;
}
