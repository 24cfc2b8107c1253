import { catalogId, derivedKind, kind, pipeline, type DerivedKind, type Kind, type Pipeline } from '@roomwire/events';
import type { ChangeFacts, Place } from './facts.ts';

export type StreamKind = Kind | DerivedKind;
export const STREAM_KINDS: readonly StreamKind[] = [...derivedKind.options, ...kind.options];
const DEFAULT_KINDS: readonly StreamKind[] = ['room', 'reservation', 'conflict'];
/** Of one parameter: a query that names more is a mistake or an attack. */
const VALUES_MAX = 200;

/** What one client asked for. Several values of one field: any of them; several fields: all of them. Undefined: no limit. */
export type Filter = {
  kinds: ReadonlySet<StreamKind>;
  pipelines: ReadonlySet<Pipeline> | undefined;
  properties: ReadonlySet<string> | undefined;
  units: ReadonlySet<string> | undefined;
};

/** One wrong parameter, for the `errors` of a problem document. */
export type FieldProblem = { field: string; message: string; allowed?: readonly string[] };
export type ParsedFilter = { ok: true; filter: Filter } | { ok: false; problems: FieldProblem[] };

/** `query` as Fastify gives it: a parameter may come once or repeated, and holds comma separated values. */
export function parseFilter(query: Readonly<Record<string, unknown>>): ParsedFilter {
  const problems: FieldProblem[] = [];
  const choice = <T extends string>(field: string, allowed: readonly T[]): ReadonlySet<T> | undefined => {
    const values = valuesOf(query[field], field, problems);
    const unknown = values.filter((value) => !allowed.includes(value as T));
    if (unknown.length > 0) problems.push({ field, message: `unknown ${field} ${quoted(unknown)}`, allowed });
    return values.length > 0 ? new Set(values as T[]) : undefined;
  };
  const ids = (field: string): ReadonlySet<string> | undefined => {
    const values = valuesOf(query[field], field, problems);
    const malformed = values.filter((value) => !catalogId.safeParse(value).success);
    if (malformed.length > 0) problems.push({ field, message: `not the id of a ${field}: ${quoted(malformed)}` });
    return values.length > 0 ? new Set(values) : undefined;
  };

  const filter: Filter = {
    kinds: choice('kind', STREAM_KINDS) ?? new Set(DEFAULT_KINDS),
    pipelines: choice('pipeline', pipeline.options),
    properties: ids('property'),
    units: ids('unit'),
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, filter };
}

/** Empty where the parameter was not given; given and empty is a problem, or an empty filter would mean "everything". */
function valuesOf(given: unknown, field: string, problems: FieldProblem[]): string[] {
  if (given === undefined) return [];
  const texts = (Array.isArray(given) ? given : [given]).flatMap((text) => String(text).split(','));
  const values = texts.map((value) => value.trim()).filter((value) => value !== '');
  if (values.length === 0) problems.push({ field, message: `${field} is empty` });
  if (values.length > VALUES_MAX) problems.push({ field, message: `more than ${VALUES_MAX} values` });
  return values.slice(0, VALUES_MAX);
}

/** Hostile input is quoted short. */
function quoted(values: readonly string[]): string {
  return values
    .slice(0, 3)
    .map((value) => JSON.stringify(value.slice(0, 64)))
    .join(', ');
}

/** The part of a filter that an entity can neither enter nor leave in the sense of a board: kind, and the cause's pipeline. */
export function matchesTopic(filter: Filter, facts: ChangeFacts): boolean {
  return filter.kinds.has(facts.kind) && (filter.pipelines === undefined || filter.pipelines.has(facts.pipeline));
}

export function matchesPlace(filter: Filter, { property, units }: Place): boolean {
  const inProperty = filter.properties === undefined || (property !== null && filter.properties.has(property));
  const inUnit = filter.units === undefined || units.some((unit) => filter.units?.has(unit));
  return inProperty && inUnit;
}

export function limitsPlace(filter: Filter): boolean {
  return filter.properties !== undefined || filter.units !== undefined;
}
