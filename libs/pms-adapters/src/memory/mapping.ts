import { facetSchema, type Kind } from '@roomwire/events';
import {
  anotherEntity,
  decoded,
  instantMicros,
  rejectOf,
  tellingOf,
  toldOf,
  type Clock,
  type Contents,
  type Decoded,
  type RawMessage,
  type Reject,
  type Told,
} from '@roomwire/pms-port';
import type { z } from 'zod';
import { wireEntity, type WireEntity } from './wire.ts';

export const MAPPING = 1;

const SECOND: Clock = { clock: 'provider', resolutionMs: 1_000 };
export const CLOCKS: Record<Kind, Clock> = {
  property: SECOND,
  'unit-type': SECOND,
  unit: SECOND,
  reservation: SECOND,
  message: SECOND,
  'unit-status': SECOND,
  task: SECOND,
  ticket: SECOND,
  availability: { clock: 'observed' },
  rate: { clock: 'observed' },
};

/** One entity at `path` of the body; `asked` are the ids that a read was for, where it named any. */
export function decodeEntity(raw: RawMessage, value: unknown, path: readonly PropertyKey[], asked?: readonly string[]): Decoded {
  const parsed = wireEntity.safeParse(value);
  if (!parsed.success) return decoded({ rejects: [rejectOf(parsed.error, value, path)] });
  const entity = parsed.data;
  const { context } = raw;
  const isOther = context.via === 'read' && asked && !(asked.includes(entity.id) && entity.kind === context.read.kind);
  if (isOther) return anotherEntity([...path, 'id']);
  const contents: Contents = {};
  const problems: Reject[] = [];
  for (const [name, content] of Object.entries(entity.facets)) {
    const schema = name === 'existence' ? undefined : facetSchema(entity.kind, name);
    if (!schema) continue; // a field that we do not know
    const carried = knownPart(schema, content);
    if (carried.success) contents[name] = carried.data;
    else problems.push(rejectOf(carried.error, content, [...path, 'facets', name]));
  }
  if (problems.length > 0) return decoded({ rejects: problems });
  const told = stampOf(raw, entity);
  if (!told) return decoded({ hints: [{ kind: entity.kind, entity: entity.id, reason: 'hint' }] });
  const telling = tellingOf(raw, entity.kind, entity.id, contents, told);
  return telling ? decoded({ tellings: [telling] }) : decoded({ ignored: ['an entity without facets'] });
}

/** Facets are strict and wires are not: the content without the keys that ours does not have. */
function knownPart(schema: z.ZodType, content: unknown): z.ZodSafeParseResult<unknown> {
  const known = structuredClone(content);
  for (const issue of schema.safeParse(content).error?.issues ?? []) {
    if (issue.code !== 'unrecognized_keys') continue;
    const at = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)[key], known);
    for (const key of issue.keys) delete (at as Record<string, unknown>)[key];
  }
  return schema.safeParse(known);
}

function stampOf(raw: RawMessage, entity: WireEntity): Told | undefined {
  const clock = CLOCKS[entity.kind];
  const stamp = clock.clock === 'provider' && entity.modifiedAt ? instantMicros(entity.modifiedAt) : undefined;
  const modifiedAt = stamp === undefined ? undefined : Math.floor(stamp / 1_000_000) * 1_000_000;
  return toldOf(raw.context, modifiedAt, clock, MAPPING);
}
