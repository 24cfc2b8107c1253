import { readFacts } from '../core/facts.ts';
import { StateTable, type Announced, type Entry } from '../core/table.ts';
import { bytesOf, type Announcement } from './announcements.ts';

export const EPOCH = 'a1'.repeat(8);

export function announced(announcement: Announcement, seq: number, isFirst = false): Announced {
  const json = bytesOf(announcement);
  const read = readFacts(announcement.change.tenant, announcement.subject, json);
  if (!read.ok) throw new Error(read.problem);
  return { subject: announcement.subject, seq, facts: read.facts, json, isFirst };
}

/** A table that has seen these, in order, from sequence 1. */
export function tableOf(...announcements: Announcement[]): StateTable {
  const table = new StateTable(EPOCH);
  announcements.forEach((announcement, index) => table.accept(announced(announcement, index + 1)));
  return table;
}

/** The entry that a table makes of one more message. */
export function told(table: StateTable, announcement: Announcement): Entry {
  const accepted = table.accept(announced(announcement, table.lastSeq + 1));
  if (accepted.kind !== 'announce') throw new Error(`the table says ${accepted.kind}`);
  return accepted.entry;
}

export type ParsedFrame = { event: string; id: string | undefined; data: unknown };

export function parseFrame(buffers: readonly Uint8Array[]): ParsedFrame {
  const lines = Buffer.concat(buffers).toString().trimEnd().split('\n');
  const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  return { event: field('event') ?? 'message', id: field('id'), data: JSON.parse(field('data') ?? 'null') };
}
