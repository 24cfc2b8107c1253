import { calendarEntity, type EntityRecord, type FetchJob, type Kind } from '@roomwire/events';
import type { Drain } from './drain.ts';

const CALENDARS: readonly Kind[] = ['availability', 'rate'];

/** By-id reads of the calendars of each unit type that a page told, month by month over the round's nights. */
export function calendarJobs(
  { tenant, provider, connection, round }: Drain,
  reads: readonly Kind[],
  tellings: readonly EntityRecord[],
  { receipt, at }: { receipt: string; at: string },
): FetchJob[] {
  const kinds = CALENDARS.filter((kind) => reads.includes(kind));
  const types = new Set(tellings.filter(({ kind }) => kind === 'unit-type').map(({ entity }) => entity));
  const wanted = { tenant, provider, connection, lane: 'backfill', reason: 'operator', hintAt: at, receipt } as const;
  return [...types].flatMap((type) =>
    monthsOf(round!.nights).flatMap((month) => kinds.map((kind) => ({ ...wanted, kind, entity: calendarEntity(type, month) }))),
  );
}

/** `YYYY-MM` of every month that has one of the nights. */
export function monthsOf({ from, until }: { from: string; until: string }): string[] {
  const months: string[] = [];
  for (let month = from.slice(0, 7); month <= until.slice(0, 7); month = monthAfter(month)) months.push(month);
  return months;
}

function monthAfter(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}
