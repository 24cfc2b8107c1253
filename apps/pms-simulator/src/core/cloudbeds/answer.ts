import type { Answer } from '../request.ts';
import { drifted, type Call, type Route } from '../route.ts';
import { cloudbedsOf, propertyIds } from './own.ts';

export const VERSIONS = ['/api/v1.3', '/api/v1.2'];

export const ok = (data: unknown, counts: object = {}): Answer => ({ status: 200, body: { success: true, data, ...counts } });

/** 200 that means failure (ERR): `success` must be read on every answer. */
export const failure = (message: string): Answer => ({ status: 200, body: { success: false, message } });

/** Under both versions. */
export const both = (method: Route['method'], name: string, answer: (call: Call) => Answer): Route[] =>
  VERSIONS.map((version) => ({ method, path: `${version}/${name}`, answer }));

export const WRONG_PROPERTY = failure("None of the included property id's match the access_token user's property id");

/** The properties that are asked for, by any spelling; undefined where one is not this account's. */
export function properties(call: Call, said: URLSearchParams): number[] | undefined {
  const asked = ['propertyID', 'propertyIDs', 'propertyIds']
    .flatMap((name) => said.getAll(name))
    .flatMap((text) => text.split(','));
  const header = call.request.headers['x-property-id'];
  const wanted = [...asked, ...(asked.length === 0 && header ? header.split(',') : [])].map(Number);
  const known = propertyIds(call.account);
  if (wanted.length === 0) return known;
  const mine = wanted.filter((id) => known.includes(id));
  return mine.length > 0 ? mine : undefined;
}

/** {success, data, count, total}: pages are counted from one. */
export function paged<T>(
  call: Call,
  all: readonly T[],
  size: { by: number; max: number },
  wrap: (data: T[]) => unknown = (data) => data,
): Answer {
  const { query } = call.request;
  const whole = (name: string, otherwise: number): number => {
    const value = Number(query.get(name) ?? otherwise);
    return Number.isInteger(value) && value > 0 ? value : otherwise;
  };
  const pageSize = Math.min(whole('pageSize', size.by), size.max);
  const from = drifted(call, (whole('pageNumber', 1) - 1) * pageSize);
  const data = all.slice(from, from + pageSize);
  return ok(wrap(data), { count: data.length, total: all.length });
}

export const isSet = (query: URLSearchParams, name: string): boolean => ['true', '1'].includes(query.get(name) ?? '');

/** "YYYY-MM-DD HH:MM:SS" on the wall of the property (TECH). */
export const localStamp = (timeZone: string, ms: number): string =>
  Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'second' })
    .replace('T', ' ');

/** A date, or a date with a time, on the wall the reading says; NaN for what is neither. `end`: a date means all of its day. */
export function instantOf(call: Call, text: string, end = false): number {
  const { config } = cloudbedsOf(call.account);
  const zone = config.readings.modifiedZone === 'UTC' ? 'UTC' : config.timeZone;
  if (!/^\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d)?$/.test(text)) return NaN;
  const whole = text.length === 10 ? `${text}T${end ? '23:59:59' : '00:00:00'}` : text.replace(' ', 'T');
  return Temporal.PlainDateTime.from(whole).toZonedDateTime(zone).epochMilliseconds;
}
