import { BusError, type Bus, type PublishOptions } from './bus.ts';
import type { Subject } from '@roomwire/events';

/** Publishes unless the subject has a message, which keeps its place. @throws {BusError} */
export async function publishIfNone(
  bus: Pick<Bus, 'publish'>,
  subject: Subject,
  body: unknown,
  options: Omit<PublishOptions, 'expectLast'>,
): Promise<void> {
  try {
    await bus.publish(subject, body, { ...options, expectLast: 0 });
  } catch (error) {
    if (!(error instanceof BusError) || error.code !== 'conflict') throw error;
  }
}
