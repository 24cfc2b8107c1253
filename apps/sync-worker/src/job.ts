import { fetchSubject, type FetchJob, type ListJob } from '@roomwire/events';
import { reject, rejectSchema, type Delivery, type Verdict } from '@roomwire/jetstream';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';

/**
 * The job that a message asks for, or why it is none. Whoever may publish to one connection's subjects must not be able to have
 * another one's read. `noted`: what the log says of it, also where it is refused.
 */
export function jobIn<J extends FetchJob | ListJob>(
  delivery: Delivery,
  schema: z.ZodType<J>,
  noted: (job: J) => Record<string, unknown>,
): { job: J } | Verdict {
  const parsed = schema.safeParse(delivery.json());
  if (!parsed.success) return rejectSchema(parsed.error);
  const job = parsed.data;
  delivery.note(noted(job));
  const isItsOwn = delivery.tenant === job.tenant && isDeepStrictEqual(delivery.subject, fetchSubject(job));
  return isItsOwn ? { job } : reject('wrong-subject', 'the body names another job than the subject');
}
