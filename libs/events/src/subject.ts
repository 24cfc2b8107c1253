import { decodeToken, encodeToken } from './token.ts';
import {
  derivedKind,
  fetchLane,
  kind,
  lane,
  pipeline,
  pushLane,
  type DerivedKind,
  type FetchLane,
  type Kind,
  type Lane,
  type Pipeline,
  type PushLane,
} from './words.ts';

/**
 * Every subject of Roomwire as data (ARCHITECTURE.md §5). Each starts `pms.<tenant>.`: permissions are cut on that prefix.
 * Field values are plain text of any kind; {@link subjectOf} encodes them, {@link parseSubject} gives them back.
 */
export type Subject = { tenant: string } & (
  | { family: 'raw'; lane: Lane; provider: string; connection: string }
  | { family: 'event'; lane: Lane; pipeline: Pipeline; property: string }
  | { family: 'command'; workflow: string; property: string }
  | { family: 'deliver'; target: string }
  | { family: 'push'; lane: PushLane; provider: string; connection: string }
  | { family: 'later'; stage: string; n: string }
  /** `page`, `compare`: of a list, which `entity` names. */
  | { family: 'fetch'; lane: FetchLane; provider: string; connection: string; kind: Kind | 'page' | 'compare'; entity: string }
  | { family: 'change'; kind: Kind | DerivedKind; scope: string; entity: string }
  | {
      family: 'dead';
      stage: string;
      provider: string;
      reason: string;
      fingerprint: string;
      connection: string;
      kind: string;
      origin: string;
    }
  | { family: 'outcome'; receipt: string }
  | { family: 'notice'; type: string }
  | { family: 'audit'; topic: string }
);
export type SubjectFamily = Subject['family'];

/** The fields of a family in the order of their tokens. `scope` is the connection, or the property of a room or conflict. */
export const SUBJECT_FIELDS = {
  raw: ['lane', 'provider', 'connection'],
  event: ['lane', 'pipeline', 'property'],
  command: ['workflow', 'property'],
  deliver: ['target'],
  push: ['lane', 'provider', 'connection'],
  later: ['stage', 'n'],
  fetch: ['lane', 'provider', 'connection', 'kind', 'entity'],
  change: ['kind', 'scope', 'entity'],
  dead: ['stage', 'provider', 'reason', 'fingerprint', 'connection', 'kind', 'origin'],
  outcome: ['receipt'],
  notice: ['type'],
  audit: ['topic'],
} as const satisfies Record<SubjectFamily, readonly string[]>;

/** Fields that hold one of our own words: another word there is not a subject of ours. */
const WORDS: Partial<Record<SubjectFamily, Record<string, readonly string[]>>> = {
  raw: { lane: lane.options },
  event: { lane: lane.options, pipeline: pipeline.options },
  push: { lane: pushLane.options },
  fetch: { lane: fetchLane.options, kind: [...kind.options, 'page', 'compare'] },
  change: { kind: [...kind.options, ...derivedKind.options] },
};

const ROOT = 'pms';

export function subjectOf(subject: Subject): string {
  const fields = subject as unknown as Record<string, string>;
  const tokens = SUBJECT_FIELDS[subject.family].map((name) => encodeToken(fields[name]!));
  return [ROOT, encodeToken(subject.tenant), subject.family, ...tokens].join('.');
}

/** The inverse of {@link subjectOf}; undefined where the text is not one of our subjects. */
export function parseSubject(text: string): Subject | undefined {
  const [root, tenantToken, family, ...tokens] = text.split('.');
  if (root !== ROOT || !family || !Object.hasOwn(SUBJECT_FIELDS, family)) return undefined;
  const names = SUBJECT_FIELDS[family as SubjectFamily];
  const tenant = decodeToken(tenantToken ?? '');
  const values = tokens.map(decodeToken);
  if (tenant === undefined || values.length !== names.length || values.includes(undefined)) return undefined;
  const words = WORDS[family as SubjectFamily];
  if (words && names.some((name, i) => words[name]?.includes(values[i]!) === false)) return undefined;
  return { tenant, family, ...Object.fromEntries(names.map((name, i) => [name, values[i]])) } as unknown as Subject;
}

/** A filter for one family of a tenant (`*` for all), leading fields given: `filterOf('t1', 'raw', 'live')` = `pms.t1.raw.live.>`. */
export function filterOf(tenant: string, family: SubjectFamily, ...leading: string[]): string {
  const tokens = leading.map((value) => (value === '*' ? '*' : encodeToken(value)));
  const rest = SUBJECT_FIELDS[family].length - tokens.length;
  return [ROOT, tenant === '*' ? '*' : encodeToken(tenant), family, ...tokens, ...(rest > 0 ? ['>'] : [])].join('.');
}
