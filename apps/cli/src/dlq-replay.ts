import type { EntityRecord } from '@roomwire/events';
import type { NatsConnection } from '@roomwire/jetstream';
import { byOf } from './audit.ts';
import { Failure } from './core/failure.ts';
import type { Fated } from './core/fate.ts';
import { countsText, noCounts, type LetterFilter, type ReplayJob } from './core/replay-job.ts';
import { table } from './core/table.ts';
import { theLetter, tenantOf } from './dlq.ts';
import { Forecaster } from './forecaster.ts';
import { Replay } from './replay.ts';
import { ReplayEars } from './replay-ears.ts';
import { lettersOf, type Choice } from './replay-letters.ts';
import { ReplayStore } from './replay-store.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type ChooseOptions = Omit<LetterFilter, 'reason'> & {
  reasonCode?: string;
  tenant?: string;
  all?: boolean;
  json?: boolean;
};
export type ReplayOptions = ChooseOptions & {
  dryRun?: boolean;
  rate: number;
  max?: number;
  canary?: number;
  stopOnFailure?: boolean;
  resume?: string;
  reason?: string;
  by?: string;
};

const DRY_EVERY = 1_000;

/** Which letters are meant: those that are named, those that a filter finds, or `--all`. Never all by silence. */
export async function chosen(nc: NatsConnection, ids: readonly string[], options: ChooseOptions): Promise<Choice> {
  const { stage, provider, reasonCode: reason, cause, connection, kind, sinceMs, untilMs } = options;
  const filter = Object.fromEntries(
    Object.entries({ stage, provider, reason, cause, connection, kind, sinceMs, untilMs }).filter(
      ([, value]) => value !== undefined,
    ),
  ) as LetterFilter;
  const tenants = [...new Set(ids.map(tenantOf))];
  if (tenants.length > 1) throw new Failure('usage', 'letters of one tenant at a time');
  if (ids.length > 0 && (Object.keys(filter).length > 0 || options.all))
    throw new Failure('usage', 'either ids or a filter, not both');
  if (ids.length === 0 && Object.keys(filter).length === 0 && !options.all)
    throw new Failure('usage', 'which letters? name them, give a filter, or say --all', ['`roomwire dlq stats` shows causes']);
  const tenant = tenants[0] ?? options.tenant ?? (await onlyTenant(nc));
  for (const id of ids) await theLetter(nc, id);
  return { tenant, filter, upTo: Number.MAX_SAFE_INTEGER, ...(ids.length > 0 ? { ids: [...ids] } : {}) };
}

async function onlyTenant(nc: NatsConnection): Promise<string> {
  const tenants = await allTenants(nc);
  if (tenants.length === 1) return tenants[0]!;
  throw new Failure('usage', 'of which tenant? --tenant says', [tenants.join(', ')]);
}

export async function replayLetters(
  session: Session,
  ids: readonly string[],
  options: ReplayOptions,
  terminal: Terminal,
): Promise<void> {
  const { nc } = session;
  const forecaster = await Forecaster.open(nc, terminal);
  try {
    if (options.dryRun) return await foresee(nc, await chosen(nc, ids, options), options, forecaster, terminal);
    const store = await storeOf(nc, ids, options, terminal);
    await perform(nc, store, forecaster, options, terminal).finally(() => store.close());
  } finally {
    await forecaster.close();
  }
}

/** What would come of each, one after the other as they would come; nothing is sent. */
async function foresee(
  nc: NatsConnection,
  choice: Choice,
  { max = Infinity, json }: ReplayOptions,
  forecaster: Forecaster,
  terminal: Terminal,
): Promise<void> {
  const counts = noCounts();
  const rows: { id: string; fate: string; detail: string }[] = [];
  const after = new Map<string, EntityRecord>();
  await answering(async () => {
    for await (const letter of lettersOf(nc, choice)) {
      if (rows.length >= max) break;
      const { fate, detail } = await forecaster.of(letter, after);
      counts[fate]++;
      rows.push({ id: letter.id, fate, detail });
      if (rows.length % DRY_EVERY === 0) terminal.err(`${rows.length} letters looked at\n`);
    }
  });
  if (json) return terminal.out(`${JSON.stringify({ dryRun: true, counts, letters: rows })}\n`);
  if (rows.length > 0) terminal.out(`${rowsText(rows)}\n`);
  terminal.out(`would be: ${countsText(counts)}\n`);
}

