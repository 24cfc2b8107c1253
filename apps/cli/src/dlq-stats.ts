import { Bus, countCauses, countSince, type CauseCount, type DeadQuery } from '@roomwire/jetstream';
import { conflictsOf } from './conflicts.ts';
import { agesOf, causesText, sharesOf, shownCause } from './core/cause-view.ts';
import { countRefused } from './refused-pushes.ts';
import type { Session } from './session.ts';
import { allTenants, answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type StatsOptions = DeadQuery & { tenant?: string; json?: boolean };

/** From now back: what is older than the last of them is older than that, ms. */
const AGES_MS = [3_600_000, 86_400_000, 7 * 86_400_000];

/** How many letters of what cause, tenant, stage, provider and age; and what else waits for somebody: open conflicts, refused pushes. */
export async function showStats({ nc }: Session, options: StatsOptions, terminal: Terminal): Promise<void> {
  const tenants = options.tenant === undefined ? await allTenants(nc) : [options.tenant];
  const now = terminal.now();
  const bus = new Bus(nc);
  const instants = [...AGES_MS.map((ms) => now - ms), 0];
  const of = <T>(look: (tenant: string) => Promise<T>): Promise<T[]> => Promise.all(tenants.map(look));
  const [counted, since, told, pushes] = await answering(() =>
    Promise.all([
      of((tenant) => countCauses(nc, tenant, options)),
      of((tenant) => countSince(nc, tenant, options, instants)),
      of((tenant) => conflictsOf(bus, tenant)),
      of((tenant) => countRefused(nc, tenant)),
    ]),
  );
  const causes: CauseCount[] = counted.flat().sort((a, b) => b.count - a.count);
  const conflicts = told.flat().filter(({ status }) => status === 'open').length;
  const shares = {
    tenants: sharesOf(causes, ({ tenant }) => tenant),
    stages: sharesOf(causes, ({ newest }) => newest.stage),
    providers: sharesOf(causes, ({ newest }) => newest.provider),
    ages: agesOf(since),
  };
  const letters = causes.reduce((sum, { count }) => sum + count, 0);
  const refused = pushes.reduce((sum, count) => sum + count, 0);
  const beside = { openConflicts: conflicts, refusedPushes: refused };
  if (options.json) return terminal.out(`${JSON.stringify({ letters, causes: causes.map(shownCause), ...shares, ...beside })}\n`);
  terminal.out(`${causesText(causes, shares, now)}\n`);
  const where = conflicts + refused > 0 ? ' (`roomwire review ls`)' : '';
  terminal.out(`open conflicts: ${conflicts}, refused pushes: ${refused}${where}\n`);
}
