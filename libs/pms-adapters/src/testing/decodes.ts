/** npm run bench:decode: see HELP. How to read the figures: bench/README.md. */
import type { Kind, RawContext } from '@roomwire/events';
import { pms, type RawMessage } from '@roomwire/pms-port';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { adapters } from '../index.ts';

const HELP = `npm run bench:decode -- [options]

How many payloads one core decodes per second, provider by provider, beside JSON.parse of the same bytes: a webhook and the answer to
a read, as the providers' documents show them. Decoding is parsing, understanding, hashing and being held against the port's contract.

  --rounds N      of each (7); the median is told
  --ms N          of one stretch (300)
  --help
`;

type Provider = Exclude<keyof typeof adapters, 'memory'>;
type Reading = { kind: Kind; entities: string[] };
type Case = { provider: Provider; body: string; account?: string; read?: Reading };

const MEWS = '3fa85f64-5717-4562-b3fc-2c963f66afa6';
const MEWS_STAY = '0f515589-99b4-423d-b83a-b237009f0509';
const reading = (...entities: string[]): Reading => ({ kind: 'reservation', entities });
const CASES: readonly Case[] = [
  { provider: 'hostaway', body: 'webhook-reservation-updated' },
  { provider: 'hostaway', body: 'answer-reservation', read: reading('49264388') },
  { provider: 'beds24', body: 'webhook-booking' },
  { provider: 'beds24', body: 'answer-booking', read: reading('90923575') },
  { provider: 'smoobu', body: 'webhook-reservation-new' },
  { provider: 'smoobu', body: 'answer-reservation', read: reading('292') },
  { provider: 'cloudbeds', body: 'webhook-reservation-status-changed' },
  { provider: 'cloudbeds', body: 'answer-reservations', account: '12345', read: reading('31415926') },
  { provider: 'mews', body: 'webhook-general' },
  { provider: 'mews', body: 'answer-reservations', account: MEWS, read: reading(MEWS_STAY) },
  { provider: 'internal', body: 'webhook' },
];
const RECEIVED = { receipt: 'bench', receivedAt: '2030-01-01T00:00:00.000Z' };

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { rounds: text, ms: text, help: { type: 'boolean' } } });
if (values.help) process.stdout.write(HELP);
else process.stdout.write(`${reportOf(Number(values.rounds ?? 7), Number(values.ms ?? 300))}\n`);

function reportOf(rounds: number, ms: number): string {
  const line = (...cells: (string | number)[]): string =>
    cells.map((cell, at) => (at < 2 ? String(cell).padEnd(at ? 38 : 12) : String(cell).padStart(14))).join('');
  const rows = CASES.map((each) => {
    const { raw, decode, parse } = prepared(each);
    const found = Array.from({ length: rounds + 1 }, () => [perSecond(decode, ms), perSecond(parse, ms)] as const).slice(1);
    const [decodes, parses] = [medianOf(found.map(([a]) => a)), medianOf(found.map(([, b]) => b))];
    // Of each round by itself: what slows the processor falls on both.
    const ratio = medianOf(found.map(([a, b]) => a / b));
    return line(each.provider, each.body, raw.body.length, Math.round(decodes), Math.round(parses), ratio.toFixed(3));
  });
  return [line('provider', 'payload', 'bytes', 'decode/s', 'JSON.parse/s', 'ratio'), ...rows].join('\n');
}

function prepared({ provider, body, account: named, read }: Case) {
  const account = named ?? null;
  const port = pms(adapters[provider]);
  const file = join(import.meta.dirname, '..', provider, 'fixtures', `${body}.json`);
  const unsaid = { timeZone: 'Europe/Budapest', currency: 'EUR' };
  const raw: RawMessage = {
    ...{ tenant: 't1', connection: 'c1', account, unsaid, body: readFileSync(file) },
    context: contextOf(port, read, account),
  };
  const { tellings, hints } = port.decode(raw);
  // What is refused early would be a fast decode of nothing.
  if (tellings.length + hints.length === 0) throw new Error(`${provider} ${body}: nothing is made of it`);
  const decoder = new TextDecoder();
  return { raw, decode: () => port.decode(raw), parse: () => JSON.parse(decoder.decode(raw.body)) as unknown };
}

function contextOf(port: ReturnType<typeof pms>, read: Reading | undefined, account: string | null): RawContext {
  if (!read) return { via: 'push', ...RECEIVED };
  const { operation, ids } = port.readRequest(read, { account });
  const observedAt = Date.parse(RECEIVED.receivedAt) * 1_000;
  const facts = { kind: read.kind, ids, operation, status: 200, observedAt, providerDate: observedAt / 1_000 };
  return { via: 'read', ...RECEIVED, read: facts };
}

/** By the processor's own account of this thread: what else runs on the machine takes no share of it. */
function perSecond(work: () => unknown, ms: number): number {
  const begun = cpuMs();
  let count = 0;
  for (; cpuMs() - begun < ms; count += 50) for (let n = 0; n < 50; n++) work();
  return count / ((cpuMs() - begun) / 1_000);
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
