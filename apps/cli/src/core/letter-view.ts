import { HEADER, parseHops } from '@roomwire/events';
import { maskSecrets } from './mask.ts';
import type { LetterFilter } from './replay-job.ts';
import { age, printable, table } from './table.ts';

/** A dead letter as libs/jetstream reads it. */
export type Letter = {
  id: string;
  tenant: string;
  stage: string;
  provider: string;
  connection: string;
  kind: string;
  reason: string;
  detail: string;
  pointer: string;
  path: string;
  errorClass: string;
  attempts: number;
  firstAt: string;
  lastAt: string;
  fingerprint: string;
  origin: { stream: string; seq: number; subject: string };
  receipt: string;
  traceparent: string;
  headers: Readonly<Record<string, string>>;
  data: Uint8Array;
};
/** What the broker cannot tell by a letter's subject: connection and kind of an earlier release's, and its time. */
export function matches(letter: Letter, { connection, kind, sinceMs, untilMs }: LetterFilter): boolean {
  const atMs = Date.parse(letter.lastAt);
  return (
    (connection === undefined || letter.connection === connection) &&
    (kind === undefined || letter.kind === kind) &&
    (sinceMs === undefined || atMs >= sinceMs) &&
    (untilMs === undefined || atMs < untilMs)
  );
}

/** All of a letter but the message itself. */
export function summaryOf(letter: Letter): Omit<Letter, 'data' | 'headers'> {
  const { data: _data, headers: _headers, ...summary } = letter;
  return summary;
}

/** Orders that no provider has taken: whose, and why. */
export function refusedText(letters: readonly Letter[], nowMs: number): string {
  return table(letters, [
    { title: 'push', of: ({ id }) => id },
    { title: 'provider', of: ({ provider }) => provider },
    { title: 'connection', of: ({ connection }) => connection },
    { title: 'reason', of: ({ reason }) => reason },
    { title: 'why', of: ({ detail }) => detail },
    { title: 'age', of: ({ lastAt }) => age(Date.parse(lastAt), nowMs) },
  ]);
}

export function lettersText(letters: readonly Letter[], nowMs: number): string {
  return table(letters, [
    { title: 'id', of: ({ id }) => id },
    { title: 'stage', of: ({ stage }) => stage },
    { title: 'provider', of: ({ provider }) => provider },
    { title: 'reason', of: ({ reason }) => reason },
    { title: 'pointer', of: ({ pointer }) => pointer },
    { title: 'attempts', of: ({ attempts }) => attempts },
    { title: 'age', of: ({ lastAt }) => age(Date.parse(lastAt), nowMs) },
    { title: 'cause', of: ({ fingerprint }) => fingerprint },
    { title: 'receipt', of: ({ receipt }) => receipt },
  ]);
}

export type ShownLetter = Omit<Letter, 'data' | 'headers'> & {
  headers: unknown;
  bytes: number;
  /** Secrets masked by the names they stand under. Null where the bytes are not JSON: then no name says what is secret. */
  payload: unknown;
};

export function shownLetter(letter: Letter): ShownLetter {
  return {
    ...summaryOf(letter),
    headers: maskSecrets(letter.headers),
    bytes: letter.data.length,
    payload: maskSecrets(jsonOf(letter.data)),
  };
}

export function letterText(letter: Letter): string {
  const { headers, payload, ...shown } = shownLetter(letter);
  const fields: [string, string][] = [
    ['id', shown.id],
    ['tenant', shown.tenant],
    ['stage', shown.stage],
    ['provider', shown.provider],
    ['connection', shown.connection],
    ['kind', shown.kind],
    ['reason', shown.reason],
    ['detail', shown.detail],
    ['pointer', shown.pointer],
    ['attempts', String(shown.attempts)],
    ['first', shown.firstAt],
    ['last', shown.lastAt],
    ['receipt', shown.receipt],
    ['trace', shown.traceparent.split('-')[1] ?? ''],
    ['cause', [shown.fingerprint, shown.errorClass, shown.path].filter(Boolean).join(' ')],
    ['origin', `${shown.origin.stream} ${shown.origin.seq} ${shown.origin.subject}`],
  ];
  return [
    aligned(fields),
    '',
    'hops',
    aligned(hopsOf(letter), '  '),
    '',
    'headers',
    aligned(Object.entries(headers as Record<string, string>), '  '),
    '',
    `payload (${shown.bytes} bytes)`,
    payload === null ? `  not JSON: roomwire dlq show ${shown.id} --raw prints the bytes` : prettyJson(payload),
  ].join('\n');
}

/** Its way until it died: name, instant, and how long after the hop before. */
function hopsOf({ headers, lastAt }: Letter): [string, string][] {
  const hops = Object.entries(parseHops(headers[HEADER.hops]));
  const stamps = [...hops, ['dead', Date.parse(lastAt)] as const].sort(([, a], [, b]) => a - b);
  return stamps.map(([name, ms], index) => [name, `${instantText(ms)}  +${ms - (stamps[index - 1]?.[1] ?? ms)} ms`]);
}

const instantText = (ms: number): string =>
  Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : String(ms);

export function aligned(fields: readonly [string, string][], indent = ''): string {
  const shown = fields.filter(([, value]) => value !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${indent}${name.padEnd(width)}  ${printable(value)}`).join('\n');
}

/** JSON escapes C0 control characters by itself; the others could still reach the terminal. */
function prettyJson(value: unknown): string {
  return JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => `  ${printable(line)}`)
    .join('\n');
}

function jsonOf(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch {
    return null;
  }
}
