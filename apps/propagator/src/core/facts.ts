import {
  catalogId,
  derivedKind,
  kind,
  lane,
  parseSubject,
  pipeline,
  type DerivedKind,
  type Kind,
  type Lane,
  type Pipeline,
} from '@roomwire/events';
import { z } from 'zod';

export type Place = { property: string | null; units: readonly string[] };

/** What the fan-out must know of an announced message; the rest of it stays bytes. */
export type ChangeFacts = {
  kind: Kind | DerivedKind;
  pipeline: Pipeline;
  lane: Lane;
  revision: number;
  /** `roomwire.<kind>.confirmed`: the version advanced, the content did not. */
  confirmed: boolean;
  place: Place;
  /** Where a record stood before it moved. */
  previous?: Place;
  /** Epoch milliseconds. */
  receivedAt: number;
};

const placeOfRecord = z.object({ property: catalogId.nullable(), units: z.array(catalogId) });
/** Only what is read here: the registry has validated the whole before it announced it. */
const envelope = z.object({
  tenant: z.string(),
  type: z.string(),
  pipeline,
  lane,
  revision: z.int().min(1),
  receivedat: z.string(),
  data: z.object({
    property: catalogId.nullish(),
    // A conflict about a type of several doors is in no unit, and says so.
    unit: catalogId.nullish(),
    units: z.array(catalogId).optional(),
    previous: placeOfRecord.optional(),
  }),
});
const announcedKind = z.union([kind, derivedKind]);

export type ReadFacts = { ok: true; facts: ChangeFacts } | { ok: false; problem: string };

/** Subject and body must agree: a message under another tenant's name is never shown to anybody. */
export function readFacts(tenant: string, subject: string, json: Uint8Array): ReadFacts {
  const address = parseSubject(subject);
  if (address?.family !== 'change' || address.tenant !== tenant)
    return { ok: false, problem: 'subject is not an announcement of this tenant' };
  const parsed = envelope.safeParse(parseJson(json));
  if (!parsed.success) return { ok: false, problem: `body: ${parsed.error.issues.map(({ path }) => path.join('.')).join(', ')}` };

  const { type, revision, data, ...body } = parsed.data;
  const named = announcedKind.safeParse(address.kind);
  const [prefix, bodyKind, verb] = type.split('.');
  if (body.tenant !== tenant || !named.success || prefix !== 'roomwire' || bodyKind !== named.data)
    return { ok: false, problem: 'subject and body disagree' };

  const place = { property: data.property ?? null, units: data.units ?? (data.unit ? [data.unit] : []) };
  const facts: ChangeFacts = {
    kind: named.data,
    pipeline: body.pipeline,
    lane: body.lane,
    revision,
    confirmed: verb === 'confirmed',
    place,
    ...(data.previous ? { previous: data.previous } : {}),
    receivedAt: Date.parse(body.receivedat),
  };
  return { ok: true, facts };
}

const utf8 = new TextDecoder();

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}
