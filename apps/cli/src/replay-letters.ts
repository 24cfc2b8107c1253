import { Bus, deadLetterById, findDeadLetters, seqOf, type DeadLetter, type NatsConnection } from '@roomwire/jetstream';
import { matches } from './core/letter-view.ts';
import type { ReplayJob } from './core/replay-job.ts';

export type Choice = Pick<ReplayJob, 'tenant' | 'filter' | 'ids' | 'upTo'>;

/** Letters on one consumer: however slowly they are gone through, it is never one that the broker has forgotten. */
const PAGE = 512;

/** The letters that are meant, oldest first, as far as they are there still. */
export async function* lettersOf(nc: NatsConnection, { tenant, filter, ids, upTo }: Choice): AsyncGenerator<DeadLetter> {
  if (ids) {
    for (const id of ids) {
      const letter = await deadLetterById(new Bus(nc), id);
      if (letter) yield letter;
    }
    return;
  }
  for (let fromSeq = 1; ;) {
    const page: DeadLetter[] = [];
    for await (const letter of findDeadLetters(nc, tenant, filter, { fromSeq })) if (page.push(letter) === PAGE) break;
    for (const letter of page) {
      if (seqOf(letter) > upTo) return;
      if (matches(letter, filter)) yield letter;
    }
    if (page.length < PAGE) return;
    fromSeq = seqOf(page.at(-1)!) + 1;
  }
}
