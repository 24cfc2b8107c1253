import type { Log } from '@roomwire/telemetry';
import { z } from 'zod';

/** Where a renewal can be held up, to see what becomes of it: each is a step after which a crash leaves something else behind. */
export const STEPS = ['planned', 'intended', 'sending', 'answered', 'stored'] as const;
export type Step = (typeof STEPS)[number];
export type At = (step: Step) => Promise<void>;

/** `<step>:<ms>`. */
export const fault = z
  .string()
  .regex(new RegExp(`^(${STEPS.join('|')}):[0-9]{1,6}$`))
  .transform((text) => {
    const [step, ms] = text.split(':');
    return { step: step as Step, ms: Number(ms) };
  });

/** Waits at the step that the test knob names, and says so. */
export function pauseAt(knob: z.infer<typeof fault> | undefined, log: Log, sleep: (ms: number) => Promise<void>): At {
  return async (step) => {
    if (knob?.step !== step) return;
    log.warn({ step, ms: knob.ms }, 'held up by a test knob');
    await sleep(knob.ms);
  };
}
