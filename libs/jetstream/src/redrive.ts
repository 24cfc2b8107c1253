import { HEADER, parseSubject } from '@roomwire/events';
import { BusError, type Bus, type Published } from './bus.ts';
import { ORIGINAL_PREFIX, type DeadLetter } from './dead-letter.ts';
import { LATER_HEADER } from './message-headers.ts';
import { streamOf } from './topology.ts';

/** Tries begin anew, and what a wait or an earlier replay left is over. */
const LEFT_BEHIND: ReadonlySet<string> = new Set<string>([...Object.values(LATER_HEADER), HEADER.replay]);

/** The name under which what comes of a replayed letter is told. */
export const replayTag = (job: string, letter: Pick<DeadLetter, 'id'>): string => `${job}-${seqOf(letter)}`;
/** Of a letter that a replay ended in; '' = of none. */
export const replayOfLetter = (header: (name: string) => string): string => header(ORIGINAL_PREFIX + HEADER.replay);

/**
 * Publishes the original again where it came from, with the headers it had: its receipt, its times and what a read was asked. A fresh id
 * for each job, or the broker would take it for the first one (trap 4); the same when the job is resumed. Undefined: of a read, one that
 * is younger than the letter waits there already, and must not give way to it. @throws {BusError}
 */
export async function redrive(bus: Bus, letter: DeadLetter, job: string): Promise<Published | undefined> {
  const { subject } = letter.origin;
  const kept = Object.entries(letter.headers).filter(([name]) => !LEFT_BEHIND.has(name));
  const headers = { ...Object.fromEntries(kept), [HEADER.replay]: replayTag(job, letter) };
  const isRead = parseSubject(subject)?.family === 'fetch';
  try {
    const options = { id: `rd:${job}:${seqOf(letter)}`, headers, usesHeadroom: true, ...(isRead ? { expectLast: 0 } : {}) };
    return await bus.publish(subject, letter.data, options);
  } catch (error) {
    if (isRead && error instanceof BusError && error.code === 'conflict') return undefined;
    throw error;
  }
}

/** True: it was there and is gone. */
export function removeDeadLetter(bus: Bus, letter: Pick<DeadLetter, 'id' | 'tenant'>): Promise<boolean> {
  return bus.remove(streamOf('DEAD', letter.tenant), seqOf(letter));
}

export const seqOf = ({ id }: Pick<DeadLetter, 'id'>): number => Number(id.slice(id.indexOf(':') + 1));
