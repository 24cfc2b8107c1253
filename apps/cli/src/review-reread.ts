import { setTimeout as sleep } from 'node:timers/promises';
import { sideName, type Review } from '@roomwire/events';
import { Bus } from '@roomwire/jetstream';
import { decide, decided, lastTold, reviewed, theConflict, type Decision } from './conflicts.ts';
import type { Shown } from './core/conflict-view.ts';
import { printable } from './core/table.ts';
import { Failure } from './core/failure.ts';
import type { Session } from './session.ts';
import { answering } from './tenants.ts';
import type { Terminal } from './terminal.ts';

export type Reread = Decision & { wait?: boolean };

/** The registry takes a wish up within seconds, and opens what no provider answers for after a minute. */
const TAKEN_UP_MS = 10_000;
const WAIT_MS = 60_000;
const LOOK_EVERY_MS = 250;
const TELL_EVERY_MS = 5_000;

/**
 * Has the registry read the sides again, which alone may ask for that: the wish is a review, and what comes of it is told in STATE. A
 * decision is not asked over: whoever doubts it takes it back first.
 */
export async function rereadConflict({ nc }: Session, name: string, options: Reread, terminal: Terminal): Promise<void> {
  const bus = new Bus(nc);
  const conflict = await theConflict(bus, name);
  if (conflict.status === 'resolved') throw new Failure('refused', `${name} is over: there is nothing to read`);
  const held = await decided(nc, conflict);
  if (held) throw new Failure('refused', `${name} is ${held.choice}`, ['`roomwire review reopen` takes that back']);
  const wish: Review = { ...reviewed(conflict, options, terminal), choice: 'reread' };
  await decide(nc, conflict, 'reread', wish);

  const begun = await told(bus, conflict, TAKEN_UP_MS, (now) => now.reread?.asked === wish.at || now.status === 'resolved');
  if (!begun)
    throw new Failure('unavailable', `the registry has not taken it up within ${TAKEN_UP_MS / 1000} s`, [
      'it will once it runs: `roomwire review show` tells what came of it',
    ]);
  const reads = (begun.reread?.sides ?? []).map(sideName);
  const say = (text: string): void => (options.json ? undefined : terminal.out(`${printable(text)}\n`));
  say(reads.length > 0 ? `asked for reads of ${reads.join(', ')}` : 'none of its sides can be read: nothing was asked for');
  const end = options.wait ? await outcome(bus, begun, name, terminal) : begun;
  if (options.wait) say(`${name}: ${end.status}`);
  if (options.json)
    terminal.out(`${JSON.stringify({ tenant: end.tenant, conflict: end.id, at: wish.at, reads, status: end.status })}\n`);
}

async function outcome(bus: Bus, begun: Shown, name: string, terminal: Terminal): Promise<Shown> {
  const tell = (ms: number) => terminal.err(`${name}: checking, ${Math.round(ms / 1000)} s\n`);
  const end = await told(bus, begun, WAIT_MS, ({ status }) => status !== 'checking', tell);
  if (end) return end;
  throw new Failure('unavailable', `${name}: no answer within ${WAIT_MS / 1000} s`, [
    'a provider that does not answer leaves it open: `roomwire review show` tells',
  ]);
}

/** What readers heard last of it, once that is what is waited for; undefined: not within so many ms. */
async function told(
  bus: Bus,
  { tenant, id }: Shown,
  withinMs: number,
  isIt: (now: Shown) => boolean,
  tell?: (ms: number) => void,
): Promise<Shown | undefined> {
  const started = performance.now();
  for (let nextTold = 0; ;) {
    const now = await answering(() => lastTold(bus, tenant, id));
    if (now && isIt(now)) return now;
    const ms = performance.now() - started;
    if (ms >= withinMs) return undefined;
    if (ms >= nextTold) {
      tell?.(ms);
      nextTold += TELL_EVERY_MS;
    }
    await sleep(LOOK_EVERY_MS);
  }
}
