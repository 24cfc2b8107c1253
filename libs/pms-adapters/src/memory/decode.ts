import type { ReadContext } from '@roomwire/events';
import { decoded, goneOf, parseJson, rejected, rejectOf, together, type Decoded, type RawMessage } from '@roomwire/pms-port';
import { decodeEntity, MAPPING } from './mapping.ts';
import { wireEntities, wirePush } from './wire.ts';

export function decode(raw: RawMessage): Decoded {
  if (raw.context.via === 'read') return decodeAnswer(raw, raw.context.read);
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  const push = wirePush.safeParse(body);
  if (!push.success) return decoded({ rejects: [rejectOf(push.error, body)] });
  const { account, entities } = push.data;
  if (account && raw.account !== null && account !== raw.account)
    return rejected('wrong-account', 'names another account', '/account');
  return decodeEntities(raw, entities);
}

function decodeAnswer(raw: RawMessage, read: ReadContext): Decoded {
  const [asked] = read.ids ?? [];
  if (read.status === 404 && asked !== undefined) return decoded({ tellings: [goneOf(raw, read, asked, MAPPING)] });
  const body = parseJson(raw.body);
  if (body === undefined) return rejected('not-json', 'not JSON in UTF-8');
  if (read.operation === `read-${read.kind}` && asked !== undefined) return decodeEntity(raw, body, [], [asked]);
  const answer = wireEntities.safeParse(body);
  if (!answer.success) return decoded({ rejects: [{ ...rejectOf(answer.error, body), reason: 'unreadable-answer' }] });
  return read.ids ? decodeSeveral(raw, read, answer.data.entities, read.ids) : decodeEntities(raw, answer.data.entities);
}

function decodeEntities(raw: RawMessage, entities: readonly unknown[], asked?: readonly string[]): Decoded {
  if (entities.length === 0) return decoded({ ignored: ['no entities'] });
  return together(entities.map((entity, index) => decodeEntity(raw, entity, ['entities', index], asked)));
}

/** What the answer leaves out is gone, but only where everything in it is understood: it may be what could not be read. */
function decodeSeveral(raw: RawMessage, read: ReadContext, entities: readonly unknown[], asked: readonly string[]): Decoded {
  const answer = decodeEntities(raw, entities, asked);
  if (answer.rejects.length > 0) return answer;
  const told = new Set(answer.tellings.map(({ entity }) => entity));
  const gone = asked.filter((id) => !told.has(id)).map((id) => goneOf(raw, read, id, MAPPING));
  return { ...answer, tellings: [...answer.tellings, ...gone] };
}