async function storeOf(
  nc: NatsConnection,
  ids: readonly string[],
  options: ReplayOptions,
  terminal: Terminal,
): Promise<ReplayStore> {
  const by = byOf(options, terminal);
  if (options.resume !== undefined) return ReplayStore.resume(nc, options.tenant ?? (await onlyTenant(nc)), options.resume, by);
  const { upTo: _upTo, ...choice } = await chosen(nc, ids, options);
  const { max, canary = 0, rate, stopOnFailure = false } = options;
  const begunAt = new Date(terminal.now()).toISOString();
  const wanted = { ...choice, ...(max === undefined ? {} : { max }), canary, perSecond: rate, stopOnFailure, by, begunAt };
  return ReplayStore.begin(nc, wanted, options.reason);
}

async function perform(
  nc: NatsConnection,
  store: ReplayStore,
  forecaster: Forecaster,
  { json }: ReplayOptions,
  terminal: Terminal,
): Promise<void> {
  const { job } = store;
  const goOn = `roomwire dlq replay --tenant ${job.tenant} --resume ${job.id}`;
  terminal.err(`replay ${job.id}: ${job.perSecond} a second; if it is cut short: ${goOn}\n`);
  const ears = await ReplayEars.open(nc, job);
  const letters: { id: string; fate: string; detail: string }[] = [];
  const told = ({ id }: { id: string }, { fate, detail }: Fated): void => {
    if (json) letters.push({ id, fate, detail });
    else terminal.out(`${id}  ${fate}  ${detail}\n`);
  };
  const started = performance.now();
  const progress = (sent: number, underWay: number): void => {
    const perSecond = (sent / (performance.now() - started)) * 1_000;
    terminal.err(`${sent} sent, ${perSecond.toFixed(1)} a second, ${underWay} under way; ${countsText(job.counts)}\n`);
  };
  const replay = new Replay({ nc, store, ears, forecaster, told, progress, now: () => terminal.now() });
  const off = terminal.onStop(() => replay.stop());
  try {
    const state = await answering(() => replay.run());
    await store.end(state);
    if (json) terminal.out(`${JSON.stringify({ ...shownJob(job), letters })}\n`);
    else terminal.out(`${state}: ${countsText(job.counts)}\n`);
    requireAll(job, goOn);
  } finally {
    off();
    await ears.close();
  }
}

const shownJob = ({ id, tenant, state, counts }: ReplayJob) => ({ job: id, tenant, state, counts });

function requireAll({ state, counts }: ReplayJob, goOn: string): void {
  if (state === 'interrupted') throw new Failure('incomplete', 'stopped before the end', [`go on: ${goOn}`]);
  if (state === 'stopped')
    throw new Failure('incomplete', 'stopped, since a letter did not come to a good end', [`go on all the same: ${goOn}`]);
  if (counts['failed-again'] > 0)
    throw new Failure('incomplete', `${counts['failed-again']} failed again`, [
      '`roomwire dlq stats` shows why: fix the mapping, then replay',
    ]);
  if (counts.kept > 0) throw new Failure('incomplete', `${counts.kept} are not dealt with yet`, [`look again: ${goOn}`]);
}

const rowsText = (rows: readonly { id: string; fate: string; detail: string }[]): string =>
  table(rows, [
    { title: 'id', of: ({ id }) => id },
    { title: 'would be', of: ({ fate }) => fate },
    { title: 'since', of: ({ detail }) => detail },
  ]);
